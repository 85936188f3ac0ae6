/**
 * Who may pass: the one hook that every request goes through before anything else looks at it.
 *
 * Order: host (DNS rebinding) → other sites → media type of what changes something → session → the permission that the
 * contract's table names. A route that is not in the table is refused when it is declared (./routes) and, should it
 * come here all the same, refused again.
 */

import { type OperationId, type Permission, routes, type Routes, sessionCookie } from "@siegel/contract";
import { digest } from "@siegel/crypto";
import type { FastifyRequest } from "fastify";

import { ConsumerMayKnowGateway, ConsumerMayRead, OperatorMayRead } from "../core/access.ts";
import type { Person } from "../core/registry.ts";
import { isSessionAlive, isTouchDue } from "../core/sessions.ts";
import type { ApiPorts, ApiSettings } from "./ports.ts";
import { ProblemError } from "./problem.ts";

/** A person with a session that is good now. */
export interface SignedIn {
  readonly person: Person;
  /** SHA-256 of the token. */
  readonly session: Uint8Array;
}

/** What a handler gets in its hands, by the permission of its route. */
export interface Grants {
  anyone: undefined;
  "signed-in": SignedIn;
  "consumer-of-meter": SignedIn & { readonly may: ConsumerMayRead };
  "consumer-of-block": SignedIn & { readonly may: ConsumerMayRead };
  "consumer-of-gateway": SignedIn & { readonly may: ConsumerMayKnowGateway };
  operator: SignedIn & { readonly may: OperatorMayRead };
}
export type GrantOf<Id extends OperationId> = Grants[Routes[Id]["permission"]];

export class Guard {
  readonly #ports: ApiPorts;
  readonly #settings: ApiSettings;

  constructor(ports: ApiPorts, settings: ApiSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Refuses requests that a browser makes for somebody else's page, or to a name that is not ours. */
  checkOrigin(request: FastifyRequest): void {
    const origins = this.#settings.origins();
    const { host, origin, "sec-fetch-site": site } = request.headers;
    const asked = [host, ...otherHosts(request)];
    if (!asked.every((one) => origins.some((own) => new URL(own).host === one))) throw new ProblemError("wrong-host");
    const changes = request.method !== "GET" && request.method !== "HEAD";
    // By route, too: `/%761/me` and `http://host/v1/me` are the same routes and do not begin with /v1/.
    const isApi = request.url.startsWith("/v1/") || isRouteOfApi(request);
    // A link on another page may open the portal; only our own page, or a person's typing, may ask the API.
    if (isApi && site !== undefined && site !== "same-origin" && (site !== "none" || changes)) {
      throw new ProblemError("cross-site");
    }
    if (!changes) return;
    // Every browser says at least one of the two for a request that changes something.
    const isOwn = origin === undefined ? site === "same-origin" : origins.includes(origin);
    if (!isOwn) throw new ProblemError("cross-site");
    if (!/^application\/json *(;|$)/i.test(request.headers["content-type"] ?? "")) {
      throw new ProblemError("wrong-media-type");
    }
  }

  /** What the caller is granted, or a problem. */
  async admit(request: FastifyRequest, operation: OperationId): Promise<Grants[Permission]> {
    const { permission } = routes[operation];
    if (permission === "anyone") return undefined;
    const signedIn = await this.#signedIn(request);
    if (signedIn === undefined) throw new ProblemError("not-signed-in");
    if (permission === "signed-in") return signedIn;
    const may = await this.#evidence(permission, signedIn.person, request);
    // "not yours" and "not there" are the same answer
    if (may === undefined) throw new ProblemError("not-found");
    return { ...signedIn, may };
  }

  async #evidence(
    permission: Exclude<Permission, "anyone" | "signed-in">,
    person: Person,
    request: FastifyRequest,
  ): Promise<ConsumerMayRead | ConsumerMayKnowGateway | OperatorMayRead | undefined> {
    const params = request.params as Readonly<Record<string, string | undefined>>; // text by name: what the router gives
    switch (permission) {
      case "consumer-of-meter":
        return ConsumerMayRead.meter(person, params["meter"] ?? "");
      case "consumer-of-block": {
        const meter = await this.#ports.store.readings.meterOfBlock(params["block"] ?? "");
        return meter === undefined ? undefined : ConsumerMayRead.meter(person, meter);
      }
      case "consumer-of-gateway":
        return ConsumerMayKnowGateway.gateway(this.#ports.registry, person, params["gateway"] ?? "");
      case "operator":
        return OperatorMayRead.operator(person);
    }
  }

  async #signedIn(request: FastifyRequest): Promise<SignedIn | undefined> {
    const token = request.cookies[sessionCookie];
    if (token === undefined || !/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined;
    const session = hashOfToken(token);
    const record = await this.#ports.store.sessions.session(session);
    const nowMs = this.#ports.clock.nowMs();
    if (record === undefined || !isSessionAlive(record, nowMs)) return undefined;
    const person = this.#ports.registry.person(record.person); // no longer in the registry: no longer signed in
    if (person === undefined) return undefined;
    if (isTouchDue(record, nowMs)) await this.#ports.store.sessions.touchSession(session, nowMs);
    return { person, session };
  }
}

/** RFC 9112 §3.2: a second Host line, and an address in absolute form. Whoever stands in front may have read that one. */
function otherHosts({ url, raw: { rawHeaders } }: FastifyRequest): readonly string[] {
  const lines = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host");
  if (url.startsWith("/")) return lines;
  return [...lines, URL.parse(url)?.host ?? ""];
}

function isRouteOfApi({ is404, routeOptions }: FastifyRequest): boolean {
  return !is404 && routeOptions.config.operation !== "files";
}

/** What is stored and looked up instead of a token. */
export function hashOfToken(token: string): Uint8Array {
  return digest("SHA-256", new TextEncoder().encode(token));
}

/** The HTTP API with a store in memory, a clock that is moved by hand, and three people who may not see each other's things. */

import { sessionCookie } from "@siegel/contract";
import { digest } from "@siegel/crypto";
import { toHex } from "@siegel/wire";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";

import { buildApi } from "../src/api/app.ts";
import type { ApiPorts } from "../src/api/ports.ts";
import { inviteOf } from "../src/api/session.ts";
import type { Acceptance } from "../src/core/delivery.ts";
import type { CommitResult } from "../src/core/ingest-store.ts";
import { LiveHub } from "../src/core/live.ts";
import { Registry } from "../src/core/registry.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { gatewayA, gatewayB, meterA, meterB, noon } from "./blocks.ts";

export const origin = "http://127.0.0.1:8080";

export interface ApiWorld {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly ports: ApiPorts;
  readonly clock: { ms: number };
  readonly logged: string[];
  /** Cookie header of a session of that person. */
  signIn(person: string): Promise<string>;
  link(person: string): Promise<string>;
  commit(...deliveries: readonly Acceptance[]): Promise<readonly CommitResult[]>;
  ask(options: InjectOptions): Promise<LightMyRequestResponse>;
  get(url: string, cookie?: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  post(url: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export async function apiWorld(
  settings: { files?: string; origins?: () => readonly string[] } = {},
): Promise<ApiWorld> {
  const clock = { ms: noon.epochMs };
  const logged: string[] = [];
  const store = await openStore(openSqlite(":memory:"));
  let drawn = 0;
  const ports: ApiPorts = {
    store,
    registry: new Registry({
      gateways: [
        { name: gatewayA, meters: [meterA] },
        { name: gatewayB, meters: [meterB] },
      ],
      consumers: [
        { id: "anna", name: "Anna", meters: [meterA] },
        { id: "berta", name: "Berta", meters: [meterB] },
      ],
      operators: [{ id: "otto", name: "Otto" }],
    }),
    live: new LiveHub("run1"),
    clock: { nowMs: () => clock.ms },
    random: (byteLength) => digest("SHA-256", Uint8Array.of(++drawn)).subarray(0, byteLength),
    log: (level, event, fields) => void logged.push(JSON.stringify({ level, event, ...fields })),
    zone: "Europe/Berlin",
    trustRoot: {
      name: "SM-Root.CA",
      certificate: "MAA=",
      fingerprint: "0".repeat(64),
      notAfter: "2040-01-01T00:00:00Z",
    },
    describeCertificate: (der) => ({
      name: der.length === 2 ? gatewayA : "SM-Root.CA",
      role: der.length === 2 ? "SMGW" : "ROOT",
      purpose: null,
      notBefore: "2026-01-01T00:00:00Z",
      notAfter: "2030-01-01T00:00:00Z",
      fingerprint: toHex(digest("SHA-256", der)),
    }),
    proofBundle: (block, proof) => Uint8Array.of(0x30, block.index, proof.certificates.length, proof.crls.length),
  };
  const app = await buildApi(ports, {
    origins: settings.origins ?? (() => [origin]),
    secureCookie: false,
    files: settings.files ?? null,
  });
  await app.ready();
  const ask = (options: InjectOptions): Promise<LightMyRequestResponse> =>
    app.inject({ ...options, headers: { host: "127.0.0.1:8080", ...options.headers } });
  const link = async (person: string): Promise<string> => (await inviteOf(ports, person, 600_000)) ?? "nobody";
  const post = (url: string, body: unknown, headers = {}): Promise<LightMyRequestResponse> =>
    ask({ method: "POST", url, payload: JSON.stringify(body), headers: { ...sameOrigin, ...headers } });
  return {
    app,
    store,
    ports,
    clock,
    logged,
    link,
    ask,
    post,
    get: (url, cookie, headers = {}) => ask({ method: "GET", url, headers: { ...(cookie && { cookie }), ...headers } }),
    signIn: async (person) => cookieOf(await post("/v1/session", { token: await link(person) })),
    commit: (...deliveries) => store.ingest.commit({ deliveries, receipts: [], committedAtMs: clock.ms }),
    close: async () => {
      await app.close();
      await store.close();
    },
  };
}

/** What a browser sends with a request of our own page. */
export const sameOrigin = { origin, "sec-fetch-site": "same-origin", "content-type": "application/json" };

function cookieOf(response: LightMyRequestResponse): string {
  const cookie = response.cookies.find(({ name }) => name === sessionCookie);
  return `${sessionCookie}=${cookie?.value ?? ""}`;
}

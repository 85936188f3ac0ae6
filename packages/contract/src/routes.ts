/**
 * The HTTP API of a head-end: every route there is. Served on the portal's port, everything under /v1.
 *
 * Session by cookie (`sessionCookie`, HttpOnly, SameSite=Strict). Errors are problems (./problem.ts). Bodies that change
 * something are application/json from the same origin.
 */

import type { Static, TSchema } from "typebox";

import { BlockDetail } from "./blocks.ts";
import { GatewayDetail, TrustRoot } from "./gateways.ts";
import { Health } from "./health.ts";
import { live } from "./live.ts";
import { MeterDetail } from "./meters.ts";
import { QuarantineList } from "./quarantine.ts";
import type { Answer, Route } from "./route.ts";
import { Series, SeriesQuery } from "./series.ts";
import { Me, SessionRequest } from "./session.ts";
import { BlockKey, exactly, GatewayKey, MeterKey } from "./words.ts";

const ofMeter = exactly("OfMeter", { meter: MeterKey });
const ofBlock = exactly("OfBlock", { block: BlockKey });
const ofGateway = exactly("OfGateway", { gateway: GatewayKey });

export const routes = {
  createSession: {
    method: "POST",
    path: "/v1/session",
    permission: "anyone",
    summary: "Sign in with the token of a one-time link",
    body: SessionRequest,
    answers: { 204: { description: "Signed in: the session cookie is set" } },
    problems: ["link-not-valid", "too-many-requests", "cross-site", "wrong-media-type"],
  },
  deleteSession: {
    method: "DELETE",
    path: "/v1/session",
    permission: "signed-in",
    summary: "Sign out",
    answers: { 204: { description: "Signed out: the session is no more" } },
    problems: ["cross-site", "wrong-media-type"],
  },
  getMe: {
    method: "GET",
    path: "/v1/me",
    permission: "signed-in",
    summary: "Who is signed in, and his meters",
    answers: { 200: json("Name, role and meters", Me) },
  },
  getMeter: {
    method: "GET",
    path: "/v1/meters/{meter}",
    permission: "consumer-of-meter",
    summary: "A meter, its registers, gateway and newest values",
    params: ofMeter,
    answers: { 200: json("The meter", MeterDetail) },
  },
  getSeries: {
    method: "GET",
    path: "/v1/meters/{meter}/series",
    permission: "consumer-of-meter",
    summary: "Values of one register, at most 35 days. With ETag; also as NDJSON and CSV by Accept",
    params: ofMeter,
    query: SeriesQuery,
    answers: {
      200: {
        description: "The values in order",
        content: { "application/json": Series, "application/x-ndjson": null, "text/csv": null },
      },
      304: { description: "Not changed since the ETag in If-None-Match" },
    },
    problems: ["range-too-long", "not-acceptable"],
  },
  getLive: {
    method: "GET",
    path: "/v1/meters/{meter}/live",
    permission: "consumer-of-meter",
    summary: "Values as they are committed, as server-sent events",
    params: ofMeter,
    answers: { 200: { description: 'Events "reading"', content: { [live.contentType]: null } } },
    problems: ["busy"],
  },
  getBlock: {
    method: "GET",
    path: "/v1/blocks/{block}",
    permission: "consumer-of-block",
    summary: "A stored block with its bytes",
    params: ofBlock,
    answers: { 200: json("The block", BlockDetail) },
    problems: ["erased"],
  },
  getProof: {
    method: "GET",
    path: "/v1/blocks/{block}/proof",
    permission: "consumer-of-block",
    summary: "Everything to check the block offline, as a .siegel-proof file",
    params: ofBlock,
    answers: {
      200: {
        description: "DER of ProofBundle: docs/formats/delivery.md",
        content: { "application/octet-stream": null },
      },
    },
    problems: ["erased"],
  },
  getGateway: {
    method: "GET",
    path: "/v1/gateways/{gateway}",
    permission: "consumer-of-gateway",
    summary: "A gateway, its certificates and deliveries",
    params: ofGateway,
    answers: { 200: json("The gateway", GatewayDetail) },
  },
  getTrust: {
    method: "GET",
    path: "/v1/trust",
    permission: "signed-in",
    summary: "The root certificate of the public-key infrastructure",
    answers: { 200: json("The root", TrustRoot) },
  },
  getQuarantine: {
    method: "GET",
    path: "/v1/quarantine",
    permission: "operator",
    summary: "Blocks that were verified and not believed; no values",
    answers: { 200: json("Newest first", QuarantineList) },
  },
  getHealth: {
    method: "GET",
    path: "/v1/health",
    permission: "anyone",
    summary: "Whether the head-end works",
    answers: { 200: json("State", Health) },
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type OperationId = keyof Routes;

/** Parameters of a route as its handler gets them: checked, nothing else. */
export type ParamsOf<Id extends OperationId> = Part<Routes[Id], "params">;
export type QueryOf<Id extends OperationId> = Part<Routes[Id], "query">;
export type BodyOf<Id extends OperationId> = Part<Routes[Id], "body">;

type Part<R, Name extends string> = R extends { readonly [K in Name]: infer S extends TSchema } ? Static<S> : undefined;

function json<S extends TSchema>(description: string, schema: S) {
  return { description, content: { "application/json": schema } } satisfies Answer;
}

/**
 * The server's HTTP API, as far as the page calls it. One place turns every way to fail into one of five words.
 *
 * The session is a cookie that scripts cannot read. Answers are kept by the browser's cache only as their headers allow.
 */

import type { GatewayDetail, Me, MeterDetail, SeriesQuery, TrustRoot } from "@siegel/contract";

import { gatewayOf, meOf, meterOf, type SeriesAnswer, seriesOf, type Shape, trustRootOf } from "./shapes.ts";

/**
 * offline: no answer. session-over: sign in again. busy: later. not-found: not there, or not yours. erased: was there.
 * broken: an answer that is none.
 */
export type ApiErrorCode = "offline" | "session-over" | "busy" | "not-found" | "erased" | "broken";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  /** When the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ApiErrorCode, options?: { retryAfterMs?: number | undefined; cause?: unknown }) {
    super(code, { cause: options?.cause });
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** Signs in with the token of a one-time link. "session-over" means: the link is used up. */
export async function signIn(token: string): Promise<void> {
  await send("/v1/session", { method: "POST", headers: json, body: JSON.stringify({ token }) });
}

export async function signOut(): Promise<void> {
  await send("/v1/session", { method: "DELETE", headers: json, body: "{}" });
}

export function me(signal: AbortSignal): Promise<Me> {
  return get("/v1/me", meOf, signal);
}

export function meter(id: string, signal: AbortSignal): Promise<MeterDetail> {
  return get(`/v1/meters/${encodeURIComponent(id)}`, meterOf, signal);
}

export function series(id: string, query: SeriesQuery, signal: AbortSignal): Promise<SeriesAnswer> {
  const { obis, from, to, kind } = query;
  const search = new URLSearchParams({ obis, from, to, ...(kind === undefined ? {} : { kind }) });
  return get(`/v1/meters/${encodeURIComponent(id)}/series?${search.toString()}`, seriesOf, signal);
}

export function gateway(id: string, signal: AbortSignal): Promise<GatewayDetail> {
  return get(`/v1/gateways/${encodeURIComponent(id)}`, gatewayOf, signal);
}

export function trustRoot(signal: AbortSignal): Promise<TrustRoot> {
  return get("/v1/trust", trustRootOf, signal);
}

/** Address of a proof file: to fetch, and to save. */
export function proofPath(blockId: string): string {
  return `/v1/blocks/${encodeURIComponent(blockId)}/proof`;
}

export async function proof(blockId: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await send(proofPath(blockId), { signal });
  return new Uint8Array(await body(response.arrayBuffer()));
}

export function livePath(meterId: string): string {
  return `/v1/meters/${encodeURIComponent(meterId)}/live`;
}

async function get<T>(path: string, shape: Shape<T>, signal: AbortSignal): Promise<T> {
  const response = await send(path, { signal, headers: { accept: "application/json" } });
  const answer = await body<unknown>(response.json());
  try {
    return shape(answer);
  } catch (cause) {
    throw new ApiError("broken", { cause });
  }
}

/** A body that breaks off is a lost connection, one that does not parse is a broken answer. */
async function body<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    if (isAbort(cause)) throw cause;
    throw new ApiError(cause instanceof SyntaxError ? "broken" : "offline", { cause });
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", redirect: "error", ...init });
  } catch (cause) {
    if (isAbort(cause)) throw cause;
    throw new ApiError("offline", { cause });
  }
  if (response.ok) return response;
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  throw new ApiError(codes[response.status] ?? "broken", { retryAfterMs });
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "AbortError";
}

const json = { "content-type": "application/json" };
const codes: Readonly<Record<number, ApiErrorCode>> = {
  401: "session-over",
  404: "not-found",
  410: "erased",
  429: "busy",
  502: "busy",
  503: "busy",
  504: "busy",
};

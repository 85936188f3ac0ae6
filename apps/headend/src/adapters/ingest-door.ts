/**
 * The gateways' door as HTTP: one route, octets in, octets out.
 *
 * In: requests over sockets that the TLS gate has passed.  Out: a receipt, or a problem that tells nothing about reasons.
 * Not here: what is decided about a delivery (../core/ingest), TLS (channel).
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { ingest as door, type ProblemCode, problemOf, problemType } from "@siegel/contract";

import type { Ingest } from "../core/ingest.ts";
import { codeOf } from "../errors.ts";
import type { Log } from "../log.ts";

export interface IngestDoorPorts {
  readonly ingest: Pick<Ingest, "accept">;
  /** Name of the gateway at the other end; undefined when the gate has not passed this socket. */
  peerName(request: IncomingMessage): string | undefined;
  readonly log: Log;
}

/** @param mayStay  Asked before the answer goes out: whether the connection is kept for the next delivery. */
export async function answerGateway(
  ports: IngestDoorPorts,
  request: IncomingMessage,
  response: ServerResponse,
  mayStay: () => boolean = () => true,
): Promise<void> {
  try {
    await answer(ports, request, response, mayStay);
  } catch (error) {
    if (!(error instanceof GoneError)) ports.log("alarm", "ingest-failed", { code: codeOf(error) });
    if (!response.headersSent) refuse(response, "internal-error");
    else response.destroy();
  }
}

async function answer(
  ports: IngestDoorPorts,
  request: IncomingMessage,
  response: ServerResponse,
  mayStay: () => boolean,
): Promise<void> {
  const peer = ports.peerName(request);
  if (peer === undefined) return void response.destroy(); // never without the gate
  if (request.url !== door.path || request.method !== door.method) return refuse(response, "not-found");
  if (request.headers["content-type"] !== door.contentType) return refuse(response, "wrong-media-type");
  const der = await bodyOf(request);
  if (der === undefined) {
    ports.log("alarm", "delivery-refused", { code: "too-large", gateway: peer });
    return refuse(response, "too-large");
  }
  const result = await ports.ingest.accept({ der, peer });
  if (!mayStay()) response.shouldKeepAlive = false;
  if (result.is === "receipt") {
    response.writeHead(200, { "content-type": door.receiptType, "content-length": result.receipt.length });
    return void response.end(result.receipt);
  }
  refuse(response, result.is === "busy" ? "busy" : "delivery-refused");
}

/** Undefined when it is longer than allowed; then the rest is not read. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > door.maxBytes) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request) {
      const octets = part as Buffer; // no encoding is set
      length += octets.length;
      if (length > door.maxBytes) return undefined;
      parts.push(octets);
    }
  } catch (cause) {
    throw new GoneError("the gateway went away within its delivery", { cause });
  }
  return new Uint8Array(Buffer.concat(parts)); // a copy of its own: views into it are kept
}

function refuse(response: ServerResponse, code: ProblemCode): void {
  const problem = problemOf(code);
  response.writeHead(problem.status, {
    "content-type": problemType,
    ...(code === "busy" ? { "retry-after": String(door.retryAfterSeconds) } : {}),
    ...(code === "too-large" ? { connection: "close" } : {}),
  });
  response.end(JSON.stringify(problem));
}

class GoneError extends Error {
  override readonly name = "GoneError";
}

/**
 * The gateways' door as HTTP: one route, octets in, octets out.
 *
 * In: requests over sockets that the TLS gate has passed.  Out: a receipt, or a problem that tells nothing about reasons.
 * Not here: what is decided about a delivery (../core/ingest), TLS (channel).
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { ingest as door, type ProblemCode, problemOf, problemType } from "@siegel/contract";

import type { ByteBudget } from "../core/byte-budget.ts";
import type { Ingest } from "../core/ingest.ts";
import { codeOf } from "../errors.ts";
import type { Log } from "../log.ts";

export interface IngestDoorPorts {
  readonly ingest: Pick<Ingest, "accept">;
  /** Name of the gateway at the other end; undefined when the gate has not passed this socket. */
  peerName(request: IncomingMessage): string | undefined;
  readonly log: Log;
  readonly memory: ByteBudget;
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
  const held = new Held(ports.memory, peer);
  try {
    const der = await bodyOf(request, held);
    if (typeof der === "string") {
      if (der === "too-large") ports.log("alarm", "delivery-refused", { code: der, gateway: peer });
      else ports.log("warn", "ingest-memory-full", { gateway: peer });
      return refuse(response, der, { unread: true });
    }
    const result = await ports.ingest.accept({ der, peer });
    if (!mayStay()) response.shouldKeepAlive = false;
    if (result.is === "receipt") {
      response.writeHead(200, { "content-type": door.receiptType, "content-length": result.receipt.length });
      return void response.end(result.receipt);
    }
    refuse(response, result.is === "busy" ? "busy" : "delivery-refused");
  } finally {
    held.release();
  }
}

/** What one request holds of the memory for all. */
class Held {
  readonly #memory: ByteBudget;
  readonly #gateway: string;
  #byteLength = 0;

  constructor(memory: ByteBudget, gateway: string) {
    this.#memory = memory;
    this.#gateway = gateway;
  }

  take(byteLength: number): boolean {
    if (!this.#memory.take(this.#gateway, byteLength)) return false;
    this.#byteLength += byteLength;
    return true;
  }

  release(): void {
    this.#memory.release(this.#gateway, this.#byteLength);
    this.#byteLength = 0;
  }
}

/** Or why not: it is longer than allowed, or there is no room for it now; then the rest is not read. */
async function bodyOf(request: IncomingMessage, held: Held): Promise<Uint8Array | "too-large" | "busy"> {
  if (Number(request.headers["content-length"] ?? 0) > door.maxBytes) return "too-large";
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request) {
      const octets = part as Buffer; // no encoding is set
      length += octets.length;
      if (length > door.maxBytes) return "too-large";
      if (!held.take(octets.length)) return "busy";
      parts.push(octets);
    }
  } catch (cause) {
    throw new GoneError("the gateway went away within its delivery", { cause });
  }
  return new Uint8Array(Buffer.concat(parts)); // a copy of its own: views into it are kept
}

function refuse(response: ServerResponse, code: ProblemCode, { unread = false } = {}): void {
  const problem = problemOf(code);
  response.writeHead(problem.status, {
    "content-type": problemType,
    ...(code === "busy" ? { "retry-after": String(door.retryAfterSeconds) } : {}),
    ...(unread ? { connection: "close" } : {}),
  });
  response.end(JSON.stringify(problem));
}

class GoneError extends Error {
  override readonly name = "GoneError";
}

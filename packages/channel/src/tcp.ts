/** A connection as byte line: a reading head on the network, ser2net, a virtual meter. Plain TCP, no TLS. */

import { connect, type Socket } from "node:net";

import { SourceError, sourceErrorOf } from "./errors.ts";
import type { ByteLine } from "./source.ts";
import { StreamLine } from "./stream-source.ts";

export interface TcpOptions {
  /** From the look-up of the name to the open connection. 10 s unless told. */
  readonly connectTimeoutMs?: number | undefined;
  readonly silenceTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects. When the peer closes its half in order, the bytes end without an error; a reset is "line-lost". A peer that
 * vanished without a word is found by keep-alive probes after about 20 s: Node sends ten, one a second, after the idle time.
 *
 * @throws {SourceError} "connection-refused", "host-unknown", "host-unreachable", "timed-out", "aborted" …
 */
export async function openTcp(to: { host: string; port: number }, options: TcpOptions): Promise<ByteLine> {
  const address = `tcp://${to.host.includes(":") ? `[${to.host}]` : to.host}:${to.port}`;
  const stream = await connected(to, address, options);
  return new StreamLine({ description: address, address, stream, silenceTimeoutMs: options.silenceTimeoutMs });
}

function connected(to: { host: string; port: number }, address: string, options: TcpOptions): Promise<Socket> {
  const { connectTimeoutMs = 10_000, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
    const fail = (error: unknown): void => {
      release();
      socket.destroy();
      reject(sourceErrorOf(error, address));
    };
    const abort = (): void => fail(new SourceError("aborted", address));
    const timer = setTimeout(() => fail(new SourceError("timed-out", address)), connectTimeoutMs);
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    signal?.addEventListener("abort", abort, { once: true });
    socket.on("error", fail);
    socket.once("connect", () => {
      release();
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** Idle time before the first probe. */
const keepAliveMs = 10_000;

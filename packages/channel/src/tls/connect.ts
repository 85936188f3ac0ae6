/**
 * A TLS connection that we open: bytes go only to whom we meant.
 *
 * In: where to, who we are, whom we expect.  Out: a socket and the evidence of its other side, both or an error.
 * Not here: the judgement (./gate).
 * Why not `tls.connect` alone: Node 24 dies on brainpool certificates in its own check (./peer-certificates).
 */

import { connect, type TLSSocket } from "node:tls";

import type { Role } from "@siegel/pki";

import { handshakeErrorOf, TlsChannelError } from "./errors.ts";
import { AuthenticatedPeer, forgetPeer, type TlsTrust } from "./gate.ts";
import { withoutLegacyCertificates } from "./peer-certificates.ts";
import { contextOf, longestSessionMs, type TlsIdentity, type TlsVersion } from "./profile.ts";

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly identity: TlsIdentity;
  readonly trust: TlsTrust;
  readonly peerRole: Role;
  /** The name that the certificate must have, such as `Siegel-Lab.EMT`. Host names are not compared: addresses may change. */
  readonly peerName?: string | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** From the look-up of the name until the gate is passed. 15 s unless told. */
  readonly timeoutMs?: number | undefined;
  /** The connection's whole life. 48 h, which is the most that is allowed, unless told. */
  readonly sessionMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TlsConnection {
  /** Paused; no byte of it was read. When it breaks it closes; an error needs no listener. */
  readonly socket: TLSSocket;
  readonly peer: AuthenticatedPeer;
}

/**
 * Connects, and passes the gate. Our certificate may still be refused by the other side: then the connection closes without
 * a word after this has resolved.
 *
 * @throws {TlsChannelError} "connection-refused", "handshake-failed", "wrong-name", a code of pki's `PathError` …
 */
export async function connectTls(options: ConnectOptions): Promise<TlsConnection> {
  const { host, port, trust, peerRole, peerName, timeoutMs = 15_000, signal } = options;
  if (signal?.aborted) throw new TlsChannelError("aborted");
  const socket = opened(options);
  const ending = Promise.withResolvers<never>();
  const end = (error: TlsChannelError): void => {
    ending.reject(error);
    socket.destroy();
  };
  const abort = (): void => end(new TlsChannelError("aborted"));
  const timer = setTimeout(() => end(new TlsChannelError("timed-out")), timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  socket.on("error", (cause) => end(handshakeErrorOf(cause))); // stays: after the gate it only keeps errors from being unhandled
  socket.once("close", () => end(new TlsChannelError("closed-by-peer")));
  try {
    await Promise.race([new Promise<void>((resolve) => void socket.once("secureConnect", resolve)), ending.promise]);
    const admitted = AuthenticatedPeer.admit(socket, { trust, roles: [peerRole], name: peerName });
    const peer = await Promise.race([admitted, ending.promise]);
    endAfter(socket, Math.min(options.sessionMs ?? longestSessionMs, longestSessionMs));
    return { socket, peer };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    ending.promise.catch(() => {}); // the connection may end any time later: nobody waits here any more
  }

  function opened({ identity, maxVersion }: ConnectOptions): TLSSocket {
    const secureContext = madeContext(identity, maxVersion);
    const noDelay = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs };
    // The gate judges; the stack, which trusts nobody, would only hide the reason. No session is offered for resumption.
    const made = connect({ host, port, secureContext, rejectUnauthorized: false, ...noDelay });
    withoutLegacyCertificates(made);
    return made;
  }
}

function endAfter(socket: TLSSocket, sessionMs: number): void {
  const timer = setTimeout(() => socket.destroy(), sessionMs).unref();
  socket.once("close", () => {
    clearTimeout(timer);
    forgetPeer(socket);
  });
}

function madeContext(identity: TlsIdentity, maxVersion: TlsVersion | undefined) {
  try {
    return contextOf(identity, maxVersion);
  } catch (cause) {
    throw new TlsChannelError("bad-identity", { cause });
  }
}

/** Idle time before the first probe for a peer that vanished. */
const keepAliveMs = 30_000;

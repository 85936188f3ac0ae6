/**
 * How long and how much: what a stranger may cost us before he has said who he is, and anybody afterwards.
 *
 * Not here: limits of one HTTP request (node:http and the application have those).
 */

import { longestSessionMs } from "./profile.ts";

export interface TlsLimits {
  /** From the accepted connection to the end of the gate. */
  readonly handshakeMs: number;
  /** Handshakes under way at once. One too many ends the oldest: whoever only holds the door open is the first to go. */
  readonly maxHandshakes: number;
  /** Connections of any state; more are closed at once. */
  readonly maxConnections: number;
  /** Of one name at once. One too many ends its oldest: whoever has a gateway's key takes no place from the others. */
  readonly maxOfPeer: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  /** A connection's whole life. At most 48 h. */
  readonly sessionMs: number;
  /** Received on one connection, without what TLS adds. */
  readonly maxBytes: number;
  /** How often the certificate behind an open connection is judged again. */
  readonly againMs: number;
}

/** An idle connection costs about 64 KiB: 4,096 of them 256 MiB. */
export const defaultLimits: TlsLimits = {
  handshakeMs: 10_000,
  maxHandshakes: 256,
  maxConnections: 4_096,
  maxOfPeer: 32,
  idleMs: 10 * 60 * 1000,
  sessionMs: longestSessionMs,
  maxBytes: 2 ** 32,
  againMs: 15 * 60 * 1000,
};

/**
 * The limits with what was told instead.
 *
 * @throws {RangeError} when one is not a positive number, or the session longer than the profile allows.
 */
export function limitsOf(told: Partial<TlsLimits> = {}): TlsLimits {
  const limits = { ...defaultLimits, ...told };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new RangeError(`${name} has to be above 0`);
  }
  if (limits.sessionMs > longestSessionMs) throw new RangeError("a session lives 48 h at most");
  return limits;
}

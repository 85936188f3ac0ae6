/**
 * The certificates that the other side sent, as they are. The only place that asks Node for them.
 *
 * In: a socket.  Out: DER, its own certificate first.
 * Why `getPeerX509Certificate` and once only: Node 24 and 26 build the older kind of object (`getPeerCertificate`,
 * `toLegacyObject`, and of our own `getCertificate`) with the curve's NIST name, which brainpool curves do not have, and the
 * process ends with SIGSEGV. And on a client Node 24 answers a second call with `undefined`: the first one took the chain.
 */

import type { TLSSocket } from "node:tls";

import { TlsChannelError } from "./errors.ts";

/**
 * Takes them out of the socket, in the order in which they were sent; none when the other side sent none.
 *
 * @throws {TlsChannelError} "chain-too-long"
 */
export function takeCertificates(socket: TLSSocket): Uint8Array[] {
  const taken: Uint8Array[] = [];
  for (let one = socket.getPeerX509Certificate(); one !== undefined; one = one.issuerCertificate) {
    if (taken.length === mostCertificates) throw new TlsChannelError("chain-too-long");
    taken.push(new Uint8Array(one.raw));
  }
  return taken;
}

/**
 * Makes the calls that would end the process answer as if there were no certificate. Node's own client makes one of them as soon
 * as its check of the chain succeeds; ours never does (it trusts nobody), and should it one day, this stands in between.
 */
export function withoutLegacyCertificates(socket: TLSSocket): void {
  Object.assign(socket, { getPeerCertificate: () => ({}), getCertificate: () => ({}) });
}

/** Root, sub-CA, leaf are three; a root change may send two roots. */
const mostCertificates = 6;

/**
 * Why a TLS connection is refused, fails or ends: every code, whose turn it is, and whether waiting helps. Codes are stable.
 *
 * Those of a certificate path are pki's own (`PathErrorCode`): they are not repeated with other names here.
 */

import type { PathErrorCode } from "@siegel/pki";
import type { Blame } from "@siegel/wire";

interface Meaning {
  readonly blame: Blame;
  /** Whether the same call may succeed a while later with nobody doing anything: such errors are worth a new try. */
  readonly passing: boolean;
  readonly says: string;
}

const ownCodes = {
  // Before the handshake is through.
  "bad-identity": { blame: "caller", passing: false, says: "our certificate and key do not make a TLS identity" },
  "host-unknown": { blame: "environment", passing: true, says: "the name of the host does not resolve" },
  "host-unreachable": { blame: "environment", passing: true, says: "there is no route to the host" },
  "connection-refused": { blame: "environment", passing: true, says: "nobody listens on that port" },
  "timed-out": { blame: "environment", passing: true, says: "no connection or no answer in the stated time" },
  aborted: { blame: "caller", passing: false, says: "the caller stopped it" },
  "address-in-use": { blame: "environment", passing: true, says: "another program listens on that port" },
  "cannot-listen": { blame: "environment", passing: false, says: "the port cannot be opened" },
  "not-tls": { blame: "peer", passing: false, says: "the other side does not speak TLS" },
  "no-common-version": { blame: "peer", passing: false, says: "the other side speaks no allowed version of TLS" },
  "no-common-suite": { blame: "peer", passing: false, says: "no allowed suite and curve is common to both sides" },
  "no-common-signature": {
    blame: "peer",
    passing: false,
    says: "no allowed signature algorithm is common to both sides",
  },
  "no-possession": {
    blame: "peer",
    passing: false,
    says: "the other side did not prove that it holds the key of the certificate that it showed",
  },
  "handshake-failed": { blame: "peer", passing: false, says: "the handshake failed" },
  "handshake-timeout": { blame: "peer", passing: true, says: "the handshake was not through in the stated time" },
  "too-many-handshakes": { blame: "peer", passing: true, says: "more handshakes had begun than are waited for" },
  "too-many-connections": { blame: "environment", passing: true, says: "as many connections are open as are allowed" },
  // At the gate.
  "no-certificate": { blame: "peer", passing: false, says: "the other side sent no certificate" },
  "bad-certificate": {
    blame: "peer",
    passing: false,
    says: "a certificate of the other side does not follow the profile",
  },
  "chain-too-long": {
    blame: "peer",
    passing: false,
    says: "the other side sent more certificates than a path can have",
  },
  "wrong-name": { blame: "peer", passing: false, says: "the certificate is valid, but names somebody else" },
  "session-resumed": {
    blame: "peer",
    passing: false,
    says: "a session was resumed; each connection proves itself anew",
  },
  // While it is open.
  "closed-by-peer": {
    blame: "environment",
    passing: true,
    says: "the other side or the network closed the connection",
  },
  "bad-record": { blame: "peer", passing: true, says: "a record on the connection does not authenticate" },
  idle: { blame: "peer", passing: true, says: "nothing was said for longer than is allowed" },
  "session-too-long": { blame: "peer", passing: true, says: "the connection has lived as long as one may" },
  "too-many-bytes": { blame: "peer", passing: false, says: "more was sent than one connection may" },
  "bad-response": { blame: "peer", passing: true, says: "the answer is not one whole HTTP response" },
  "response-too-long": { blame: "peer", passing: false, says: "the answer is longer than the stated maximum" },
  // Ours.
  "internal-error": { blame: "bug", passing: false, says: "our own code failed" },
} as const satisfies Record<string, Meaning>;

export type TlsErrorCode = keyof typeof ownCodes | PathErrorCode;

/** What a code means. All of a path are the other side's to change, but for those that only need a fresh list. */
export function meaningOf(code: TlsErrorCode): Meaning {
  if (isOwn(code)) return ownCodes[code];
  const awaited = code === "no-revocation-list" || code === "stale-revocation-list";
  return awaited
    ? { blame: "environment", passing: true, says: "the certificate cannot be judged without a fresh revocation list" }
    : { blame: "peer", passing: false, says: "the certificate of the other side is not accepted" };
}

function isOwn(code: TlsErrorCode): code is keyof typeof ownCodes {
  return Object.hasOwn(ownCodes, code);
}

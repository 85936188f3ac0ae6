/**
 * Why there is no connection, in one type for both sides.
 *
 * In: what OpenSSL, the operating system or the gate says.  Out: one stable code; the original is the `cause`.
 * Not here: what the other side learns, which is a closed connection and nothing else.
 */

import { PathError } from "@siegel/pki";
import { type Blame, DecodeError, MeterError } from "@siegel/wire";

import { meaningOf, type TlsErrorCode } from "./codes.ts";

/** A connection that was refused, failed or ended. */
export class TlsChannelError extends MeterError {
  override readonly name = "TlsChannelError";
  override readonly code: TlsErrorCode;
  override readonly blame: Blame;
  /** Whether a later try may succeed with nobody doing anything. */
  readonly passing: boolean;

  constructor(code: TlsErrorCode, options: { cause?: unknown } = {}) {
    const { blame, passing, says } = meaningOf(code);
    super(`${code}: ${says}`, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.blame = blame;
    this.passing = passing;
  }
}

/** What the gate's own steps throw. Anything unknown is a fault of ours and refuses as well. */
export function gateErrorOf(cause: unknown): TlsChannelError {
  if (cause instanceof TlsChannelError) return cause;
  if (cause instanceof PathError) return new TlsChannelError(cause.code, { cause });
  if (cause instanceof DecodeError) return new TlsChannelError("bad-certificate", { cause });
  return new TlsChannelError("internal-error", { cause });
}

/** What ended a handshake or kept it from beginning. */
export function handshakeErrorOf(cause: unknown): TlsChannelError {
  if (cause instanceof TlsChannelError) return cause;
  return new TlsChannelError(handshakeCodes[codeOf(cause)] ?? "handshake-failed", { cause });
}

/** What broke an open connection. */
export function connectionErrorOf(cause: unknown): TlsChannelError {
  if (cause instanceof TlsChannelError) return cause;
  return new TlsChannelError(connectionCodes[codeOf(cause)] ?? "closed-by-peer", { cause });
}

/** `ECONNRESET`, `ERR_SSL_…`: of the error, or of the first of several (a host with more than one address). */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof AggregateError ? codeOf(cause.errors[0]) : "";
}

/** Codes of Node and OpenSSL 3.5 as seen in the tests; what is not listed is "handshake-failed". */
const handshakeCodes: Readonly<Record<string, TlsErrorCode>> = {
  ENOTFOUND: "host-unknown",
  EAI_AGAIN: "host-unknown",
  EHOSTUNREACH: "host-unreachable",
  ENETUNREACH: "host-unreachable",
  ENETDOWN: "host-unreachable",
  ECONNREFUSED: "connection-refused",
  ETIMEDOUT: "timed-out",
  EADDRINUSE: "address-in-use",
  EACCES: "cannot-listen",
  EADDRNOTAVAIL: "cannot-listen",
  ECONNRESET: "closed-by-peer",
  EPIPE: "closed-by-peer",
  ERR_TLS_HANDSHAKE_TIMEOUT: "handshake-timeout",
  ERR_SSL_HTTP_REQUEST: "not-tls",
  ERR_SSL_HTTPS_PROXY_REQUEST: "not-tls",
  ERR_SSL_WRONG_VERSION_NUMBER: "not-tls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "not-tls",
  ERR_SSL_DATA_LENGTH_TOO_LONG: "not-tls",
  ERR_SSL_BAD_RECORD_TYPE: "not-tls",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "no-common-version",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "no-common-version",
  ERR_SSL_NO_SHARED_CIPHER: "no-common-suite",
  ERR_SSL_NO_SUITABLE_KEY_SHARE: "no-common-suite",
  ERR_SSL_WRONG_CURVE: "no-common-suite",
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS: "no-common-signature",
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: "no-common-signature",
  ERR_SSL_WRONG_SIGNATURE_TYPE: "no-common-signature",
  ERR_SSL_BAD_SIGNATURE: "no-possession",
  ERR_SSL_PROVIDER_SIGNATURE_FAILURE: "no-possession",
};

const connectionCodes: Readonly<Record<string, TlsErrorCode>> = {
  ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: "bad-record",
};

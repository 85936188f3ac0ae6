/** Every reason of this room, with the words for the log. Codes are stable: alarms and tests key on them. */

import { type Blame, MeterError } from "@siegel/wire";

/** Why a certificate was not accepted. */
export const pathErrorCodes = {
  "no-path": "no chain of issuers leads to a trusted root",
  "too-many": "more certificates or lists were handed in than are looked at",
  "path-too-long": "an authority signed one below the depth that it was allowed",
  "bad-signature": "a certificate was not signed by its issuer, or was changed",
  expired: "a certificate was no longer valid at the instant in question",
  "not-yet-valid": "a certificate was not valid yet at the instant in question",
  "wrong-role": "the certificate belongs to another role",
  "wrong-purpose": "the key is for another purpose",
  "not-a-ca": "the issuer is no certification authority by its own certificate",
  "unknown-critical-extension": "something that must be understood is not known here",
  "wrong-curve": "a key is on a curve that its role does not have",
  "wrong-algorithm": "a signature was made with a hash that does not go with the issuer's key",
  "not-in-profile": "an extension is missing or forbidden for this role",
  "wrong-policy": "the certificate was not issued under the policy that is asked for",
  revoked: "the certificate was revoked",
  "no-revocation-list": "there is no list of revoked certificates of an authority for the instant in question",
  "stale-revocation-list": "the newest list of revoked certificates had run out at the instant in question",
  "bad-revocation-list":
    "a list of revoked certificates was not signed by the authority, was changed, or has no number",
} as const;

export type PathErrorCode = keyof typeof pathErrorCodes;

/** A certificate that must not be believed. Nothing of this goes to the other side; the log knows it. */
export class PathError extends MeterError {
  override readonly name = "PathError";
  override readonly code: PathErrorCode;
  override readonly blame: Blame;
  /** Common name of the certificate in question. Chosen by a stranger as long as its signature has not been checked. */
  readonly certificate: string | undefined;

  constructor(code: PathErrorCode, certificate?: string) {
    super(`${code}: ${pathErrorCodes[code]}`);
    this.code = code;
    this.certificate = certificate;
    // A list that is missing or late is ours to fetch; everything else is what the other side is.
    this.blame = code === "no-revocation-list" || code === "stale-revocation-list" ? "environment" : "peer";
  }
}

/** Why a request for a certificate was not accepted. */
export const requestErrorCodes = {
  "bad-signature": "the holder of the private key did not sign this request",
  "wrong-curve": "the key is on a curve that no end entity of the SM-PKI has",
  "wrong-name": "the name in the request is not the name that was expected",
} as const;

export type RequestErrorCode = keyof typeof requestErrorCodes;

/** A request that no certificate may be issued for. */
export class RequestError extends MeterError {
  override readonly name = "RequestError";
  override readonly code: RequestErrorCode;
  override readonly blame: Blame = "peer";

  constructor(code: RequestErrorCode) {
    super(`${code}: ${requestErrorCodes[code]}`);
    this.code = code;
  }
}

/** Why nothing was issued. */
export const issueErrorCodes = {
  "not-in-profile": "a certificate with this content would be refused by everybody who checks it",
  "outlives-issuer": "a certificate must not be valid longer than the certificate of its issuer",
  "other-key": "the signer's key is not the key in the issuer's certificate",
  "bad-interval": "the end is not after the beginning, or an instant is not on a whole second",
  "bad-random": "the source of randomness gave another number of octets than was asked for",
  "already-revoked": "this certificate is on the list already",
  "unknown-certificate": "this certificate was not issued by this authority",
} as const;

export type IssueErrorCode = keyof typeof issueErrorCodes;

/** What an authority of ours refuses to sign: the caller's mistake. */
export class IssueError extends MeterError {
  override readonly name = "IssueError";
  override readonly code: IssueErrorCode;
  override readonly blame: Blame = "caller";

  constructor(code: IssueErrorCode, options?: { cause?: unknown }) {
    super(`${code}: ${issueErrorCodes[code]}`, options);
    this.code = code;
  }
}

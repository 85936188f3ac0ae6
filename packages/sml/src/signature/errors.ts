/** Why a meter's signature is no proof. Codes are stable. */

import { type Blame, MeterError } from "@siegel/wire";

export const signatureErrorCodes = {
  "not-signed": "the list carries no signature",
  "unknown-layout": "no known meter family signs such a list",
  "ambiguous-object": "an object that is signed occurs twice in the list",
  "incomplete-list": "an object that the signature covers is missing or of another type",
  "implausible-offset": "a time that is signed carries an offset to UTC that no place has",
  "wrong-curve": "the key is for another curve than this meter family signs with",
  "signature-mismatch": "the signature does not belong to these values and this key",
} as const;

export type SignatureErrorCode = keyof typeof signatureErrorCodes;

export class SignatureError extends MeterError {
  override readonly name = "SignatureError";
  override readonly blame: Blame = "peer";
  override readonly code: SignatureErrorCode;

  constructor(code: SignatureErrorCode, options?: { cause?: unknown }) {
    super(`${code}: ${signatureErrorCodes[code]}`, options);
    this.code = code;
  }
}

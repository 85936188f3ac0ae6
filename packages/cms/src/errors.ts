/**
 * Why a delivery, a receipt or a proof was refused. Every cause has its own code for the log and for alarms; the outside
 * learns one word, whatever the cause, so that nobody can find out by trying how far he came.
 */

import { type PathErrorCode, PathError } from "@siegel/pki";
import { type Blame, MeterError } from "@siegel/wire";

/** Reasons of this room, in the order of the checks. Beside them: `path-…` with each code of a path (pki). */
export const refusalCodes = {
  "too-large": "more octets than a message of this kind may have",
  malformed: "the outer structure is not the one of the format, in strict DER",
  "wrong-content-type": "signed data of another kind stands here",
  "wrong-algorithm": "an algorithm, or a parameter of one, is not the one that the format allows",
  "not-one-signer": "a seal has exactly one signer",
  "unsigned-attributes": "attributes that no signature covers are refused",
  "no-signer-certificate": "no readable embedded certificate, or more than one, has the key id that the signer names",
  "not-canonical-signature": "the signature has a twin (r, n − s), and this is not the lower one",
  "bad-signature": "the signature was not made with the certificate's key over these attributes",
  "bad-attributes": "a signed attribute is unknown, missing, there twice, or not readable",
  "content-type-mismatch": "the signed attribute names another content type",
  "algorithm-mismatch": "the signed attribute names other algorithms",
  "digest-mismatch": "the content is not the one that was signed",
  "wrong-certificates":
    "the embedded certificates are not exactly those between the signer and the root: whoever forwards could add or change one",
  "bad-binding": "the signed header and commitments are not readable",
  "sender-mismatch": "the header names another sender than the signer",
  "wrong-receiver": "the header names another receiver than this one",
  "bad-envelope": "the encrypted envelope is not the one of the format, in strict DER",
  "not-for-us": "no recipient of the envelope is this receiver",
  "ambiguous-recipient": "this receiver is named more than once, or others beside it in a delivery",
  "bad-ephemeral-key": "the sender's ephemeral key is no point on the receiver's curve",
  "unwrap-failed": "the content key was not wrapped for this receiver, or was changed",
  "tag-mismatch": "the encrypted content was changed, or belongs to another key",
  "bad-content": "the decrypted content is not the one of the format, in strict DER and padded",
  "header-mismatch": "the encrypted header is another than the signed one",
  "commitment-mismatch": "a block or its salt is another than the one committed to, or their count is",
  "bad-receipt": "what the receipt says is not readable",
  "receipt-mismatch": "the receipt is for another gateway, number or delivery",
  "other-receiver": "the receipt was signed by another than the one whom the delivery was sealed for",
  "no-receiver-certificate":
    "the certificate of the receiver's ENC key is not there, so nobody can say whose receipt counts",
} as const;

export type RefusalCode = keyof typeof refusalCodes | `path-${PathErrorCode}`;

/** A delivery or other sealed content that was not accepted. */
export class DeliveryError extends MeterError {
  override readonly name: string = "DeliveryError";
  override readonly code: RefusalCode;
  override readonly blame: Blame;
  /** All that the other side may learn. */
  readonly outward: "delivery-refused" | "receipt-refused" = "delivery-refused";

  constructor(code: RefusalCode, options?: { cause?: unknown }) {
    // A stranger decides how often this is made: the code says more than the place in our source, at less cost.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(textOf(code), options);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    // A list of revoked certificates that is missing or late is ours to fetch.
    this.blame = options?.cause instanceof PathError ? options.cause.blame : "peer";
  }
}

/** A receipt that was not accepted: whoever waits for one keeps what he has. */
export class ReceiptError extends DeliveryError {
  override readonly name = "ReceiptError";
  override readonly outward = "receipt-refused";
}

function textOf(code: RefusalCode): string {
  return Object.hasOwn(refusalCodes, code)
    ? `${code}: ${refusalCodes[code as keyof typeof refusalCodes]}` // it has just been found there
    : `${code}: the certificate of the signer was not accepted`;
}

/**
 * The receiver's signed word that a delivery is committed: the gateway may forget it from here on.
 *
 * In: DER of a stranger, and what was sent to whom.  Out: evidence, or one typed reason.
 */

import { type At, decodeDer, type ValidatedPath } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { ReceiptContent } from "../asn1/receipt.ts";
import { attempt } from "../attempt.ts";
import { DeliveryError, ReceiptError } from "../errors.ts";
import { maxReceiptBytes } from "../limits.ts";
import { oids } from "../oids.ts";
import { type MessageKind, SignedMessage } from "../signed/signed-message.ts";
import type { Trust } from "../signed/trust.ts";

/** What a receipt is among signed messages. */
export const receiptKind: MessageKind = {
  contentType: oids.receipt,
  role: "EMT",
  purpose: "SIG",
  maxBytes: maxReceiptBytes,
};

/** The delivery that the receipt has to be for. */
export interface ExpectedReceipt {
  /** Key id of the gateway's SIG key: `sender` of the header. */
  readonly gatewayKey: Uint8Array;
  readonly number: bigint;
  /** SHA-256 of the whole delivery. */
  readonly deliveryHash: Uint8Array;
  /** Name in the certificate of whom it was sealed for: another's receipt says nothing about him. */
  readonly receiverName: string;
}

export interface ReceiptAsk {
  readonly der: Uint8Array;
  readonly trust: Trust;
  readonly expected: ExpectedReceipt;
  /** The instant at which the signer must have been in order. Unless told it is the one that the receipt names itself. */
  readonly at?: At;
}

/** The receiver has committed the delivery. Only `verifyReceipt` can make one. */
export class VerifiedReceipt {
  readonly gatewayName: string;
  readonly number: bigint;
  /** As the receiver says. */
  readonly committedAt: At;
  readonly #content: ReceiptContent;
  readonly #signer: ValidatedPath;
  readonly #der: Uint8Array;

  private constructor(content: ReceiptContent, signer: ValidatedPath, der: Uint8Array) {
    this.gatewayName = content.gatewayName;
    this.number = content.number;
    this.committedAt = Object.freeze({ epochMs: content.committedAt });
    this.#content = content;
    this.#signer = signer;
    this.#der = der;
  }

  get signer(): ValidatedPath {
    return this.#signer;
  }

  /** A copy. */
  get gatewayKey(): Uint8Array {
    return this.#content.gateway.slice();
  }

  /** A copy. */
  get deliveryHash(): Uint8Array {
    return this.#content.deliveryHash.slice();
  }

  /** A copy. */
  get der(): Uint8Array {
    return this.#der.slice();
  }

  /** As `verifyReceipt`. */
  static async verify({ der: given, trust, expected, at }: ReceiptAsk): Promise<VerifiedReceipt> {
    if (given.length > maxReceiptBytes) throw new DeliveryError("too-large");
    const der = given.slice();
    const instant = at ?? ((octets: Uint8Array): At => ({ epochMs: readReceipt(octets).committedAt }));
    const { content: octets, signer } = await SignedMessage.verify({ der, kind: receiptKind, trust, at: instant });
    const content = readReceipt(octets);
    const isForIt =
      equalBytes(content.gateway, expected.gatewayKey) &&
      content.number === expected.number &&
      equalBytes(content.deliveryHash, expected.deliveryHash);
    if (!isForIt) throw new DeliveryError("receipt-mismatch");
    if (signer.leaf.name !== expected.receiverName) throw new DeliveryError("other-receiver");
    return new VerifiedReceipt(content, signer, der);
  }
}

/** @throws {ReceiptError} with a typed code; `outward` is the same for all. */
export async function verifyReceipt(ask: ReceiptAsk): Promise<VerifiedReceipt> {
  try {
    return await VerifiedReceipt.verify(ask);
  } catch (error) {
    if (error instanceof DeliveryError) throw new ReceiptError(error.code, { cause: error.cause });
    throw error;
  }
}

/** @throws {DeliveryError} bad-receipt */
export function readReceipt(content: Uint8Array): ReceiptContent {
  return attempt("bad-receipt", () => decodeDer(ReceiptContent, content));
}

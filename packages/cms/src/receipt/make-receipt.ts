/** Signs that a delivery is committed. Call it after the commit, never before: the gateway forgets the values. */

import { type At, encodeDer } from "@siegel/pki";
import { ReceiptContent } from "../asn1/receipt.ts";
import { VerifiedDelivery } from "../delivery/open.ts";
import { type Sender, signMessage } from "../signed/sign.ts";

/** A delivery that was verified and stored before, as the store knows it. */
export interface StoredDelivery {
  /** Key id of the gateway's SIG key. */
  readonly gatewayKey: Uint8Array;
  readonly gatewayName: string;
  readonly number: bigint;
  /** SHA-256 of the whole delivery. */
  readonly deliveryHash: Uint8Array;
}

/**
 * @param a.committedAt  Instant of the commit.
 * @param a.sender       The receiver's SIG key: role EMT.
 * @returns              DER. The same delivery receipted again has another signature: send the stored one again.
 * @throws {EncodeError} for values that the format cannot carry; {ModuleError} of the security module.
 */
export function makeReceipt(a: {
  readonly delivery: VerifiedDelivery | StoredDelivery;
  readonly committedAt: At;
  readonly sender: Sender;
}): Promise<Uint8Array> {
  if (a.sender.certificate.role !== "EMT") throw new RangeError("receipts are signed by market participants");
  const { gatewayKey, gatewayName, number, deliveryHash } =
    a.delivery instanceof VerifiedDelivery ? storedOf(a.delivery) : a.delivery;
  const content = encodeDer(ReceiptContent, {
    version: 1,
    gateway: gatewayKey,
    gatewayName,
    number,
    deliveryHash,
    committedAt: a.committedAt.epochMs,
  });
  return signMessage({ contentType: "receipt", content }, a.sender);
}

function storedOf({ header, gatewayName, hash }: VerifiedDelivery): StoredDelivery {
  return { gatewayKey: header.sender, gatewayName, number: header.number, deliveryHash: hash };
}

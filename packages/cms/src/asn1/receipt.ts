/** What a receipt says. Our own format: docs/formats/delivery.md. */

import { integer, octetString, sequence, smallInteger, utf8String } from "@siegel/pki";
import type { Infer } from "@siegel/wire";
import { hashBytes, keyIdBytes } from "../limits.ts";

export const ReceiptContent = sequence("ReceiptContent", {
  version: smallInteger({ min: 1, max: 1 }),
  gateway: octetString({ min: keyIdBytes, max: keyIdBytes }), // key id of its SIG key, as in the delivery's header
  gatewayName: utf8String({ min: 1, max: 64 }), //               of its certificate
  number: integer({ min: 1n, max: 2n ** 63n - 1n, maxBytes: 8 }),
  deliveryHash: octetString({ min: hashBytes, max: hashBytes }), // SHA-256 of the whole delivery
  committedAt: smallInteger({ min: 0, max: 253_402_300_799_999 }), // ms since 1970 UTC, to the year 9999
});
export type ReceiptContent = Infer<typeof ReceiptContent>;

/**
 * What a delivery says, in the clear and encrypted.
 *
 * Our own format: docs/formats/delivery.md.
 */

import {
  enumerated,
  implicit,
  integer,
  octetString,
  optional,
  sequence,
  sequenceOf,
  smallInteger,
  utf8String,
  withRaw,
} from "@siegel/pki";
import type { Infer } from "@siegel/wire";
import {
  hashBytes,
  keyIdBytes,
  maxBlockBytes,
  maxBlocks,
  maxProfileLength,
  messageIdBytes,
  paddingStep,
  saltBytes,
} from "../limits.ts";

/** Who sends what to whom. Stands first in the encrypted content and in the signed attribute; both must be the same. */
export const DeliveryHeader = sequence("DeliveryHeader", {
  version: smallInteger({ min: 1, max: 1 }),
  sender: octetString({ min: keyIdBytes, max: keyIdBytes }), //   key id of the gateway's SIG key
  receiver: octetString({ min: keyIdBytes, max: keyIdBytes }), // key id of the receiver's ENC key
  messageId: octetString({ min: messageIdBytes, max: messageIdBytes }),
  number: integer({ min: 1n, max: 2n ** 63n - 1n, maxBytes: 8 }), // of this gateway, strictly rising
  profile: utf8String({ min: 1, max: maxProfileLength }),
  kind: enumerated({ measured: 0, correction: 1 }),
});
export type DeliveryHeader = Infer<typeof DeliveryHeader>;

/** Encrypted: the blocks with their salts. Padding makes the whole a multiple of 512 octets. */
export const DeliveryContent = sequence("DeliveryContent", {
  header: withRaw(DeliveryHeader),
  blocks: sequenceOf(
    sequence("SaltedBlock", {
      salt: octetString({ min: saltBytes, max: saltBytes }),
      block: octetString({ min: 1, max: maxBlockBytes }),
    }),
    { min: 1, max: maxBlocks },
  ),
  padding: optional(implicit(0, octetString({ max: 2 * paddingStep }))),
});
export type DeliveryContent = Infer<typeof DeliveryContent>;

/** Signed attribute: SHA-256(salt ‖ block) of every block, in order. */
export const DeliveryBinding = sequence("DeliveryBinding", {
  header: withRaw(DeliveryHeader),
  commitments: sequenceOf(octetString({ min: hashBytes, max: hashBytes }), { min: 1, max: maxBlocks }),
});
export type DeliveryBinding = Infer<typeof DeliveryBinding>;

/** Seals and opens deliveries; receipts and proofs. The half that only checks is also the door "./verify". */

export { openContent, type OpenedContent, sealContent } from "./content.ts";
export { openDelivery, Opener, type ToOpen, type VerifiedBlock, VerifiedDelivery } from "./delivery/open.ts";
export { SealedDelivery, sealDelivery, type ToDeliver } from "./delivery/seal.ts";
export type { ContentCipher } from "./encrypted/ciphers.ts";
export type { Receiver } from "./encrypted/envelope.ts";
export { makeReceipt, type StoredDelivery } from "./receipt/make-receipt.ts";
export type { Sender } from "./signed/sign.ts";
export * from "./verify.ts";

/**
 * The half that checks, for everybody and for browsers: receipts and proofs. No secret is needed, and none is reachable.
 *
 * Sealing and opening deliveries: the door ".".
 */

export { AuthEnvelopedData } from "./asn1/auth-enveloped-data.ts";
export { DeliveryBinding, type DeliveryHeader } from "./asn1/delivery.ts";
export { ProofBundle as ProofBundleDer } from "./asn1/proof-bundle.ts";
export { ReceiptContent } from "./asn1/receipt.ts";
export { SignedAttributes, SignedContentInfo } from "./asn1/signed-data.ts";
export { commitmentOf } from "./delivery/commitments.ts";
export { DeliveryError, ReceiptError, type RefusalCode, refusalCodes } from "./errors.ts";
export { maxBlockBytes, maxBlocks, maxBundleBytes, maxDeliveryBytes } from "./limits.ts";
export { decodeProofBundle, encodeProofBundle } from "./proof/bundle.ts";
export { checkProof, Proof, type ProofQuestion, type ProofResult } from "./proof/check.ts";
export { type ProofStep, type ProofStepName, proofCodes, proofStepNames, skipCodes } from "./proof/steps.ts";
export { type ExpectedReceipt, type ReceiptAsk, VerifiedReceipt, verifyReceipt } from "./receipt/verify-receipt.ts";
export { CertificateMemory } from "./signed/certificates.ts";
export type { Trust } from "./signed/trust.ts";
export type { ProofBundle } from "./asn1/proof-bundle.ts";

/** Everything that it takes to check a block offline, but the root. Our own format: docs/formats/delivery.md. */

import { octetString, optional, sequence, sequenceOf, smallInteger } from "@siegel/pki";
import type { Infer } from "@siegel/wire";
import {
  maxBlockBytes,
  maxBlocks,
  maxBundleCertificates,
  maxBundleCrls,
  maxCertificateBytes,
  maxCrlBytes,
  maxDeliveryBytes,
  maxReceiptBytes,
  saltBytes,
} from "../limits.ts";

export const ProofBundle = sequence("ProofBundle", {
  version: smallInteger({ min: 1, max: 1 }),
  delivery: octetString({ min: 1, max: maxDeliveryBytes }),
  receipt: optional(octetString({ min: 1, max: maxReceiptBytes })),
  blocks: sequenceOf(
    sequence("ProvenBlock", {
      index: smallInteger({ max: maxBlocks - 1 }), // place among the delivery's commitments
      salt: octetString({ min: saltBytes, max: saltBytes }),
      block: octetString({ min: 1, max: maxBlockBytes }),
    }),
    { max: maxBlocks },
  ),
  certificates: sequenceOf(octetString({ min: 1, max: maxCertificateBytes }), { max: maxBundleCertificates }),
  crls: sequenceOf(octetString({ min: 1, max: maxCrlBytes }), { max: maxBundleCrls }),
});
export type ProofBundle = Infer<typeof ProofBundle>;

/** The file `….siegel-proof`: a delivery, its receipt, some of its blocks, and what it takes to judge the chains. */

import { decodeDer, encodeDer } from "@siegel/pki";
import { ProofBundle } from "../asn1/proof-bundle.ts";
import { maxBundleBytes } from "../limits.ts";

/** @throws {EncodeError} above a limit: 16 MiB in all. */
export function encodeProofBundle(bundle: ProofBundle): Uint8Array {
  return encodeDer(ProofBundle, bundle, maxBundleBytes);
}

/** Octets are views into the input. Nothing has been checked: that is `checkProof`. @throws {DecodeError} */
export function decodeProofBundle(bytes: Uint8Array): ProofBundle {
  return decodeDer(ProofBundle, bytes, { maxBytes: maxBundleBytes });
}

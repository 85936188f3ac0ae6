/**
 * One signature, not two: with (r, s) also (r, n − s) verifies, so whoever forwards a delivery could turn one into the other
 * and make its hash another. Receipts and the rule "same number, other hash" go by the hash. So s is at most n / 2.
 *
 * Source: SEC 1 §4.1.4 (both verify); n of brainpoolP256r1: RFC 5639 §3.4. That the higher one is refused is ours.
 */

import { decodeDer, encodeDer, integer, sequence } from "@siegel/pki";

/** Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }. RFC 3279 §2.2.3 */
const SignatureValue = sequence("Ecdsa-Sig-Value", { r: integer({ maxBytes: 33 }), s: integer({ maxBytes: 33 }) });

/** The lower of the two twins. @throws {DecodeError} when it is no Ecdsa-Sig-Value. */
export function withLowS(signature: Uint8Array): Uint8Array {
  const { r, s } = decodeDer(SignatureValue, signature);
  return s <= half ? signature : encodeDer(SignatureValue, { r, s: order - s });
}

/** @throws {DecodeError} when it is no Ecdsa-Sig-Value. */
export function hasLowS(signature: Uint8Array): boolean {
  return decodeDer(SignatureValue, signature).s <= half;
}

const order = 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n;
const half = order >> 1n;

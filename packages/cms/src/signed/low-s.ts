/**
 * One signature, not two: with (r, s) also (r, n − s) verifies, so whoever forwards a delivery could turn one into the other
 * and make its hash another. Receipts and the rule "same number, other hash" go by the hash. So s is at most n / 2.
 *
 * Source: SEC 1 §4.1.4 (both verify); n of brainpoolP256r1: RFC 5639 §3.4. That the higher one is refused is ours.
 */

import { decodeDer, encodeDer, integer, sequence } from "@siegel/pki";
import { fromHex } from "@siegel/wire";

/** Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }. RFC 3279 §2.2.3 */
const SignatureValue = sequence("Ecdsa-Sig-Value", { r: integer({ maxBytes: 33 }), s: integer({ maxBytes: 33 }) });

/** The lower of the two twins. @throws {DecodeError} when it is no Ecdsa-Sig-Value. */
export function withLowS(signature: Uint8Array): Uint8Array {
  if (hasLowS(signature)) return signature;
  const { r, s } = decodeDer(SignatureValue, signature);
  return encodeDer(SignatureValue, { r, s: order - s });
}

/**
 * Whether this is the lower twin. Of octets that are no signature it may say either: whether they are one, in strict DER, is
 * for the check of the signature to say.
 */
export function hasLowS(signature: Uint8Array): boolean {
  const rLength = signature[3] ?? 0;
  const s = signature.subarray(6 + rLength); // behind 30 length, 02 length r, 02 length
  const first = s[0] === 0 ? 1 : 0; // a zero before a high bit
  if (s.length - first !== halfOctets.length) return s.length - first < halfOctets.length;
  for (let at = 0; at < halfOctets.length; at++) {
    const difference = s[first + at]! - halfOctets[at]!;
    if (difference !== 0) return difference < 0;
  }
  return true;
}

const order = 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n;
const halfOctets = fromHex((order >> 1n).toString(16));

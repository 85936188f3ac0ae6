/**
 * One signature, not two: with (r, s) also (r, n − s) verifies, so whoever forwards a delivery could turn one into the other
 * and make its hash another. Receipts and the rule "same number, other hash" go by the hash. So s is at most n / 2.
 *
 * Source: SEC 1 §4.1.4 (both verify); n of brainpoolP256r1: RFC 5639 §3.4. That the higher one is refused is ours.
 */

import { concatBytes, fromHex } from "@siegel/wire";

/** The lower of the two twins. Of octets that are no Ecdsa-Sig-Value it may make anything. */
export function withLowS(signature: Uint8Array): Uint8Array {
  if (hasLowS(signature)) return signature;
  const start = 6 + signature[3]!; // behind 30 length, 02 length, r, 02 length
  const s = signature.subarray(start);
  const twin = new Uint8Array(orderOctets.length);
  for (let at = twin.length - 1, borrow = 0; at >= 0; at--) {
    const digit = orderOctets[at]! - (s[at + s.length - twin.length] ?? 0) - borrow;
    borrow = digit < 0 ? 1 : 0;
    twin[at] = digit & 0xff;
  }
  // An INTEGER in the fewest octets: n − s is at most n / 2, whose highest bit is zero. X.690 §8.3.2
  let first = 0;
  while (first < twin.length - 1 && twin[first] === 0 && twin[first + 1]! < 0x80) first++;
  return concatBytes(
    Uint8Array.of(0x30, start - 2 + twin.length - first),
    signature.subarray(2, start - 1),
    Uint8Array.of(twin.length - first),
    twin.subarray(first),
  );
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
const orderOctets = fromHex(order.toString(16));
const halfOctets = fromHex((order >> 1n).toString(16));

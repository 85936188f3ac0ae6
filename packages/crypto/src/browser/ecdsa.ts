/**
 * The check of an ECDSA signature, without Node.
 *
 * In: a point on a curve, a hash, a signature in range.  Out: yes or no.  For public data only.
 * Source: FIPS 186-4 §6.4.2; SEC 1 §4.1.4.
 */

import { type CurveName, type CurveNumbers, toNumber } from "../curves.ts";
import type { EcdsaSignature } from "../ecdsa-signature.ts";
import { type Multiples, oddMultiples, sumOfMultiples } from "./jacobian.ts";

/** @param key  Odd multiples of the public point, from `multiplesOfKey`: made once for a key. */
export function holds(numbers: CurveNumbers, key: Multiples, hash: Uint8Array, { r, s }: EcdsaSignature): boolean {
  const { n, p, byteLength } = numbers;
  // The leftmost bits of the hash, as many as n has; all five orders are whole octets long.
  const z = toNumber(hash.subarray(0, byteLength)) % n;
  const w = inverse(s, n);
  const sum = sumOfMultiples(numbers, multiplesOfBase(numbers), (z * w) % n, key, (r * w) % n);
  if (sum.z === 0n) return false;
  // x = X/Z² is r modulo n, and below p: so X is r · Z², or (r + n) · Z² where that number is still below p.
  const zz = (sum.z * sum.z) % p;
  if ((r * zz - sum.x) % p === 0n) return true;
  return r + n < p && ((r + n) * zz - sum.x) % p === 0n;
}

export function multiplesOfKey(numbers: CurveNumbers, x: bigint, y: bigint): Multiples {
  return oddMultiples(numbers, x, y, 5);
}

function multiplesOfBase(numbers: CurveNumbers): Multiples {
  const known = bases.get(numbers.curve);
  if (known !== undefined) return known;
  const made = oddMultiples(numbers, ...numbers.base, 7);
  bases.set(numbers.curve, made);
  return made;
}

/** 1 / value modulo a prime, by Euclid; the value is in [1, modulus − 1]. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [value, modulus];
  let [ofLow, ofHigh] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [ofLow, ofHigh] = [ofHigh - quotient * ofLow, ofLow];
  }
  return ofLow < 0n ? ofLow + modulus : ofLow;
}

const bases = new Map<CurveName, Multiples>();

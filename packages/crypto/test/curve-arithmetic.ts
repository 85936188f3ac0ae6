/**
 * A few lines of curve arithmetic, independent of OpenSSL: to build the rare keys and points that tests need.
 *
 * Textbook formulas on affine points, y² = x³ + ax + b. The identity does not occur. SEC 1 §2.2.1.
 */

import type { CurveNumbers } from "../src/curves.ts";

export type Point = readonly [bigint, bigint];

/** First point with x at or above `from`; p ≡ 3 (mod 4) for all five curves, so a square root is a power. */
export function firstPoint({ p, a, b }: CurveNumbers, from: bigint): Point {
  for (let x = from; ; x++) {
    const square = mod(x * x * x + a * x + b, p);
    const y = power(square, (p + 1n) / 4n, p);
    if ((y * y) % p === square) return [x, y];
  }
}

/** Sum of two points that are not each other's negative. */
export function add([x1, y1]: Point, [x2, y2]: Point, { p, a }: Pick<CurveNumbers, "p" | "a">): Point {
  const [rise, run] = x1 === x2 ? [3n * x1 * x1 + a, 2n * y1] : [y2 - y1, x2 - x1];
  const slope = rise * inverse(mod(run, p), p);
  const x3 = mod(slope * slope - x1 - x2, p);
  return [x3, mod(slope * (x1 - x3) - y1, p)];
}

/** `by` times a point, `by` at least 1. */
export function multiply(point: Point, by: bigint, curve: Pick<CurveNumbers, "p" | "a">): Point {
  if (by === 1n) return point;
  const doubled = multiply(add(point, point, curve), by / 2n, curve);
  return by % 2n === 0n ? doubled : add(doubled, point, curve);
}

/** 1 / value modulo a prime. */
export function inverse(value: bigint, prime: bigint): bigint {
  return power(value, prime - 2n, prime);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = power((base * base) % modulus, exponent / 2n, modulus);
  return exponent % 2n === 0n ? half : (half * base) % modulus;
}

function mod(value: bigint, modulus: bigint): bigint {
  return ((value % modulus) + modulus) % modulus;
}

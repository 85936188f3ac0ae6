/**
 * Points on y² = x³ + ax + b in Jacobian coordinates, on `bigint`.
 *
 * (X, Y, Z) stands for (X/Z², Y/Z³); Z = 0 for the identity. For public data only: time depends on the numbers.
 * Source: SEC 1 §2.2.1 (the group); Hankerson, Menezes, Vanstone, Guide to ECC, §3.2.2 and algorithm 3.48 (two scalars
 * interleaved). All cases of the addition are handled: with numbers of a stranger each of them can be brought about.
 */

import type { CurveNumbers } from "../curves.ts";

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

/** u · base + v · q. Both scalars are below the order. */
export function sumOfMultiples(numbers: CurveNumbers, base: Multiples, u: bigint, q: Multiples, v: bigint): Point {
  const [first, second] = [signedDigits(u, base.width), signedDigits(v, q.width)];
  let sum = identity;
  for (let at = Math.max(first.length, second.length) - 1; at >= 0; at--) {
    sum = doubled(numbers, sum);
    sum = withDigit(numbers, sum, base, first[at] ?? 0);
    sum = withDigit(numbers, sum, q, second[at] ?? 0);
  }
  return sum;
}

/** Odd multiples of a point: 1, 3, 5 … (2^(width − 1) − 1) times. */
export interface Multiples {
  readonly width: number;
  readonly odd: readonly Point[];
}

/** @param width  2 to 8: 2^(width − 2) points are kept. */
export function oddMultiples(numbers: CurveNumbers, x: bigint, y: bigint, width: number): Multiples {
  const once = { x, y, z: 1n };
  const twice = doubled(numbers, once);
  const odd: Point[] = [once];
  for (let last = once; odd.length < 2 ** (width - 2);) {
    last = added(numbers, last, twice);
    odd.push(last);
  }
  return { width, odd };
}

function withDigit(numbers: CurveNumbers, sum: Point, { odd }: Multiples, digit: number): Point {
  if (digit === 0) return sum;
  const multiple = odd[(Math.abs(digit) - 1) / 2] ?? identity;
  return added(numbers, sum, digit > 0 ? multiple : { ...multiple, y: numbers.p - multiple.y });
}

function doubled({ p, a }: CurveNumbers, { x, y, z }: Point): Point {
  if (z === 0n || y === 0n) return identity;
  const yy = (y * y) % p;
  const s = (4n * x * yy) % p;
  const zz = (z * z) % p;
  const m = (3n * x * x + a * ((zz * zz) % p)) % p;
  const x3 = mod(m * m - 2n * s, p);
  return { x: x3, y: mod(m * (s - x3) - 8n * yy * yy, p), z: (2n * y * z) % p };
}

function added(numbers: CurveNumbers, one: Point, other: Point): Point {
  if (one.z === 0n) return other;
  if (other.z === 0n) return one;
  const { p } = numbers;
  const zz1 = (one.z * one.z) % p;
  const zz2 = other.z === 1n ? 1n : (other.z * other.z) % p;
  const u1 = (one.x * zz2) % p;
  const u2 = (other.x * zz1) % p;
  const s1 = other.z === 1n ? one.y : (((one.y * other.z) % p) * zz2) % p;
  const s2 = (((other.y * one.z) % p) * zz1) % p;
  const h = mod(u2 - u1, p);
  const r = mod(s2 - s1, p);
  if (h === 0n) return r === 0n ? doubled(numbers, one) : identity;
  const hh = (h * h) % p;
  const hhh = (h * hh) % p;
  const v = (u1 * hh) % p;
  const x = mod(r * r - hhh - 2n * v, p);
  return { x, y: mod(r * (v - x) - s1 * hhh, p), z: (((one.z * other.z) % p) * h) % p };
}

/** Digits from the least: zero, or odd and below 2^(width − 1) in size; at most one of `width` in a row is not zero. */
function signedDigits(scalar: bigint, width: number): number[] {
  const digits: number[] = [];
  const window = 1n << BigInt(width);
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    let digit = 0n;
    if (rest & 1n) {
      digit = rest & (window - 1n);
      if (digit >= window / 2n) digit -= window;
      rest -= digit;
    }
    digits.push(Number(digit));
  }
  return digits;
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

const identity: Point = { x: 1n, y: 1n, z: 0n };

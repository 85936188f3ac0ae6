/**
 * The values of a day block back from their bits; the counterpart of ./write-values.
 *
 * Every bit string is read in one way only, and every way to write a value is the one that the writer takes: what is
 * left to check is that nothing but zeros fills the last byte.
 */

import type { DecodeError, DecodeErrorCode } from "@siegel/wire";
import type { Quality } from "../reading.ts";
import type { Run } from "./block.ts";
import { averageCap, fastLimit, firstAverage, maxRaw, minRaw } from "./layout.ts";
import { newDoubles } from "./pool.ts";

/** The part of a block that holds the values. */
export interface ValueBits {
  readonly bytes: Uint8Array;
  /** First bit after the first value. */
  readonly firstBit: number;
  readonly qualities: readonly Run<Quality>[];
  /** Slots of all runs together. */
  readonly count: number;
  readonly isTotal: boolean;
  /** An error at this byte. */
  readonly error: (code: DecodeErrorCode, at: number) => DecodeError;
}

/**
 * Reads into doubles. `undefined` when a residual or a value does not fit: then the bigint reader has to be used.
 *
 * @throws {DecodeError} "truncated", "trailing-bytes", "not-canonical".
 */
export function readDoubles(source: ValueBits, first: number): Float64Array | undefined {
  const { bytes, isTotal } = source;
  const values = newDoubles(source.count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lastWindow = bytes.length - 4;
  let bit = source.firstBit;
  let average = firstAverage;
  let last = first;
  let lastStep = isTotal ? 0 : first;
  let started = false;
  let index = 0;
  for (const run of source.qualities) {
    const end = index + run.count;
    if (run.value === "missing") {
      values.fill(Number.NaN, index, end);
      index = end;
      continue;
    }
    if (!started) {
      started = true;
      values[index++] = first;
    }
    for (; index < end; index++) {
      const k = 32 - Math.clz32(average >> 4);
      const at = bit >>> 3;
      let folded: number;
      // At least 25 bits of the stream, the next one highest; zeros behind the end, which `expectEnd` notices.
      const window = (at <= lastWindow ? view.getUint32(at) : lastBytes(bytes, at)) << (bit & 7);
      const length = 2 * Math.clz32(window) + k + 1;
      if (length <= 25) {
        folded = (window >>> (32 - length)) - (1 << k);
        bit += length;
      } else {
        const code = readCode(source, bit, k);
        if (code >= 2 * fastLimit) return undefined;
        folded = Number(code) - (1 << k);
        bit += codeLength(code, k);
      }
      average += (folded < averageCap ? folded : averageCap) - (average >> 2);
      lastStep += (folded >>> 1) ^ -(folded & 1);
      last = isTotal ? last + lastStep : lastStep;
      if (last > Number.MAX_SAFE_INTEGER || last < Number.MIN_SAFE_INTEGER) return undefined;
      values[index] = last;
    }
  }
  expectEnd(source, bit);
  return values;
}

/**
 * Reads integers of any size.
 *
 * @throws {DecodeError} as `readDoubles`, and "out-of-range" for a value beyond 64 bits.
 */
export function readBigints(source: ValueBits, first: bigint): (bigint | undefined)[] {
  const values: (bigint | undefined)[] = [];
  let bit = source.firstBit;
  let average = firstAverage;
  let last = first;
  let lastStep = source.isTotal ? 0n : first;
  let started = false;
  for (const run of source.qualities) {
    for (let left = run.count; left > 0; left--) {
      if (run.value === "missing") {
        values.push(undefined);
        continue;
      }
      if (started) {
        const k = 32 - Math.clz32(average >> 4);
        const code = BigInt(readCode(source, bit, k));
        const folded = code - (1n << BigInt(k));
        average += (folded < averageCap ? Number(folded) : averageCap) - (average >> 2);
        lastStep += (folded & 1n) === 0n ? folded >> 1n : -(folded >> 1n) - 1n;
        last = source.isTotal ? last + lastStep : lastStep;
        if (last > maxRaw || last < minRaw) throw source.error("out-of-range", bit >>> 3);
        bit += codeLength(code, k);
      }
      started = true;
      values.push(last);
    }
  }
  expectEnd(source, bit);
  return values;
}

/** Up to four bytes from `at` on, zeros behind the end. */
function lastBytes(bytes: Uint8Array, at: number): number {
  let window = 0;
  for (let index = at; index < at + 4; index++) window = (window << 8) | (index < bytes.length ? bytes[index]! : 0);
  return window;
}

/** The code at `bit`: zeros, then as many bits more than k + 1. For long codes. */
function readCode(source: ValueBits, bit: number, k: number): number | bigint {
  const { bytes } = source;
  const endBit = bytes.length * 8;
  let at = bit;
  while (at < endBit && (bytes[at >>> 3]! & (0x80 >> (at & 7))) === 0) at++;
  const codeBits = at - bit + k + 1;
  if (at + codeBits > endBit) throw source.error("truncated", bytes.length);
  // Residuals of 64-bit values stay below 2^68; more zeros than that are an attack on our time.
  if (codeBits > maxCodeBits) throw source.error("out-of-range", bit >>> 3);
  let code: number | bigint = codeBits > 53 ? 0n : 0;
  for (const end = at + codeBits; at < end;) {
    const take = Math.min(8 - (at & 7), end - at);
    const piece = (bytes[at >>> 3]! >> (8 - (at & 7) - take)) & ((1 << take) - 1);
    code = typeof code === "bigint" ? (code << BigInt(take)) | BigInt(piece) : code * 2 ** take + piece;
    at += take;
  }
  return code;
}

/** Bits that a code takes, its leading zeros included. */
function codeLength(code: number | bigint, k: number): number {
  return 2 * code.toString(2).length - 1 - k;
}

function expectEnd({ bytes, error }: ValueBits, bit: number): void {
  const byteLength = (bit + 7) >>> 3;
  if (byteLength > bytes.length) throw error("truncated", bytes.length);
  if (byteLength < bytes.length) throw error("trailing-bytes", byteLength);
  const used = bit & 7;
  if (used !== 0 && (bytes[byteLength - 1]! & (0xff >> used)) !== 0) throw error("not-canonical", byteLength - 1);
}

const maxCodeBits = 72;

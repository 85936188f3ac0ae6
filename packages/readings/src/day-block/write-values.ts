/**
 * The values of a day block as bits: residuals of a prediction in an adaptive exponential Golomb code.
 *
 * Two writers make the same bits: one in 32-bit arithmetic for what meters send, one in bigints for everything.
 * Code and prediction: docs/formats/day-block.md, "Values".
 */

import type { Quality } from "../reading.ts";
import type { Run } from "./block.ts";
import { averageCap, fastLimit, firstAverage } from "./layout.ts";
import type { Scratch } from "./scratch.ts";

/**
 * Writes safe integers. `false` when a residual is too large for 32 bits or a value is no safe integer: then the cursor
 * stands anywhere and the bigint writer has to be used.
 */
export function writeDoubles(
  out: Scratch,
  values: Float64Array,
  qualities: readonly Run<Quality>[],
  isTotal: boolean,
): boolean {
  let average = firstAverage;
  let pending = 0; // the last `pendingCount` bits of it are not written yet
  let pendingCount = 0;
  let last = 0;
  let lastStep = 0; // of a total: the interval value before; of others: the value before
  let started = false;
  let index = 0;
  const { bytes } = out;
  let at = out.at;
  for (const run of qualities) {
    const end = index + run.count;
    if (run.value === "missing") {
      for (; index < end; index++) if (!Number.isNaN(values[index]!)) return false;
      continue;
    }
    if (!started) {
      started = true;
      last = values[index++]!;
      if (!Number.isSafeInteger(last)) return false;
      out.zigzag(last);
      at = out.at;
      lastStep = isTotal ? 0 : last;
    }
    for (; index < end; index++) {
      const value = values[index]!;
      const step = isTotal ? value - last : value;
      const difference = step - lastStep;
      const residual = difference | 0;
      // Also refuses fractions and NaN; a value beyond 2^53 is caught by the second half.
      if (residual !== difference || residual < -fastLimit || residual >= fastLimit) return false;
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) return false;
      last = value;
      lastStep = step;
      const folded = (residual << 1) ^ (residual >> 31);
      const k = 32 - Math.clz32(average >> 4);
      const code = folded + (1 << k);
      const codeBits = 32 - Math.clz32(code);
      let left = 2 * codeBits - 1 - k; // codeBits − 1 − k zeros, then the code
      average += (folded < averageCap ? folded : averageCap) - (average >> 2);
      while (left > 24) {
        const piece = left - 16;
        pending = (pending << 16) | (piece > 31 ? 0 : (code >>> piece) & 0xffff);
        pendingCount += 16;
        left = piece;
        while (pendingCount >= 8) bytes[at++] = pending >>> (pendingCount -= 8);
      }
      pending = (pending << left) | (code & ((1 << left) - 1));
      pendingCount += left;
      while (pendingCount >= 8) bytes[at++] = pending >>> (pendingCount -= 8);
    }
  }
  if (pendingCount > 0) bytes[at++] = pending << (8 - pendingCount);
  if (started) out.at = at;
  return true;
}

/** Writes integers of any size. Every value of a run that is not "missing" must be there. */
export function writeBigints(
  out: Scratch,
  values: readonly (bigint | undefined)[],
  qualities: readonly Run<Quality>[],
  isTotal: boolean,
): void {
  let average = firstAverage;
  let last = 0n;
  let lastStep = 0n;
  let bits = 0; // written into the current byte
  let started = false;
  let index = 0;
  for (const run of qualities) {
    for (const end = index + run.count; index < end; index++) {
      const value = values[index];
      if (value === undefined) continue;
      if (!started) {
        started = true;
        last = value;
        lastStep = isTotal ? 0n : value;
        out.bigZigzag(value);
        continue;
      }
      const step = isTotal ? value - last : value;
      const residual = step - lastStep;
      last = value;
      lastStep = step;
      const folded = residual < 0n ? -2n * residual - 1n : 2n * residual;
      const k = 32 - Math.clz32(average >> 4);
      const code = (folded + (1n << BigInt(k))).toString(2);
      average += (folded < averageCap ? Number(folded) : averageCap) - (average >> 2);
      for (const bit of "0".repeat(code.length - 1 - k) + code) {
        if (bits === 0) out.u8(0);
        if (bit === "1") out.bytes[out.at - 1]! |= 0x80 >> bits;
        bits = (bits + 1) & 7;
      }
    }
  }
}

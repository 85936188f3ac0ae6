/**
 * Small arrays cut from a common buffer of 8 KiB, as Node's `Buffer` does it.
 *
 * Why: an engine takes longer to make one buffer of a household's day than to decode the day. What it costs: a small
 * array that is kept keeps its 8 KiB, and `array.buffer` is not its own; `slice()` gives a copy that is.
 */

/** Doubles, all 0. */
export function newDoubles(count: number): Float64Array {
  const byteLength = count * 8;
  if (byteLength > largestPiece) return new Float64Array(count);
  const at = claim(byteLength); // first: it may change the pool
  return new Float64Array(pool, at, count);
}

/** A copy of the octets. */
export function copyOf(source: Uint8Array, byteLength: number): Uint8Array {
  if (byteLength > largestPiece) return source.slice(0, byteLength);
  const at = claim(byteLength); // first, as above
  const copy = new Uint8Array(pool, at, byteLength);
  for (let index = 0; index < byteLength; index++) copy[index] = source[index]!;
  return copy;
}

/** Offset of so many fresh bytes in the pool, a multiple of 8. */
function claim(byteLength: number): number {
  if (used + byteLength > poolBytes) {
    pool = new ArrayBuffer(poolBytes);
    used = 0;
  }
  const at = used;
  used += (byteLength + 7) & ~7;
  return at;
}

const poolBytes = 8192;
const largestPiece = poolBytes / 4;
let pool = new ArrayBuffer(poolBytes);
let used = 0;

/**
 * Frame formats A and B of the radio: checksums in, checksums out.
 *
 * In: the octets of one frame as the receiver gives them.  Out: the plain frame `L C M2 A6 …` without checksums, L counting
 * what follows it.  Not here: where a frame begins in a stream (./cutter.ts), what it says (./link.ts).
 * Why the receiver states the format: dongles take checksums out, or do not; a guess can be wrong. "auto" tries A, then B,
 * then none, takes the first whose length and checksums hold, and says which it was.
 * Source: EN 13757-4, frame formats A and B.
 */

import { crc16En13757, DecodeError, EncodeError } from "@siegel/wire";

export const wirelessFormats = ["a", "b", "none"] as const;
export type WirelessFormat = (typeof wirelessFormats)[number];

export interface FormatOptions {
  /** What the receiver states; "auto" unless told. */
  readonly format?: WirelessFormat | "auto" | undefined;
  /** Octets that the receiver puts behind each frame (signal strength and the like); none unless told. */
  readonly trailingBytes?: number | undefined;
  /** For frames whose ends the receiver knows: up to so many octets more may follow, whatever they are; none unless told. */
  readonly maxTrailingBytes?: number | undefined;
}

export interface PlainFrame {
  readonly format: WirelessFormat;
  /** `L C M2 A6 …`. A view of the input where that had no checksums. */
  readonly octets: Uint8Array;
  /** What the receiver put behind it. */
  readonly trailing: Uint8Array;
}

/**
 * One frame, checksums verified and taken out.
 *
 * @throws {DecodeError} "truncated" or "trailing-bytes" when L says otherwise, "bad-checksum" at the block,
 *   "wrong-length" when L is below 9: no room for C, maker and address.
 */
export function unwrapFrame(input: Uint8Array, options: FormatOptions = {}): PlainFrame {
  const { format = "auto", trailingBytes = 0, maxTrailingBytes = 0 } = options;
  const length = input.length - trailingBytes;
  if (length < 1) throw new DecodeError("truncated", { path: "L", offset: input.length });
  const l = input[0]!;
  if (l < headerLength) throw new DecodeError("wrong-length", { path: "L", offset: 0 });
  const chosen = format === "auto" ? guess(input, l, length, maxTrailingBytes) : format;
  const expected = byteLengthOf(chosen, l);
  if (length < expected) throw new DecodeError("truncated", { path: "frame", offset: input.length });
  if (length > expected + maxTrailingBytes)
    throw new DecodeError("trailing-bytes", { path: "frame", offset: expected });
  return { format: chosen, octets: plainOf(input, l, chosen), trailing: input.subarray(expected) };
}

/** Length on the line of a frame that begins with this L. */
export function byteLengthOf(format: WirelessFormat, l: number): number {
  return format === "a" ? l + 1 + 2 * blockCount(l) : l + 1;
}

/** Whether the first block of format A holds: ten octets and their checksum. Tells a frame from noise early. */
export function firstBlockHolds(octets: Uint8Array, at = 0): boolean {
  return octets.length >= at + 12 && crcHolds(octets, at, at + 10);
}

/** Whether all checksums of format B hold for the frame at `at`. */
export function formatBHolds(octets: Uint8Array, at: number, l: number): boolean {
  if (l < headerLength + 2 || octets.length < at + l + 1) return false;
  const firstEnd = at + Math.min(l + 1, firstPartOfB) - 2;
  if (!crcHolds(octets, at, firstEnd)) return false;
  if (l + 1 <= firstPartOfB) return true;
  return l + 1 > firstPartOfB + 2 && crcHolds(octets, at + firstPartOfB, at + l - 1);
}

/**
 * The frame with the checksums of a format.
 *
 * @param plain  `L C M2 A6 …`, L counting what follows it.
 * @throws {EncodeError} "wrong-length" when L does not, "too-long" when the format cannot carry it.
 */
export function wrapFrame(plain: Uint8Array, format: WirelessFormat): Uint8Array {
  if (plain.length < headerLength + 1 || plain[0] !== plain.length - 1) throw new EncodeError("wrong-length", "L");
  if (format === "none") return plain.slice();
  return format === "a" ? wrapA(plain) : wrapB(plain);
}

function guess(input: Uint8Array, l: number, length: number, more: number): WirelessFormat {
  const fits = (expected: number): boolean => length >= expected && length <= expected + more;
  if (fits(byteLengthOf("a", l)) && firstBlockHolds(input)) return "a";
  if (fits(l + 1) && formatBHolds(input, 0, l)) return "b";
  if (fits(l + 1)) return "none";
  return firstBlockHolds(input) ? "a" : "none";
}

function plainOf(input: Uint8Array, l: number, format: WirelessFormat): Uint8Array {
  switch (format) {
    case "none":
      return input.subarray(0, l + 1);
    case "a":
      return unwrapA(input, l);
    case "b":
      return unwrapB(input, l);
  }
}

function unwrapA(input: Uint8Array, l: number): Uint8Array {
  const plain = new Uint8Array(l + 1);
  let from = 0;
  for (let to = 0; to < plain.length;) {
    const block = Math.min(to === 0 ? 10 : 16, plain.length - to);
    if (!crcHolds(input, from, from + block)) throw new DecodeError("bad-checksum", { path: "block", offset: from });
    for (let index = 0; index < block; index++) plain[to + index] = input[from + index]!;
    to += block;
    from += block + 2;
  }
  return plain;
}

function unwrapB(input: Uint8Array, l: number): Uint8Array {
  if (!formatBHolds(input, 0, l)) throw new DecodeError("bad-checksum", { path: "block", offset: 0 });
  if (l + 1 <= firstPartOfB) {
    const plain = input.slice(0, l - 1);
    plain[0] = l - 2;
    return plain;
  }
  const plain = new Uint8Array(l + 1 - 4);
  plain.set(input.subarray(0, firstPartOfB - 2));
  plain.set(input.subarray(firstPartOfB, l - 1), firstPartOfB - 2);
  plain[0] = l - 4;
  return plain;
}

function wrapA(plain: Uint8Array): Uint8Array {
  const whole = new Uint8Array(byteLengthOf("a", plain[0]!));
  let to = 0;
  for (let from = 0; from < plain.length;) {
    const block = Math.min(from === 0 ? 10 : 16, plain.length - from);
    whole.set(plain.subarray(from, from + block), to);
    writeCrc(whole, to, to + block);
    from += block;
    to += block + 2;
  }
  return whole;
}

function wrapB(plain: Uint8Array): Uint8Array {
  const firstPart = firstPartOfB - 2;
  const extra = plain.length <= firstPart ? 2 : 4;
  if (plain.length + extra > maxPlainBytes) throw new EncodeError("too-long", "frame");
  const whole = new Uint8Array(plain.length + extra);
  whole.set(plain.subarray(0, firstPart));
  whole[0] = whole.length - 1;
  const firstEnd = Math.min(plain.length, firstPart);
  writeCrc(whole, 0, firstEnd);
  if (extra === 4) {
    whole.set(plain.subarray(firstPart), firstPartOfB);
    writeCrc(whole, firstPartOfB, whole.length - 2);
  }
  return whole;
}

function blockCount(l: number): number {
  return 1 + Math.ceil((l - headerLength) / 16);
}

/** High octet first, unlike the checksums further inside. */
function crcHolds(octets: Uint8Array, from: number, to: number): boolean {
  return crcOf(octets, from, to) === ((octets[to]! << 8) | octets[to + 1]!);
}

function writeCrc(octets: Uint8Array, from: number, to: number): void {
  const crc = crcOf(octets, from, to);
  octets[to] = crc >> 8;
  octets[to + 1] = crc & 0xff;
}

function crcOf(octets: Uint8Array, from: number, to: number): number {
  return crc16En13757.finish(crc16En13757.update(crc16En13757.start, octets, from, to));
}

/** C, maker, address. */
const headerLength = 9;
/** Blocks 1 and 2 of format B with their checksum, at most: 10 + 116 + 2. */
const firstPartOfB = 128;
/** Longest frame on the air, checksums and L included; format A needs 2 more per 16 octets. */
const maxPlainBytes = 256;

/**
 * Wrong settings of a serial line: data bits, parity, speed.
 * Source for the parity line: IEC 62056-21 (seven data bits, even parity); SML meters send 9600 8N1.
 */

import { fromHex, indexOfBytes } from "@siegel/wire";
import type { DiagnosisCode, Finding } from "./causes.ts";
import { latin1Of, type Sample } from "./sample.ts";

/** SML with the highest bit of every byte gone. */
export function sevenBit({ bytes, histogram, starts }: Sample): Finding[] {
  if (bytes.length < 100 || histogram.subarray(0x80).some((count) => count > 0)) return [];
  // The last octet of most OBIS codes is FF: 7F in its place, and nothing higher anywhere, is no accident.
  if (stripped.test(latin1Of(bytes))) return [{ code: "seven-bit", certainty: "certain" }];
  return starts > 1 && histogram[0x7f]! > 0 ? [{ code: "seven-bit", certainty: "likely" }] : [];
}

/** A text protocol read with eight data bits: every byte has even parity, and without its top bit it is text. */
export function parityInData({ bytes, histogram }: Sample): Finding[] {
  if (bytes.length < 32 || histogram.subarray(0x80).every((count) => count === 0)) return [];
  let fits = 0;
  for (let byte = 0; byte < 256; byte++) {
    const character = byte & 0x7f;
    const isText = (character >= 0x20 && character < 0x7f) || (character >= 0x02 && character <= 0x0d);
    if (isText && hasEvenParity(byte)) fits += histogram[byte]!;
  }
  if (fits < 0.95 * bytes.length) return [];
  return [{ code: "parity-in-data", certainty: fits === bytes.length ? "certain" : "likely", offset: 0 }];
}

/** SML's start mark as wrong settings show it; the line is idle before it, so that it always looks the same. */
export function distortedStart({ bytes, isSml }: Sample): Finding[] {
  if (isSml) return [];
  for (const [code, mark, figures] of distortedMarks) {
    const offset = indexOfBytes(bytes, fromHex(mark));
    if (offset >= 0) return [{ code, certainty: "likely", offset, figures }];
  }
  return [];
}

/**
 * A receiver faster than the sender sees each bit several times, so that its bytes are long runs of equal bits. Counted
 * with start and stop bit, random bytes have three edges or fewer in 36 of 100 cases; at twice the speed nearly all do.
 */
export function wrongSpeed({ bytes, histogram, isSml, good }: Sample): Finding[] {
  if (isSml || good.length > 0 || bytes.length < 48) return [];
  let calm = 0;
  let printable = 0;
  let distinct = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = histogram[byte]!;
    if (edgesOf(byte) <= 3) calm += count;
    if (byte >= 0x20 && byte < 0x7f) printable += count;
    if (count > 0) distinct++;
  }
  if (calm < 0.8 * bytes.length || printable > 0.6 * bytes.length) return [];
  return [{ code: "wrong-speed", certainty: "likely", figures: `${distinct} different byte values` }];
}

/** Level changes within start bit (0), eight data bits from the lowest, stop bit (1). */
function edgesOf(byte: number): number {
  const frame = 0x200 | (byte << 1);
  let edges = 0;
  for (let bit = 0; bit < 9; bit++) edges += ((frame >> bit) ^ (frame >> (bit + 1))) & 1;
  return edges;
}

function hasEvenParity(byte: number): boolean {
  let ones = 0;
  for (let bit = 0; bit < 8; bit++) ones += (byte >> bit) & 1;
  return ones % 2 === 0;
}

/** Four 1b and four 01, eight data bits, 9600 baud, by what receives them. */
const distortedMarks: readonly (readonly [DiagnosisCode, mark: string, figures: string])[] = [
  ["bits-inverted", "727272727f7f7f7f", "the speed is right"],
  ["wrong-speed", "9e601e9e601e06060606", "9600 baud read at 19200"],
  ["wrong-speed", "f8f800f8f800f8f800", "9600 baud read at 38400"],
  ["wrong-speed", "5a5a1818", "9600 baud read at 4800"],
];

/** SML_ListEntry, OBIS code of electricity, last octet 7F instead of FF. */
// oxlint-disable-next-line no-control-regex -- bytes searched as characters
const stripped = /w\x07\x01\x00[^]{3}\x7f/;

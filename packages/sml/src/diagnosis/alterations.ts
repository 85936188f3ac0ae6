/**
 * Alterations of the whole stream that can be undone: undo, frame again, and let the checksums decide.
 *
 * Each is tried only where its own trace is in the bytes, and believed only when more whole files come out than before.
 */

import type { DiagnosisCode, Finding } from "./causes.ts";
import { provenFiles, type Sample } from "./sample.ts";
import { decodeUtf8, singleByteOf, undoUtf16 } from "./text-encoding.ts";

export function alterations({ bytes, good, damaged }: Sample): Finding[] {
  if (good.length > 0 && damaged.length === 0) return [];
  for (const [code, undo] of attempts) {
    const decoded = undo(bytes);
    if (decoded === undefined) continue;
    const files = provenFiles(decoded);
    if (files > good.length)
      return [{ code, certainty: "certain", offset: 0, figures: `whole telegrams: ${files}`, decoded }];
  }
  return [];
}

/** Gives the bytes before the alteration, or nothing where its trace is missing. */
type Undo = (bytes: Uint8Array) => Uint8Array | undefined;

const attempts: readonly (readonly [DiagnosisCode, Undo])[] = [
  ["utf-16", undoUtf16],
  ["utf-8", undoUtf8],
  ["bits-inverted", (bytes) => bytes.map((byte) => byte ^ 0xff)],
  ["bits-reversed", (bytes) => bytes.map(reversed)],
  ["bytes-doubled", undoDoubling],
  ["ff-doubled", undoDoubledFf],
  ["lf-to-crlf", undoCrLf],
];

function undoUtf8(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.every((byte) => byte < 0x80)) return undefined;
  const points = decodeUtf8(bytes);
  return points && singleByteOf(points);
}

/** Bit 0 becomes bit 7 and so on. */
function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}

function undoDoubling(bytes: Uint8Array): Uint8Array | undefined {
  const half = new Uint8Array(bytes.length >> 1);
  for (let at = 0; at < half.length; at++) {
    if (bytes[2 * at] !== bytes[2 * at + 1]) return undefined;
    half[at] = bytes[2 * at]!;
  }
  return half;
}

/** Telnet (RFC 854) and parity marks (termios PARMRK) both write a data byte FF as FF FF. */
function undoDoubledFf(bytes: Uint8Array): Uint8Array | undefined {
  return without(
    bytes,
    (at) => bytes[at] === 0xff && bytes[at + 1] === 0xff,
    (at) => bytes[at] === 0xff,
  );
}

function undoCrLf(bytes: Uint8Array): Uint8Array | undefined {
  return without(
    bytes,
    (at) => bytes[at] === 0x0d && bytes[at + 1] === 0x0a,
    (at) => bytes[at] === 0x0a,
  );
}

/** Drops the first byte of each pair; nothing where a byte stands that only occurs in pairs if the alteration happened. */
function without(
  bytes: Uint8Array,
  isPair: (at: number) => boolean,
  isLone: (at: number) => boolean,
): Uint8Array | undefined {
  const kept = new Uint8Array(bytes.length);
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (isPair(at)) at++;
    else if (isLone(at) && at < bytes.length - 1) return undefined;
    kept[count++] = bytes[at]!;
  }
  return count < bytes.length ? kept.subarray(0, count) : undefined;
}

/**
 * What all evidence functions look at: the bytes, what the framer made of them, and a few counts.
 * Not here: judgement.
 */

import { concatBytes, indexOfBytes } from "@siegel/wire";
import { endMark, escapeByte, maxFill, startVersion1 } from "../framing/marks.ts";
import { type DamagedFrame, type Frame, type FrameEvent, SmlFramer } from "../framing/framer.ts";
import { decodeFile, type SmlFile } from "../messages/file.ts";

export interface DiagnosisInput {
  /** The beginning of the raw input; at most the first 64 KiB are looked at. */
  readonly bytes: Uint8Array;
  /** What the framer said about these bytes. */
  readonly events: readonly FrameEvent[];
  /** Files decoded from them, maybe none. */
  readonly files: readonly SmlFile[];
  /** A serial line or socket rather than a file. */
  readonly fromLine: boolean;
}

export interface Sample extends DiagnosisInput {
  readonly good: readonly Frame[];
  readonly damaged: readonly DamagedFrame[];
  /** How often each byte value occurs. */
  readonly histogram: Readonly<Uint32Array>;
  /** Start and end marks, whole or not belonging together. */
  readonly starts: number;
  readonly ends: number;
  /** Something in the bytes is SML beyond doubt. */
  readonly isSml: boolean;
}

export function sampleOf(input: DiagnosisInput): Sample {
  const bytes = input.bytes.subarray(0, maxSampleBytes);
  const histogram = new Uint32Array(256);
  for (const byte of bytes) histogram[byte]!++;
  return {
    ...input,
    bytes,
    good: input.events.filter((event) => event.kind === "file"),
    damaged: input.events.filter((event) => event.kind === "damaged"),
    histogram,
    starts: countOf(bytes, startMark),
    ends: countOf(bytes, endOfFile),
    isSml: looksLikeSml(bytes),
  };
}

/** A start mark, or a line of a meter's list: list of seven, then an OBIS code of six octets for electricity. */
export function looksLikeSml(bytes: Uint8Array): boolean {
  return indexOfBytes(bytes, startMark) >= 0 || indexOfBytes(bytes, listEntry) >= 0;
}

/** How many whole files with readable messages the bytes hold: the proof that an alteration was undone rightly. */
export function provenFiles(bytes: Uint8Array): number {
  const framer = new SmlFramer();
  const events = [...framer.push(bytes), ...framer.flush()];
  return events.filter((event) => event.kind === "file" && isPerfect(event.payload)).length;
}

/** Every message reads and its checksum holds. */
export function isPerfect(payload: Uint8Array): boolean {
  const { messages, errors } = decodeFile(payload);
  return messages.length > 0 && errors.length === 0;
}

/** Payload of a frame that has both its marks, whatever its checksum says; nothing where a mark is missing. */
export function payloadOf(frame: Uint8Array): Uint8Array | undefined {
  const mark = frame.length - 8;
  if (mark < 8 || indexOfBytes(frame.subarray(mark), endOfFile) !== 0) return undefined;
  const fill = frame[mark + 5]!;
  if (fill > maxFill || mark - fill < 8) return undefined;
  const body = frame.subarray(8, mark - fill);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = indexOfBytes(body, escaped); at >= 0; at = indexOfBytes(body, escaped, from)) {
    parts.push(body.subarray(from, at + 4));
    from = at + 8;
  }
  return concatBytes(...parts, body.subarray(from));
}

export function countOf(bytes: Uint8Array, wanted: Uint8Array): number {
  let count = 0;
  for (let at = indexOfBytes(bytes, wanted); at >= 0; at = indexOfBytes(bytes, wanted, at + wanted.length)) count++;
  return count;
}

/** The bytes as characters of the same number, to be searched with patterns. */
export function latin1Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

const escape4 = [escapeByte, escapeByte, escapeByte, escapeByte];
const startMark = Uint8Array.of(...escape4, startVersion1, startVersion1, startVersion1, startVersion1);
const endOfFile = Uint8Array.of(...escape4, endMark);
const escaped = Uint8Array.of(...escape4, ...escape4);
/** `77 07 01 00`: SML_ListEntry whose objName begins 1-0. */
const listEntry = Uint8Array.of(0x77, 0x07, 0x01, 0x00);

const maxSampleBytes = 65_536;

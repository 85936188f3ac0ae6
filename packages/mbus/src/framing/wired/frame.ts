/**
 * The four frames of the wired link (FT1.2) and their octets.
 *
 * In: a frame as a value.  Out: its octets, and back for one whole frame.
 * Not here: finding frames in a stream (./framer), what control and data mean (./c-field, ../../messages).
 * Source: EN 13757-2, 5.5 (from IEC 60870-5-1, format class FT1.2): E5; 10 C A CS 16; 68 L L 68 C A CI data CS 16.
 */

import { DecodeError, EncodeError } from "@siegel/wire";

/** `68 L L 68 …`: a control frame when `data` is empty, else a long one. */
export interface LongFrame {
  readonly kind: "control" | "long";
  readonly c: number;
  /** Primary address, 0 to 255; see `primaryAddresses`. */
  readonly a: number;
  readonly ci: number;
  /** 0 to 252 octets after CI. */
  readonly data: Uint8Array;
}

export type WiredFrame =
  | { readonly kind: "acknowledge" }
  | { readonly kind: "short"; readonly c: number; readonly a: number }
  | LongFrame;

/** Addresses with a meaning of their own. Meters have 1 to 250, 0 before somebody gave them one. */
export const primaryAddresses = {
  unconfigured: 0,
  highest: 250,
  repeater: 251,
  /** Whoever was selected by his secondary address. */
  selected: 253,
  /** All, and all answer: only for a bus with one meter. */
  testAll: 254,
  /** All, and none answers. */
  broadcast: 255,
} as const;

/** A control or long frame; which of the two its data say. */
export function longFrame(frame: Omit<LongFrame, "kind">): LongFrame {
  return { ...frame, kind: frame.data.length === 0 ? "control" : "long" };
}

/** @throws {EncodeError} "too-long" for more than 252 octets of data, "out-of-range" for what is no octet. */
export function encodeWiredFrame(frame: WiredFrame): Uint8Array {
  switch (frame.kind) {
    case "acknowledge":
      return Uint8Array.of(acknowledge);
    case "short": {
      const { c, a } = octets({ c: frame.c, a: frame.a });
      return Uint8Array.of(shortStart, c, a, (c + a) & 0xff, stop);
    }
    case "control":
    case "long": {
      const { c, a, ci } = octets({ c: frame.c, a: frame.a, ci: frame.ci });
      const { data } = frame;
      if (data.length > maxDataBytes) throw new EncodeError("too-long", "data");
      const length = data.length + 3;
      const bytes = new Uint8Array(length + 6);
      bytes.set([longStart, length, length, longStart, c, a, ci]);
      bytes.set(data, 7);
      bytes[length + 4] = sumOf(bytes, 4, length + 4);
      bytes[length + 5] = stop;
      return bytes;
    }
  }
}

/**
 * The frame that these octets are, all of them.
 *
 * @returns  `data` is a view into the input.
 * @throws {DecodeError} "truncated", "bad-framing", "bad-checksum", "wrong-length", "trailing-bytes".
 */
export function decodeWiredFrame(bytes: Uint8Array): WiredFrame {
  const need = frameBytes(bytes, 0, bytes.length);
  if (need === "no-frame") throw new DecodeError("bad-framing", { path: "start", offset: 0 });
  if (need === "undecided" || need > bytes.length) {
    throw new DecodeError("truncated", { path: "", offset: bytes.length });
  }
  if (need < bytes.length) throw new DecodeError("trailing-bytes", { path: "", offset: need });
  const fault = faultOf(bytes, 0, need);
  if (fault !== undefined) throw fault;
  return frameAt(bytes, 0, need);
}

/**
 * How long the frame is that begins at `from`, judged by its head.
 *
 * @param end  Bytes from here on are not known yet: "undecided" when the head reaches beyond.
 */
export function frameBytes(bytes: Uint8Array, from: number, end: number): number | "no-frame" | "undecided" {
  if (from >= end) return "undecided";
  switch (bytes[from]) {
    case acknowledge:
      return 1;
    case shortStart:
      return 5;
    case longStart: {
      const length = bytes[from + 1]!;
      if (from + 1 >= end) return "undecided";
      if (length < 3) return "no-frame"; // C, A and CI are always there
      if (from + 2 < end && bytes[from + 2] !== length) return "no-frame";
      if (from + 3 < end && bytes[from + 3] !== longStart) return "no-frame";
      return from + 3 < end ? length + 6 : "undecided";
    }
    default:
      return "no-frame";
  }
}

/** What is wrong with a frame whose head holds: its stop octet or its checksum. Offsets count from `bytes[0]`. */
export function faultOf(bytes: Uint8Array, from: number, byteLength: number): DecodeError | undefined {
  if (byteLength === 1) return undefined;
  const end = from + byteLength;
  if (bytes[end - 1] !== stop) return new DecodeError("bad-framing", { path: "stop", offset: end - 1 });
  const body = byteLength === 5 ? from + 1 : from + 4;
  if (bytes[end - 2] === sumOf(bytes, body, end - 2)) return undefined;
  return new DecodeError("bad-checksum", { path: "checksum", offset: end - 2 });
}

/** The frame at `from`, whose head, checksum and stop octet hold. `data` is a view. */
export function frameAt(bytes: Uint8Array, from: number, byteLength: number): WiredFrame {
  if (byteLength === 1) return { kind: "acknowledge" };
  if (byteLength === 5) return { kind: "short", c: bytes[from + 1]!, a: bytes[from + 2]! };
  const data = bytes.subarray(from + 7, from + byteLength - 2);
  const kind = data.length === 0 ? "control" : "long";
  return { kind, c: bytes[from + 4]!, a: bytes[from + 5]!, ci: bytes[from + 6]!, data };
}

/** Sum of the octets in `[from, to)`, modulo 256. */
function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += bytes[at]!;
  return sum & 0xff;
}

function octets<T extends Readonly<Record<string, number>>>(named: T): T {
  for (const [name, value] of Object.entries(named)) {
    if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new EncodeError("out-of-range", name);
  }
  return named;
}

/** C, A, CI and data are at most 255 octets together. */
const maxDataBytes = 252;
const acknowledge = 0xe5;
const shortStart = 0x10;
const longStart = 0x68;
const stop = 0x16;

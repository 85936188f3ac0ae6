/**
 * Bytes on a P1 line to telegrams: plain ones from `/` through the checksum, encrypted ones by their length.
 *
 * In: the stream, cut anywhere.  Out: whole telegrams with their checksum judged; encrypted frames unopened; what was cut.
 * Not here: what the objects mean (./objects.ts, ../meaning), opening what is encrypted (./encrypted.ts).
 * A new header at the start of a line ends a telegram under way: truncated telegrams glued together cost one, not two.
 * `!` counts at the start of a line or behind `)` only, since text messages may hold one.
 * Source: DSMR P1 companion standard 5.0.2 §6; Luxembourg: P1 specification of the Smarty meter §3.2.5; captures.
 */

import { DecodeError } from "@siegel/wire";
import { ByteQueue } from "../framing/byte-queue.ts";
import { plainOctet, withoutParity } from "../framing/parity.ts";
import { hexDigit, judgeChecksum, type P1Checksum } from "./checksum.ts";

export interface P1FramerOptions {
  /** Longest telegram in bytes; 32,768 unless told. */
  readonly maxTelegramBytes?: number;
}

/** A telegram from `/` to its checksum, or to where the stream ended. */
export interface P1Frame {
  readonly kind: "telegram";
  readonly offset: number;
  readonly byteLength: number;
  /** A view: header, objects, `!`, checksum. */
  readonly bytes: Uint8Array;
  /** Index of `!` in `bytes`; its length when there is none. */
  readonly mark: number;
  readonly checksum: P1Checksum;
}

/** A frame whose content only the key can tell. */
export interface P1Sealed {
  readonly kind: "sealed";
  readonly offset: number;
  readonly byteLength: number;
  /** A view of the whole frame, from `db`. */
  readonly bytes: Uint8Array;
}

export type P1Event =
  | P1Frame
  | P1Sealed
  | { readonly kind: "damaged"; readonly offset: number; readonly byteLength: number; readonly error: DecodeError }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

export class P1Framer {
  readonly #queue = new ByteQueue();
  readonly #maxBytes: number;
  /** Offsets in the stream between which there is no `!`. */
  #bareFrom = 0;
  #bareTo = 0;

  constructor(options: P1FramerOptions = {}) {
    this.#maxBytes = Math.max(minTelegramBytes, options.maxTelegramBytes ?? 32_768);
  }

  /** Bytes held back because a telegram may still be going on. */
  get pendingBytes(): number {
    return this.#queue.length;
  }

  /** @param chunk  Belongs to the framer from now on: telegrams may be views into it. */
  push(chunk: Uint8Array): P1Event[] {
    if (chunk.length === 0) return [];
    this.#queue.push(chunk);
    return this.#drain(false);
  }

  /** The stream ended or paused: a telegram under way is told as it stands. The framer can be used on. */
  flush(): P1Event[] {
    const events = this.#drain(true);
    this.#queue.clear();
    return events;
  }

  #drain(final: boolean): P1Event[] {
    const events: P1Event[] = [];
    const queue = this.#queue;
    while (queue.end > queue.start) {
      const event = this.#next(final);
      if (event === undefined) break;
      this.#queue.scan = queue.start;
      events.push(event);
    }
    return events;
  }

  #next(final: boolean): P1Event | undefined {
    const queue = this.#queue;
    const { bytes } = queue;
    let { start } = queue;
    // Between telegrams stands a line end, seldom more.
    while (start < queue.end && (bytes[start] === lf || plainOctet[bytes[start]!] === cr)) start++;
    queue.start = start;
    if (start >= queue.end) return undefined;
    if (this.#queue.scan < start) this.#queue.scan = start;
    const first = bytes[start]!;
    if (first === slash || first === parityOfSlash) return this.#telegram(final);
    if (first === sealedTag) return this.#sealed(final);
    let at = start + 1;
    while (at < queue.end && !begins[bytes[at]!]) at++;
    return { kind: "noise", ...this.#take(at - start) };
  }

  #telegram(final: boolean): P1Event | undefined {
    const queue = this.#queue;
    const { bytes, start, end } = queue;
    if (end - start < headerBytes && !final) return undefined;
    if (!beginsTelegram(bytes, start, end)) return { kind: "noise", ...this.#take(1) };
    const limit = Math.min(end, start + this.#maxBytes);
    let mark = this.#queue.scan === start ? start + headerBytes - 1 : this.#queue.scan;
    let after = mark;
    for (;;) {
      mark = this.#exclamation(mark, limit);
      if (mark === limit) break;
      if (endsLine[bytes[mark - 1]!]) {
        after = endOfMark(bytes, mark + 1, end);
        if (after === stillComing && final) after = end;
        if (after === stillComing) {
          this.#queue.scan = mark;
          return undefined;
        }
        if (after !== noMark) break;
      }
      mark++;
    }
    if (mark === limit) {
      const again = this.#nextHeader(Math.max(start + 1, this.#queue.scan), mark);
      if (again >= 0) return this.#cut(again);
      if (limit < end) return this.#tooLong(limit);
      // A header may begin in the last bytes: they are looked at once more with what comes.
      this.#queue.scan = Math.max(start, limit - headerBytes);
      return final ? this.#cut(end) : undefined;
    }
    let view = bytes.subarray(start, after);
    let checksum = judgeChecksum(bytes, start, mark, after);
    if (checksum !== "good") {
      const again = this.#nextHeader(start + 1, mark);
      if (again >= 0) return this.#cut(again);
      // A line of 7E1 read as 8N1.
      const plain = withoutParity(view);
      if (plain !== view) checksum = judgeChecksum(plain, 0, mark - start, after - start);
      view = plain;
    }
    const { offset, byteLength } = this.#take(after - start);
    return { kind: "telegram", offset, byteLength, bytes: view, mark: mark - start, checksum };
  }

  /**
   * The next `!` from here on, or `limit`. Where none was is remembered: of headers that follow each other closely each would
   * look through the same octets.
   */
  #exclamation(from: number, limit: number): number {
    const { bytes, base } = this.#queue;
    const isKnown = base + from >= this.#bareFrom && base + from <= this.#bareTo;
    const start = isKnown ? Math.min(this.#bareTo - base, limit) : from;
    const found = bytes.subarray(0, limit).indexOf(exclamation, start);
    const end = found < 0 ? limit : found;
    if (!isKnown) this.#bareFrom = base + from;
    this.#bareTo = Math.max(base + end, isKnown ? this.#bareTo : 0);
    return end;
  }

  /** Where a header begins at the start of a line in `[from, to)`; −1 if nowhere. */
  #nextHeader(from: number, to: number): number {
    const { bytes, end } = this.#queue;
    // No further than asked: what follows may be a whole day of telegrams.
    const part = bytes.subarray(0, to);
    for (const octet of [slash, parityOfSlash]) {
      for (let at = part.indexOf(octet, from); at >= 0; at = part.indexOf(octet, at + 1)) {
        const before = plainOctet[bytes[at - 1]!]!;
        if ((before === cr || before === lf) && beginsTelegram(bytes, at, end)) return at;
      }
    }
    return -1;
  }

  /** No `!` up to here: a telegram of those that never send one, or what is left of one. Its reader judges. */
  #cut(at: number): P1Event {
    const { bytes, start } = this.#queue;
    const { offset, byteLength } = this.#take(at - start);
    return {
      kind: "telegram",
      offset,
      byteLength,
      bytes: withoutParity(bytes.subarray(start, at)),
      mark: byteLength,
      checksum: "absent",
    };
  }

  #tooLong(limit: number): P1Event {
    const { offset, byteLength } = this.#take(limit - this.#queue.start);
    return { kind: "damaged", offset, byteLength, error: new DecodeError("too-long", { path: "telegram", offset }) };
  }

  /** `db`, system title, length, security control byte, counter, ciphertext, tag. */
  #sealed(final: boolean): P1Event | undefined {
    const { bytes, start, end, base } = this.#queue;
    const size = sealedByteLength(bytes, start, end);
    if (size === "no") {
      let at = start + 1;
      while (at < end && !begins[bytes[at]!]) at++;
      return { kind: "noise", ...this.#take(at - start) };
    }
    if (size === "unsure" || start + size > end) {
      if (size !== "unsure" && size > this.#maxBytes) return { kind: "noise", ...this.#take(1) };
      if (!final) return undefined;
      const offset = base + start;
      const error = new DecodeError("truncated", { path: "frame", offset: base + end });
      return { kind: "damaged", ...this.#take(end - start), offset, error };
    }
    return { kind: "sealed", bytes: bytes.subarray(start, start + size), ...this.#take(size) };
  }

  #take(byteLength: number): { offset: number; byteLength: number } {
    const { base, start } = this.#queue;
    this.#queue.start += byteLength;
    return { offset: base + start, byteLength };
  }
}

/** Length of the frame of general-glo-ciphering at `start`; "unsure" while its head is not whole, "no" when it is none. */
export function sealedByteLength(bytes: Uint8Array, start: number, end: number): number | "unsure" | "no" {
  if (bytes[start] !== sealedTag) return "no";
  if (start + 1 >= end) return "unsure";
  if (bytes[start + 1] !== titleBytes) return "no";
  const at = start + 2 + titleBytes;
  if (at >= end) return "unsure";
  const first = bytes[at]!;
  const lengthBytes = first < 0x80 ? 1 : first === 0x81 ? 2 : first === 0x82 ? 3 : 0;
  if (lengthBytes === 0) return "no";
  if (at + lengthBytes >= end) return "unsure";
  let byteLength = first < 0x80 ? first : 0;
  for (let index = 1; index < lengthBytes; index++) byteLength = byteLength * 256 + bytes[at + index]!;
  // Security control byte and counter at least; the reserved bits of the control byte are zero.
  if (byteLength < 5 || (bytes[at + lengthBytes]! & 0x80) !== 0) return "no";
  return 2 + titleBytes + lengthBytes + byteLength;
}

/**
 * Where the checksum behind `!` ends: up to four hex digits, and then a line end, or four of them.
 * Else `!` is no mark: a damaged digit becomes one easily.
 */
function endOfMark(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && at - from < 4 && hexDigit(plainOctet[bytes[at]!]!) >= 0) at++;
  if (at - from === 4) return at;
  if (at >= end) return stillComing;
  const octet = plainOctet[bytes[at]!];
  return octet === cr || octet === lf ? at : noMark;
}

/** `/`, three letters, a baud character. Every meter seen sends letters; the fifth is a digit 3 or 5 … or a dash. */
function beginsTelegram(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + headerBytes > end) return false;
  for (let index = 1; index <= 3; index++) {
    const lower = plainOctet[bytes[at + index]!]! | 0x20;
    if (lower < 0x61 || lower > 0x7a) return false;
  }
  const baud = plainOctet[bytes[at + 4]!]!;
  return plainOctet[bytes[at]!] === slash && baud > 0x20 && baud < 0x7f && baud !== exclamation;
}

const stillComing = -1;
const noMark = -2;
const slash = 0x2f;
/** `/` with even parity. */
const parityOfSlash = 0xaf;
const exclamation = 0x21;
const close = 0x29;
const cr = 0x0d;
const lf = 0x0a;
/** general-glo-ciphering of DLMS. */
const sealedTag = 0xdb;
const titleBytes = 8;
const headerBytes = 5;
const minTelegramBytes = 64;
const begins: readonly boolean[] = Array.from({ length: 256 }, (_, octet) =>
  [slash, parityOfSlash, sealedTag, cr, lf].includes(octet),
);
const endsLine: readonly boolean[] = Array.from({ length: 256 }, (_, octet) =>
  [cr, lf, close].includes(plainOctet[octet]!),
);

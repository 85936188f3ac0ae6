/**
 * Bytes on a D0 line to messages: whatever reader and meter say, in any order, cut anywhere.
 *
 * In: the stream of one direction, of both, or of a capture.  Out: requests, identifications, option selects, blocks and
 * commands with their BCC judged, data without a block around them (push), and what belongs to nothing.
 * Not here: what the data mean (../messages), what has to be said next (../session, ../server).
 * After damage the next mark begins anew: STX, SOH and `/` at the start of a line are in no data, so that a lost ETX costs
 * one block.
 * Source: IEC 62056-21 §6.3, and captures for what the standard does not allow.
 */

import { DecodeError } from "@siegel/wire";
import { blockCheck } from "./block-check.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { Command } from "./frames.ts";
import {
  type Identification,
  type OptionSelect,
  parseIdentification,
  parseOptionSelect,
  parseRequest,
} from "./identification.ts";
import { control, textOfOctets } from "./octets.ts";
import { withoutParity } from "./parity.ts";

export interface D0FramerOptions {
  /** Longest block or run of lines, in bytes; 262,144 unless told: load profiles are long. */
  readonly maxBlockBytes?: number;
  /** Whether a parity bit in bit 7 is taken off; it is unless told "keep". */
  readonly parity?: "strip" | "keep";
}

interface At {
  /** First byte in the stream. */
  readonly offset: number;
  readonly byteLength: number;
}

/** A data block STX … ETX BCC. */
export interface Block extends At {
  readonly kind: "block";
  /** What stands between STX and the end mark. A view. */
  readonly data: Uint8Array;
  /** `more`: EOT, another part follows. `cut`: something else began, or the stream ended, before an end mark. */
  readonly end: "last" | "more" | "cut";
  readonly check: "good" | "bad" | "absent";
}

/** Data sets without a block around them, as meters push them and as dumps are cut. */
export interface Lines extends At {
  readonly kind: "lines";
  readonly data: Uint8Array;
  /** `mark`: a line `!` ended them. */
  readonly end: "mark" | "cut";
}

export type D0Frame =
  | (At & { readonly kind: "request"; readonly address: string })
  | (At & { readonly kind: "identification"; readonly identification: Identification })
  | (At & { readonly kind: "option"; readonly option: OptionSelect })
  | (At & {
      readonly kind: "command";
      readonly command: Command;
      readonly more: boolean;
      readonly check: "good" | "bad";
    })
  | Block
  | Lines
  | (At & { readonly kind: "ack" | "nak" | "wake-up" })
  | (At & { readonly kind: "noise" })
  | (At & { readonly kind: "damaged"; readonly error: DecodeError });

export class D0Framer {
  readonly #queue = new ByteQueue();
  readonly #maxBytes: number;
  readonly #strips: boolean;
  /**
   * Whether an ACK may be the beginning of an option select. Whoever listens cannot know, and waits for the next byte;
   * whoever takes part knows, and must not wait for it.
   */
  readsOptions = true;

  constructor(options: D0FramerOptions = {}) {
    this.#maxBytes = Math.max(minBytes, options.maxBlockBytes ?? 262_144);
    this.#strips = options.parity !== "keep";
  }

  /** Bytes held back because a message may still be going on. */
  get pendingBytes(): number {
    return this.#queue.length;
  }

  /**
   * Takes the next bytes and returns what became whole by them.
   *
   * @param chunk  Belongs to the framer from now on: data may be views into it.
   */
  push(chunk: Uint8Array): D0Frame[] {
    if (chunk.length === 0) return [];
    this.#queue.push(this.#strips ? withoutParity(chunk) : chunk);
    return this.#drain(false);
  }

  /** The stream ended or paused: what is under way is told as cut. The framer can be used on. */
  flush(): D0Frame[] {
    const frames = this.#drain(true);
    this.#queue.clear();
    return frames;
  }

  #drain(final: boolean): D0Frame[] {
    const frames: D0Frame[] = [];
    const queue = this.#queue;
    while (queue.length > 0) {
      const { start } = queue;
      const frame = this.#next(final);
      if (frame === undefined && queue.start === start) break;
      this.#queue.scan = queue.start;
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  /** The message at the start of the queue, taken off it; `undefined` while it is not whole, or for line ends. */
  #next(final: boolean): D0Frame | undefined {
    const { bytes, start, end } = this.#queue;
    if (this.#queue.scan < start) this.#queue.scan = start;
    switch (bytes[start]) {
      case control.cr:
      case control.lf:
        this.#queue.start++;
        return undefined;
      case control.nak:
        return { kind: "nak", ...this.#take(1) };
      case control.ack:
        return this.#acknowledgement(final);
      case control.stx:
        return this.#block(start + 1, final);
      case control.soh:
        return this.#block(start + 1, final);
      case control.nul: {
        let at = start + 1;
        while (at < end && bytes[at] === control.nul) at++;
        return { kind: "wake-up", ...this.#take(at - start) };
      }
      case slash:
        return this.#slashLine(final);
      default:
        return isPrintable(bytes[start]!) ? this.#lines(final) : this.#noise();
    }
  }

  /** ACK alone, or with an option select behind it. */
  #acknowledgement(final: boolean): D0Frame | undefined {
    const { bytes, start, end } = this.#queue;
    if (!this.readsOptions) return { kind: "ack", ...this.#take(1) };
    if (start + 1 >= end && !final) return undefined;
    const behind = start + 1 < end ? bytes[start + 1]! : 0;
    if (behind < 0x30 || behind > 0x39) {
      return { kind: "ack", ...this.#take(1) };
    }
    const lineEnd = bytes.subarray(start, Math.min(end, start + optionBytes)).indexOf(control.lf);
    if (lineEnd < 0 && end - start < optionBytes && !final) return undefined;
    const text = textOfOctets(bytes, start + 1, Math.min(end, start + 4));
    const option = parseOptionSelect(text);
    if (lineEnd < 0 || option === undefined) return { kind: "ack", ...this.#take(1) };
    return { kind: "option", option, ...this.#take(lineEnd + 1) };
  }

  /** `/?…!` or `/XXXZ…`. */
  #slashLine(final: boolean): D0Frame | undefined {
    const { bytes, start, end } = this.#queue;
    const limit = Math.min(end, start + maxLineBytes);
    let at = start + 1;
    while (at < limit && bytes[at]! >= 0x20 && bytes[at] !== slash) at++;
    const isWhole = at < limit || at - start >= maxLineBytes;
    if (!isWhole && !final) return undefined;
    const line = textOfOctets(bytes, start, at);
    const address = parseRequest(line);
    const identification = address === undefined ? parseIdentification(line) : undefined;
    if (address !== undefined) return { kind: "request", address, ...this.#take(at - start) };
    if (identification !== undefined && (at < limit || final)) {
      return { kind: "identification", identification, ...this.#take(at - start) };
    }
    return { kind: "noise", ...this.#take(Math.max(1, at - start)) };
  }

  /** A block or command: everything up to ETX or EOT and the BCC behind it. */
  #block(from: number, final: boolean): D0Frame | undefined {
    const { bytes, start, end } = this.#queue;
    const isCommand = bytes[start] === control.soh;
    let at = Math.max(this.#queue.scan, from);
    for (; at < end; at++) {
      const octet = bytes[at]!;
      if (octet === control.etx || octet === control.eot) {
        if (at + 1 >= end) break; // the BCC is still to come
        const check = blockCheck(bytes, start + 1, at + 1) === bytes[at + 1] ? "good" : "bad";
        const more = octet === control.eot;
        if (isCommand) return this.#command(at, more, check);
        const data = bytes.subarray(from, at);
        return { kind: "block", data, end: more ? "more" : "last", check, ...this.#take(at + 2 - start) };
      }
      if (octet === control.soh) break;
      if (octet === control.stx && !(isCommand && at <= start + 3)) break;
      if (octet === slash && isLineStart(bytes, at, from) && at > from) {
        if (end - at < 5 && !final) {
          this.#queue.scan = at;
          return undefined;
        }
        if (beginsIdentification(bytes, at, end)) break;
      }
      if (at - start >= this.#maxBytes) return this.#tooLong(at);
    }
    const unfinished = at < end && (bytes[at] === control.etx || bytes[at] === control.eot);
    if ((at >= end || unfinished) && !final) {
      this.#queue.scan = at;
      return undefined;
    }
    const { offset, byteLength } = this.#take((unfinished ? at + 1 : at) - start);
    if (isCommand) {
      const where = { path: "command", offset: offset + byteLength };
      return { kind: "damaged", offset, byteLength, error: new DecodeError("truncated", where) };
    }
    // ETX is there and its BCC is not: the data are as whole as they can be told to be.
    const whole = unfinished ? (bytes[at] === control.eot ? "more" : "last") : "cut";
    return { kind: "block", data: bytes.subarray(from, at), end: whole, check: "absent", offset, byteLength };
  }

  #command(etx: number, more: boolean, check: "good" | "bad"): D0Frame {
    const { bytes, start } = this.#queue;
    const letter = textOfOctets(bytes, start + 1, Math.min(etx, start + 2));
    const digit = textOfOctets(bytes, start + 2, Math.min(etx, start + 3));
    const hasData = bytes[start + 3] === control.stx && start + 3 < etx;
    const data = hasData ? textOfOctets(bytes, start + 4, etx) : undefined;
    const isKnown = /^[PWREB]$/.test(letter) && /^[0-9]$/.test(digit) && (hasData || etx === start + 3);
    const at = this.#take(etx + 2 - start);
    if (!isKnown && check === "good") {
      return { kind: "damaged", ...at, error: new DecodeError("unknown-tag", { path: "command", offset: at.offset }) };
    }
    return { kind: "command", command: { letter, digit, data }, more, check, ...at };
  }

  /** Data sets without STX, up to a `!` outside of parentheses and the rest of its line. */
  #lines(final: boolean): D0Frame | undefined {
    const { bytes, start, end } = this.#queue;
    // What lies within parentheses is known at the start of each line only: the search goes on from there.
    let at = this.#queue.scan;
    let inside = false;
    let lineStart = at;
    for (; at < end; at++) {
      const octet = bytes[at]!;
      if (octet === control.lf || octet === control.cr) {
        inside = false;
        lineStart = at + 1;
      } else if (octet === open) inside = true;
      else if (octet === close) inside = false;
      else if (octet === exclamation && !inside) {
        const after = endOfMark(bytes, at + 1, end);
        if (after < 0 && !final) {
          this.#queue.scan = Math.max(start, lineStart);
          return undefined;
        }
        const stop = after < 0 ? end : after;
        return { kind: "lines", data: bytes.subarray(start, stop), end: "mark", ...this.#take(stop - start) };
      } else if (octet < 0x20 && octet !== tab) break;
      else if (octet === slash && at === lineStart && at > start) {
        if (end - at < 5 && !final) {
          this.#queue.scan = at;
          return undefined;
        }
        if (beginsIdentification(bytes, at, end)) break;
      }
      if (at - start >= this.#maxBytes) return this.#tooLong(at);
    }
    if (at >= end && !final) {
      this.#queue.scan = Math.max(start, lineStart);
      return undefined;
    }
    return { kind: "lines", data: bytes.subarray(start, at), end: "cut", ...this.#take(at - start) };
  }

  #noise(): D0Frame {
    const { bytes, start, end } = this.#queue;
    let at = start + 1;
    while (at < end && !isPrintable(bytes[at]!) && !isControl[bytes[at]!]) at++;
    return { kind: "noise", ...this.#take(at - start) };
  }

  #tooLong(at: number): D0Frame {
    const { start } = this.#queue;
    const { offset, byteLength } = this.#take(at - start);
    return { kind: "damaged", offset, byteLength, error: new DecodeError("too-long", { path: "block", offset }) };
  }

  #take(byteLength: number): At {
    const { base, start } = this.#queue;
    this.#queue.start += byteLength;
    return { offset: base + start, byteLength };
  }
}

/** Behind `!`: up to four hex digits of a checksum, then a line end. −1 while that may still be coming. */
function endOfMark(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && at - from < 4 && isHexDigit(bytes[at]!)) at++;
  if (at >= end) return -1;
  if (bytes[at] !== control.cr) return bytes[at] === control.lf ? at + 1 : at;
  if (at + 1 >= end) return -1;
  return bytes[at + 1] === control.lf ? at + 2 : at + 1;
}

function isLineStart(bytes: Uint8Array, at: number, from: number): boolean {
  return at === from || bytes[at - 1] === control.lf || bytes[at - 1] === control.cr;
}

/** `/` and three letters and a baud character, or `/?`. */
function beginsIdentification(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at + 1] === question) return true;
  if (end - at < 5) return false;
  return isLetter(bytes[at + 1]!) && isLetter(bytes[at + 2]!) && isLetter(bytes[at + 3]!) && bytes[at + 4]! > 0x20;
}

function isLetter(octet: number): boolean {
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isHexDigit(octet: number): boolean {
  const lower = octet | 0x20;
  return (octet >= 0x30 && octet <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

function isPrintable(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f;
}

const isControl: readonly boolean[] = Array.from({ length: 256 }, (_, octet) =>
  Object.values<number>(control).includes(octet),
);
const slash = 0x2f;
const question = 0x3f;
const exclamation = 0x21;
const open = 0x28;
const close = 0x29;
const tab = 0x09;
/** ACK V Z Y CR LF. */
const optionBytes = 6;
const maxLineBytes = 130;
const minBytes = 64;

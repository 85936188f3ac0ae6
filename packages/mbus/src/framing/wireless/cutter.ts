/**
 * Frames out of a stream without marks: octet by octet from a receiver that writes one frame after another.
 *
 * In: octets, cut anywhere.  Out: plain frames, damaged frames and noise, in the order of the stream.
 * Not here: dongles with framing of their own (../dongle), lines of hex (./hex-lines.ts).
 * Why the checks before a frame is believed: L is one octet, so any octet could begin a frame. With checksums the first block
 * must hold; without, C must be a known one. What does not look like a frame is noise, one octet at a time.
 * Memory is bounded by one frame: at most 290 octets.
 */

import { DecodeError } from "@siegel/wire";
import {
  byteLengthOf,
  firstBlockHolds,
  formatBHolds,
  type FormatOptions,
  type PlainFrame,
  unwrapFrame,
} from "./formats.ts";
import type { WirelessFormat } from "./formats.ts";
import { controlMeaning } from "./link.ts";

export type CutEvent =
  | { readonly kind: "frame"; readonly offset: number; readonly byteLength: number; readonly frame: PlainFrame }
  | { readonly kind: "damaged"; readonly offset: number; readonly byteLength: number; readonly error: DecodeError }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

export class WirelessCutter {
  readonly #format: WirelessFormat | "auto";
  readonly #trailingBytes: number;
  #held: Uint8Array = new Uint8Array();
  /** Offset in the stream of the first octet held. */
  #offset = 0;

  constructor(options: FormatOptions = {}) {
    this.#format = options.format ?? "auto";
    this.#trailingBytes = options.trailingBytes ?? 0;
  }

  get pendingBytes(): number {
    return this.#held.length;
  }

  /** Takes the next octets. They are copied where they have to wait; frames are views of the chunk otherwise. */
  push(chunk: Uint8Array): CutEvent[] {
    if (this.#held.length === 0) return this.#cut(chunk, false);
    const joined = new Uint8Array(this.#held.length + chunk.length);
    joined.set(this.#held);
    joined.set(chunk, this.#held.length);
    return this.#cut(joined, false);
  }

  /** The stream ended or paused: a frame under way is reported as cut. */
  flush(): CutEvent[] {
    return this.#cut(this.#held, true);
  }

  #cut(octets: Uint8Array, isLast: boolean): CutEvent[] {
    const events: CutEvent[] = [];
    let at = 0;
    let noiseFrom = 0;
    const noiseUntil = (end: number): void => {
      if (end === noiseFrom) return;
      events.push({ kind: "noise", offset: this.#offset + noiseFrom, byteLength: end - noiseFrom });
    };
    while (at < octets.length) {
      const seen = this.#look(octets, at, isLast);
      if (seen === "wait") break;
      if (seen === "noise") {
        at++;
        continue;
      }
      noiseUntil(at);
      const byteLength = Math.min(seen, octets.length - at);
      events.push(this.#read(octets.subarray(at, at + byteLength), at));
      at += byteLength;
      noiseFrom = at;
    }
    noiseUntil(at);
    this.#offset += at;
    this.#held = at === octets.length ? new Uint8Array() : octets.slice(at);
    return events;
  }

  /** Length on the line of the frame that begins here, or that none does, or that more octets are needed to say. */
  #look(octets: Uint8Array, at: number, isLast: boolean): number | "noise" | "wait" {
    const l = octets[at]!;
    if (l < 9) return "noise";
    const left = octets.length - at;
    if (left < 2) return isLast ? "noise" : "wait";
    const format = this.#formatAt(octets, at, isLast);
    if (format === "noise" || format === "wait") return format;
    const needed = byteLengthOf(format, l) + this.#trailingBytes;
    return left < needed && !isLast ? "wait" : needed;
  }

  #formatAt(octets: Uint8Array, at: number, isLast: boolean): WirelessFormat | "noise" | "wait" {
    const l = octets[at]!;
    const left = octets.length - at;
    const isKnown = controlMeaning(octets[at + 1]!) !== undefined;
    if (this.#format === "none") return isKnown ? "none" : "noise";
    if (this.#format === "a" || this.#format === "auto") {
      // A short frame without checksums also waits for what would be its checksum: only then is it told from format A.
      if (left < 12 && !isLast) return "wait";
      if (firstBlockHolds(octets, at)) return "a";
      if (this.#format === "a") return "noise";
    }
    if (!isKnown) return "noise";
    if (left < l + 1) return isLast ? "none" : "wait";
    if (formatBHolds(octets, at, l)) return "b";
    return this.#format === "b" ? "noise" : "none";
  }

  #read(octets: Uint8Array, at: number): CutEvent {
    const where = { offset: this.#offset + at, byteLength: octets.length };
    try {
      const l = octets[0]!;
      const format = this.#format === "auto" ? guessed(octets, l) : this.#format;
      return { kind: "frame", ...where, frame: unwrapFrame(octets, { format, trailingBytes: this.#trailingBytes }) };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { path, offset } = error.where;
      return { kind: "damaged", ...where, error: new DecodeError(error.code, { path, offset: where.offset + offset }) };
    }
  }
}

/** As `#formatAt` decided, now that all octets are there. */
function guessed(octets: Uint8Array, l: number): WirelessFormat {
  if (firstBlockHolds(octets)) return "a";
  return formatBHolds(octets, 0, l) ? "b" : "none";
}

/**
 * Wired M-Bus as a stream: bytes to frames, whatever stands between them.
 *
 * In: the bytes of a line, cut anywhere.  Out: whole frames, damaged ones with the reason, and the bytes that are neither.
 * Not here: pauses on the line. Whoever has a clock calls `flush` when the line is quiet: a frame has no pause inside.
 * A frame that fails may have lost bytes and so reach into the next one. Therefore the search goes on inside of it, but
 * only for a head that can hardly come about by chance (68 L L 68, or a short frame whose sum holds): an E5 within
 * damage is a byte of data. The same bytes give the same frames however they are cut.
 * Source: EN 13757-2, 5.5; facts §4.1.
 */

import { DecodeError } from "@siegel/wire";
import { faultOf, frameAt, frameBytes, type WiredFrame } from "./frame.ts";

/** What the stream said, at the offset of its first byte. `bytes` are views: the chunk must not be written to again. */
export type WiredEvent =
  | {
      readonly kind: "frame";
      readonly offset: number;
      readonly byteLength: number;
      readonly bytes: Uint8Array;
      readonly frame: WiredFrame;
    }
  /** Began as a frame and did not end as one. */
  | {
      readonly kind: "damaged";
      readonly offset: number;
      readonly byteLength: number;
      readonly bytes: Uint8Array;
      readonly error: DecodeError;
    }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number; readonly bytes: Uint8Array };

export class WiredFramer {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Offset in the stream of `#bytes[0]`. */
  #base = 0;

  /** Bytes held back because a frame may still be going on; never more than two frames' length. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  /** Takes the next bytes of the stream and returns what became certain by them. */
  push(chunk: Uint8Array): WiredEvent[] {
    if (this.#bytes.length === 0) this.#bytes = chunk;
    else {
      const joined = new Uint8Array(this.#bytes.length + chunk.length);
      joined.set(this.#bytes);
      joined.set(chunk, this.#bytes.length);
      this.#bytes = joined;
    }
    return this.#drain(false);
  }

  /** The line is quiet or has ended: a frame under way is cut. The framer can be used on. */
  flush(): WiredEvent[] {
    return this.#drain(true);
  }

  #drain(ended: boolean): WiredEvent[] {
    const bytes = this.#bytes;
    const events: WiredEvent[] = [];
    let at = 0;
    while (at < bytes.length) {
      const found = next(bytes, at, ended);
      if (found === "undecided") break;
      events.push(this.#event(at, found));
      at = found.end;
    }
    this.#base += at;
    this.#bytes = bytes.subarray(at);
    return events;
  }

  #event(from: number, { end, error, noise }: Found): WiredEvent {
    const offset = this.#base + from;
    const byteLength = end - from;
    const bytes = this.#bytes.subarray(from, end);
    if (noise) return { kind: "noise", offset, byteLength, bytes };
    if (error === undefined) {
      return { kind: "frame", offset, byteLength, bytes, frame: frameAt(this.#bytes, from, byteLength) };
    }
    const where = { path: error.where.path, offset: this.#base + error.where.offset };
    return { kind: "damaged", offset, byteLength, bytes, error: new DecodeError(error.code, where) };
  }
}

interface Found {
  readonly end: number;
  readonly noise?: boolean;
  readonly error?: DecodeError;
}

/** What stands at `from`, as far as it is certain. */
function next(bytes: Uint8Array, from: number, ended: boolean): Found | "undecided" {
  const byteLength = frameBytes(bytes, from, bytes.length);
  if (byteLength === "no-frame") return noiseFrom(bytes, from, ended);
  const whole = byteLength !== "undecided" && from + byteLength <= bytes.length;
  if (!whole && !ended) return "undecided";
  const error = whole
    ? faultOf(bytes, from, byteLength)
    : new DecodeError("truncated", { path: "", offset: bytes.length });
  if (error === undefined && whole) return { end: from + byteLength };
  // A short frame has no more than its sum to show: a 10 whose sum does not hold was no start.
  if (bytes[from] === shortStart && whole) return noiseFrom(bytes, from, ended);
  const end = damageEnd(bytes, from, whole ? from + byteLength : bytes.length, ended);
  return end === "undecided" || error === undefined ? "undecided" : { end, error };
}

/** Noise goes on to the first byte that begins a frame, or may begin one when more has come. */
function noiseFrom(bytes: Uint8Array, from: number, ended: boolean): Found {
  let at = from + 1;
  for (; at < bytes.length; at++) {
    const byteLength = frameBytes(bytes, at, bytes.length);
    if (byteLength === "no-frame") continue;
    const whole = byteLength !== "undecided" && at + byteLength <= bytes.length;
    if (bytes[at] === shortStart && whole && faultOf(bytes, at, 5) !== undefined) continue;
    if (whole || !ended || bytes[at] === longStart) break;
  }
  return { end: at, noise: true };
}

/** Where a failed frame ends: at the next head inside of it, else where it said that it would. */
function damageEnd(bytes: Uint8Array, from: number, end: number, ended: boolean): number | "undecided" {
  for (let at = from + 1; at < end; at++) {
    if (bytes[at] !== longStart && bytes[at] !== shortStart) continue;
    const byteLength = frameBytes(bytes, at, bytes.length);
    if (byteLength === "no-frame") continue;
    if (bytes[at] === longStart && byteLength !== "undecided") return at;
    if (byteLength !== "undecided" && at + byteLength <= bytes.length) {
      if (faultOf(bytes, at, byteLength) === undefined) return at;
    } else if (!ended) return "undecided";
  }
  return end;
}

const shortStart = 0x10;
const longStart = 0x68;

/**
 * SML transport protocol version 1: bytes on the line to whole SML files.
 *
 * In: the byte stream, cut anywhere.  Out: payload of one file, checksum verified, escapes and fill removed; or a
 * damaged stretch with the reason; or the count of bytes that belong to no file.
 * Not here: what the payload means (../messages), serial ports and idle timers (channel; a timer calls `flush`).
 *
 * Escapes are read as runs of 1b, not four bytes at a time: a payload may end in up to three 1b, so that five to
 * seven of them stand before an end mark, and noise may put some before a start mark. The last four of a run are the
 * escape. After damage the search begins anew right behind the failed start mark, so that the next good file is found
 * even when lost bytes made its start look like payload.
 * Source: SML 1.04, transport protocol v1 (BSI TR-03109-1, Anlage IV).
 */

import { type Crc16, crc16Kermit, crc16X25, DecodeError, type DecodeErrorCode } from "@siegel/wire";
import { endMark, escapeByte, maxFill, startVersion1, startVersion2 } from "./marks.ts";

export interface FramerOptions {
  /**
   * Longest file from start mark to checksum, in bytes; longer ones are reported and dropped. 65,536 unless told; at
   * least 16, which is a file without payload.
   */
  readonly maxFileBytes?: number;
  /** Refuse the Kermit checksum of early Holley meters. */
  readonly strict?: boolean;
}

/** A whole file: from its start mark to its checksum nothing is missing and nothing changed. */
export interface Frame {
  readonly kind: "file";
  /** Offset of the start mark in the stream. */
  readonly offset: number;
  /** Bytes from start mark to checksum. */
  readonly byteLength: number;
  /** SML messages, escapes and fill removed. A view: copy it to keep it longer than the chunk that was pushed. */
  readonly payload: Uint8Array;
  /** Which checksum held. Kermit is a known fault of early Holley DTZ541. */
  readonly checksum: "x25" | "kermit";
  /** Offset in the stream of a byte of the payload. */
  streamOffset(payloadAt: number): number;
}

/** Bytes that began as a file and did not end as one. */
export interface DamagedFrame {
  readonly kind: "damaged";
  readonly offset: number;
  readonly byteLength: number;
  readonly error: DecodeError;
  /** The raw bytes, for a dump. A view, as in `Frame`. */
  readonly bytes: Uint8Array;
}

/** Bytes outside of any file. */
export interface Noise {
  readonly kind: "noise";
  readonly offset: number;
  readonly byteLength: number;
  readonly bytes: Uint8Array;
}

export type FrameEvent = Frame | DamagedFrame | Noise;

export class SmlFramer {
  readonly #maxFileBytes: number;
  readonly #strict: boolean;
  /** Bytes not done with yet: `#buffer[#start, #length)`. Only ever appended to, so views handed out stay true. */
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;
  #start = 0;
  /** Offset in the stream of `#buffer[0]`. */
  #base = 0;
  /** Up to here nothing more can be learned without more bytes. */
  #scan = 0;
  #inFile = false;
  /** Escaped 1b runs in the current file: where in the buffer four bytes have to go. */
  #escaped: number[] = [];
  /** How many more times a failed file may be searched again for a start mark inside it. */
  #searchesLeft = maxSearches;

  constructor(options: FramerOptions = {}) {
    this.#maxFileBytes = Math.max(minFileBytes, options.maxFileBytes ?? 65_536);
    this.#strict = options.strict ?? false;
  }

  /** Bytes held back because a file or mark may still be going on. */
  get pendingBytes(): number {
    return this.#length - this.#start;
  }

  /**
   * Takes the next bytes of the stream, cut anywhere, and returns what became whole by them.
   *
   * @param chunk  Belongs to the framer from now on: payloads may be views into it, so it must not be written to again.
   */
  push(chunk: Uint8Array): FrameEvent[] {
    this.#append(chunk);
    return this.#drain(false);
  }

  /** The stream ended, or paused so long that a file under way is lost. The framer can be used on. */
  flush(): FrameEvent[] {
    const events = this.#drain(true);
    this.#escaped = [];
    this.#inFile = false;
    this.#base += this.#length;
    this.#buffer = new Uint8Array(0);
    this.#length = this.#start = this.#scan = 0;
    return events;
  }

  #append(chunk: Uint8Array): void {
    const pending = this.#length - this.#start;
    if (pending === 0) {
      this.#base += this.#length;
      this.#buffer = chunk;
      this.#start = this.#scan = 0;
      this.#length = chunk.length;
      return;
    }
    if (this.#length + chunk.length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(2 * (pending + chunk.length), minBuffer));
      larger.set(this.#buffer.subarray(this.#start, this.#length));
      const moved = this.#start;
      this.#base += moved;
      this.#scan -= moved;
      this.#escaped = this.#escaped.map((at) => at - moved);
      this.#buffer = larger;
      this.#length = pending;
      this.#start = 0;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** All events that the buffered bytes allow; at the end of the stream nothing stays undecided. */
  #drain(ended: boolean): FrameEvent[] {
    const events: FrameEvent[] = [];
    for (;;) {
      const before = events.length;
      const goOn = this.#inFile ? this.#readFile(events) : this.#seekStart(events, ended);
      if (goOn || events.length > before) continue;
      if (!ended || this.#start === this.#length) return events;
      if (this.#inFile) this.#fail(events, "truncated", this.#length, this.#length);
      else this.#skipTo(events, this.#length);
    }
  }

  /** Outside a file: looks for a start mark. Returns whether one was found. */
  #seekStart(events: FrameEvent[], ended: boolean): boolean {
    const bytes = this.#buffer;
    let at = this.#scan;
    for (;;) {
      const run = indexOf(bytes, escapeByte, at, this.#length);
      const runEnd = run < 0 ? this.#length : endOfRun(bytes, run, this.#length);
      if (run < 0 || (runEnd + 4 > this.#length && !ended)) {
        // What may still become a mark stays: at most the last four of a run and three bytes of its code.
        const keep = run < 0 ? this.#length : Math.max(run, Math.min(runEnd, this.#length) - 4);
        this.#skipTo(events, keep);
        return false;
      }
      at = runEnd;
      if (runEnd - run < 4 || runEnd + 4 > this.#length) continue;
      const version = sameFour(bytes, runEnd);
      if (version === startVersion1) {
        this.#skipTo(events, runEnd - 4);
        this.#inFile = true;
        this.#escaped = [];
        this.#scan = runEnd + 4;
        return true;
      }
      if (version === startVersion2) {
        this.#skipTo(events, runEnd - 4);
        this.#damage(events, "unsupported-version", runEnd, runEnd + 4);
        return true;
      }
    }
  }

  /** Inside a file: looks for its end. Returns whether the state moved on. */
  #readFile(events: FrameEvent[]): boolean {
    const bytes = this.#buffer;
    const limit = Math.min(this.#length, this.#start + this.#maxFileBytes);
    let end = limit;
    let at = this.#scan;
    for (;;) {
      const run = indexOf(bytes, escapeByte, at, limit);
      if (run < 0) {
        this.#scan = limit;
        break;
      }
      const runEnd = endOfRun(bytes, run, limit);
      // Eight 1b stand for four of payload whatever follows: done with for good, so that a run that comes byte by byte
      // is not counted from its beginning each time.
      let pair = run;
      for (; pair + 8 <= runEnd; pair += 8) this.#escaped.push(pair);
      this.#scan = pair;
      const left = runEnd - pair;
      if (runEnd === limit || (left >= 4 && runEnd + 4 > limit)) {
        end = Math.max(pair, runEnd - 4); // the next file's start mark may lie across the limit
        break;
      }
      at = this.#scan = runEnd;
      if (left < 4) continue;
      const mark = runEnd - 4;
      if (bytes[runEnd] === endMark) return this.#finish(events, mark);
      const version = sameFour(bytes, runEnd);
      const code = version === startVersion1 || version === startVersion2 ? "truncated" : "bad-framing";
      return this.#fail(events, code, runEnd, mark);
    }
    if (this.#length - this.#start < this.#maxFileBytes) return false;
    return this.#fail(events, "too-long", limit, end);
  }

  /** An end mark stands at `mark`: the file is good, or it is damaged. */
  #finish(events: FrameEvent[], mark: number): boolean {
    const bytes = this.#buffer;
    const end = mark + 8;
    const fill = bytes[mark + 5]!;
    const checksum = this.#checksumHolds(end);
    if (checksum === undefined) return this.#fail(events, "bad-checksum", mark + 6, withoutEscape(bytes, end));
    if ((mark - this.#start) % 4 !== 0 || fill > maxFill) return this.#fail(events, "bad-framing", mark, end);
    const payloadEnd = mark - fill;
    if (payloadEnd < this.#start + 8) return this.#fail(events, "bad-framing", mark + 5, end);
    for (let at = payloadEnd; at < mark; at++) if (bytes[at] !== 0) return this.#fail(events, "bad-framing", at, end);
    events.push(this.#frame(payloadEnd, end, checksum));
    this.#restartAt(end);
    this.#searchesLeft = maxSearches;
    return true;
  }

  /** Both kinds run over everything from the start mark to the fill count. X.25 stands low byte first, Kermit high. */
  #checksumHolds(end: number): Frame["checksum"] | undefined {
    const bytes = this.#buffer;
    const low = bytes[end - 2]!;
    const high = bytes[end - 1]!;
    const matches = (kind: Crc16, stored: number) => kind.of(bytes, this.#start, end - 2) === stored;
    if (matches(crc16X25, (high << 8) | low)) return "x25";
    return !this.#strict && matches(crc16Kermit, (low << 8) | high) ? "kermit" : undefined;
  }

  #frame(payloadEnd: number, end: number, checksum: Frame["checksum"]): Frame {
    const from = this.#start + 8;
    const offset = this.#base + this.#start;
    const byteLength = end - this.#start;
    const escaped = this.#escaped;
    if (escaped.length === 0) {
      const payload = this.#buffer.subarray(from, payloadEnd);
      return { kind: "file", offset, byteLength, payload, checksum, streamOffset: (at) => offset + 8 + at };
    }
    const payload = new Uint8Array(payloadEnd - from - 4 * escaped.length);
    const removedAt: number[] = [];
    let read = from;
    let write = 0;
    for (const pair of escaped) {
      payload.set(this.#buffer.subarray(read, pair), write);
      write += pair - read;
      removedAt.push(write);
      read = pair + 4;
    }
    payload.set(this.#buffer.subarray(read, payloadEnd), write);
    const streamOffset = (at: number) => offset + 8 + at + 4 * countUpTo(removedAt, at);
    return { kind: "file", offset, byteLength, payload, checksum, streamOffset };
  }

  /**
   * The file that began at `#start` is lost. `errorAt` is where it shows, `end` the first byte that is not part of it.
   * When it ran to its end, a start mark may hide inside: the search goes on right behind the start.
   */
  #fail(events: FrameEvent[], code: DecodeErrorCode, errorAt: number, end: number): true {
    this.#inFile = false;
    const inner = this.#searchesLeft-- > 0 ? this.#hiddenStart(end) : -1;
    this.#damage(events, code, errorAt, inner < 0 ? end : inner);
    if (inner < 0) this.#searchesLeft = maxSearches;
    return true;
  }

  /** A start mark that was taken for an escaped payload, before `end`; −1 if there is none. */
  #hiddenStart(end: number): number {
    let mark = 0;
    for (const pair of this.#escaped) {
      if (pair < mark) continue; // the same run
      mark = endOfRun(this.#buffer, pair, end);
      if (mark + 4 <= end && sameFour(this.#buffer, mark) === startVersion1) return mark - 4;
    }
    return -1;
  }

  /** Reports `[#start, end)` as damaged and goes on at `end`. */
  #damage(events: FrameEvent[], code: DecodeErrorCode, errorAt: number, end: number): void {
    const offset = this.#base + this.#start;
    const error = new DecodeError(code, { path: "transport", offset: this.#base + errorAt });
    const bytes = this.#buffer.subarray(this.#start, end);
    events.push({ kind: "damaged", offset, byteLength: end - this.#start, error, bytes });
    this.#restartAt(end);
  }

  /** Reports the bytes before `at` as noise, if there are any, and goes on there. */
  #skipTo(events: FrameEvent[], at: number): void {
    if (at > this.#start) {
      const bytes = this.#buffer.subarray(this.#start, at);
      events.push({ kind: "noise", offset: this.#base + this.#start, byteLength: bytes.length, bytes });
    }
    this.#restartAt(at);
  }

  #restartAt(at: number): void {
    this.#start = this.#scan = at;
    this.#inFile = false;
    this.#escaped = [];
  }
}

/** How many of the ascending numbers are at most `limit`. Halving: a dump asks for every field of a hostile file. */
function countUpTo(ascending: readonly number[], limit: number): number {
  let low = 0;
  for (let high = ascending.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function indexOf(bytes: Uint8Array, byte: number, from: number, end: number): number {
  if (bytes[from] === byte) return from < end ? from : -1; // a file right behind the last one: spares the native call
  const at = bytes.indexOf(byte, from);
  return at < end ? at : -1;
}

function endOfRun(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === escapeByte) at++;
  return at;
}

/**
 * `end` without the 1b right before it. Where bytes of an end mark were lost, the next start mark stands in their place:
 * it must not be dropped with the damaged file.
 */
function withoutEscape(bytes: Uint8Array, end: number): number {
  let at = end;
  while (bytes[at - 1] === escapeByte) at--;
  return at;
}

/** The value of four equal bytes, or −1. */
function sameFour(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  return bytes[at + 1] === first && bytes[at + 2] === first && bytes[at + 3] === first ? first : -1;
}

/** A hostile file can hide many start marks; searching each of them to the same end would cost the square of its size. */
const maxSearches = 4;
const minFileBytes = 16;
const minBuffer = 1024;

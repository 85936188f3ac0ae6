/**
 * A receiver's output as a stream: bytes to telegrams of wireless M-Bus, checksums and strength as the receiver states.
 *
 * In: bytes, cut anywhere.  Out: telegrams, lines or frames that fail, and the bytes of everything else it says.
 * Not here: what is in a telegram (../wireless), the port.
 * Memory: one line or frame; a line above `maxLineBytes` is dropped and told.
 */

import { DecodeError } from "@siegel/wire";
import { type BinaryForm, binaryFrame, startOctets } from "./binary.ts";
import { readLine } from "./line.ts";
import type { DongleTelegram } from "./telegram.ts";

export type DongleForm = "text" | BinaryForm;

export interface DongleOptions {
  /** How the receiver speaks. Unless told, the first byte decides: A5 iM871A, FF Amber, else text. */
  readonly form?: DongleForm | undefined;
  /** 65,536 unless told. */
  readonly maxLineBytes?: number | undefined;
  /** Amber: it is set to append its RSSI. Off unless told. */
  readonly amberRssi?: boolean | undefined;
}

export type DongleEvent =
  | {
      readonly kind: "telegram";
      readonly offset: number;
      readonly byteLength: number;
      readonly telegram: DongleTelegram;
    }
  | { readonly kind: "error"; readonly offset: number; readonly byteLength: number; readonly error: DecodeError }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

export class DongleStream {
  readonly #options: DongleOptions;
  readonly #maxLineBytes: number;
  #form: DongleForm | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Offset in the stream of `#bytes[0]`. */
  #base = 0;
  /** Up to here there is no end of line. */
  #scanned = 0;
  /** A line that was too long is under way: its rest is dropped, too. */
  #dropping = false;

  constructor(options: DongleOptions = {}) {
    this.#options = options;
    this.#form = options.form;
    this.#maxLineBytes = Math.max(16, options.maxLineBytes ?? 65_536);
  }

  get pendingBytes(): number {
    return this.#bytes.length;
  }

  push(chunk: Uint8Array): DongleEvent[] {
    this.#append(chunk);
    return this.#drain(false);
  }

  /** The stream ended: a last line without its end counts as a line. */
  flush(): DongleEvent[] {
    return this.#drain(true);
  }

  #append(chunk: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.#bytes = chunk;
      return;
    }
    const joined = new Uint8Array(this.#bytes.length + chunk.length);
    joined.set(this.#bytes);
    joined.set(chunk, this.#bytes.length);
    this.#bytes = joined;
  }

  #drain(ended: boolean): DongleEvent[] {
    const [first] = this.#bytes;
    if (first === undefined) return [];
    this.#form ??= first === startOctets.im871a ? "im871a" : first === startOctets.amber ? "amber" : "text";
    return this.#form === "text" ? this.#lines(ended) : this.#frames(this.#form, ended);
  }

  #lines(ended: boolean): DongleEvent[] {
    const events: DongleEvent[] = [];
    let at = 0;
    for (;;) {
      const newline = this.#bytes.indexOf(lineFeed, Math.max(at, this.#scanned));
      const end = newline >= 0 ? newline + 1 : ended && at < this.#bytes.length ? this.#bytes.length : undefined;
      if (end === undefined) break;
      events.push(this.#line(at, end));
      this.#dropping = false;
      at = end;
    }
    if (this.#bytes.length - at > this.#maxLineBytes) {
      events.push(this.#tooLong(at, this.#bytes.length));
      this.#dropping = true;
      at = this.#bytes.length;
    }
    this.#consume(at);
    this.#scanned = this.#bytes.length;
    return events;
  }

  #line(from: number, end: number): DongleEvent {
    const offset = this.#base + from;
    const byteLength = end - from;
    if (this.#dropping) return { kind: "noise", offset, byteLength };
    if (byteLength > this.#maxLineBytes) return this.#tooLong(from, end);
    const read = readLine(latin1(this.#bytes.subarray(from, end)));
    if (read === undefined) return { kind: "noise", offset, byteLength };
    if (!(read instanceof DecodeError)) return { kind: "telegram", offset, byteLength, telegram: read };
    const error = new DecodeError(read.code, { path: read.where.path, offset: offset + read.where.offset });
    return { kind: "error", offset, byteLength, error };
  }

  #tooLong(from: number, end: number): DongleEvent {
    const offset = this.#base + from;
    if (this.#dropping) return { kind: "noise", offset, byteLength: end - from };
    const error = new DecodeError("too-long", { path: "line", offset: offset + this.#maxLineBytes });
    return { kind: "error", offset, byteLength: end - from, error };
  }

  #frames(form: BinaryForm, ended: boolean): DongleEvent[] {
    const events: DongleEvent[] = [];
    const bytes = this.#bytes;
    let at = 0;
    while (at < bytes.length) {
      const start = bytes.indexOf(startOctets[form], at);
      const noiseEnd = start < 0 ? bytes.length : start;
      if (noiseEnd > at) events.push({ kind: "noise", offset: this.#base + at, byteLength: noiseEnd - at });
      at = noiseEnd;
      if (start < 0) break;
      const frame = binaryFrame(form, { bytes, from: at, ended, rssi: this.#options.amberRssi ?? false });
      const offset = this.#base + at;
      if (frame === undefined) {
        if (!ended) break;
        const error = new DecodeError("truncated", { path: "dongle", offset: this.#base + bytes.length });
        events.push({ kind: "error", offset, byteLength: bytes.length - at, error });
        at = bytes.length;
        break;
      }
      const { byteLength, telegram, error } = frame;
      if (telegram !== undefined) events.push({ kind: "telegram", offset, byteLength, telegram });
      else if (error === undefined) events.push({ kind: "noise", offset, byteLength });
      else {
        const where = { path: error.where.path, offset: this.#base + error.where.offset };
        events.push({ kind: "error", offset, byteLength, error: new DecodeError(error.code, where) });
      }
      at += byteLength;
    }
    this.#consume(at);
    return events;
  }

  #consume(count: number): void {
    this.#base += count;
    this.#bytes = this.#bytes.subarray(count);
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const lineFeed = 0x0a;

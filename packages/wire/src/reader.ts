/**
 * A cursor over bytes of a stranger.
 *
 * Every read checks what is left first; a read that does not fit throws `truncated` and the cursor stays. Offsets in
 * errors count from the start of the whole input (`base`), so that a person finds the byte in his dump.
 */

import { DecodeError, type DecodeErrorCode } from "./errors.ts";

/** Told of every declared field as it is read: for annotated dumps. Indices are those of the reader's `bytes`. */
export interface FieldObserver {
  begin(field: string, at: number): void;
  /** Not called for a field whose reading fails. */
  end(value: unknown, at: number): void;
}

export interface ReaderOptions {
  readonly observer?: FieldObserver | undefined;
  /** Offset of `bytes[0]` in the whole input, for errors. */
  readonly base?: number;
  /** Deepest nesting that `enter` allows; 16 unless told. */
  readonly maxDepth?: number;
}

export class ByteReader {
  readonly bytes: Uint8Array;
  /** Next byte to read, as index into `bytes`. */
  at: number;
  /** First byte that may not be read, as index into `bytes`. */
  readonly end: number;
  readonly base: number;
  readonly maxDepth: number;
  readonly observer: FieldObserver | undefined;
  #depth = 0;

  constructor(bytes: Uint8Array, options: ReaderOptions = {}) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
    this.base = options.base ?? 0;
    this.maxDepth = options.maxDepth ?? 16;
    this.observer = options.observer;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.end - this.at;
  }

  /** Offset of the next byte in the whole input. */
  get offset(): number {
    return this.base + this.at;
  }

  /** An error of this code at the next byte, or at the index given. The caller throws it. */
  error(code: DecodeErrorCode, at: number = this.at): DecodeError {
    return new DecodeError(code, { path: "", offset: this.base + at });
  }

  /** The next byte without reading it; −1 at the end. */
  peek(ahead = 0): number {
    return this.at + ahead < this.end ? this.bytes[this.at + ahead]! : -1;
  }

  /** Throws `truncated` unless `count` more bytes are there. */
  need(count: number): void {
    if (this.end - this.at < count) throw this.error("truncated", this.end);
  }

  u8(): number {
    if (this.at >= this.end) throw this.error("truncated");
    return this.bytes[this.at++]!;
  }

  /** Unsigned, most significant byte first, 1 to 6 bytes. */
  uint(byteLength: number): number {
    this.need(byteLength);
    let value = 0;
    for (let left = byteLength; left > 0; left--) value = value * 256 + this.bytes[this.at++]!;
    return value;
  }

  /** Unsigned, least significant byte first, 1 to 6 bytes. */
  uintLE(byteLength: number): number {
    this.need(byteLength);
    let value = 0;
    for (let at = this.at + byteLength - 1; at >= this.at; at--) value = value * 256 + this.bytes[at]!;
    this.at += byteLength;
    return value;
  }

  /** The next bytes, as a view into the input: copy it before the input is reused. */
  take(byteLength: number): Uint8Array {
    this.need(byteLength);
    const view = this.bytes.subarray(this.at, this.at + byteLength);
    this.at += byteLength;
    return view;
  }

  /** Throws `trailing-bytes` unless everything has been read. */
  expectEnd(): void {
    if (this.at !== this.end) throw this.error("trailing-bytes");
  }

  /** One level deeper; `nested-too-deep` beyond `maxDepth`. Recursive codecs pair it with `leave`, also on failure. */
  enter(): void {
    if (this.#depth >= this.maxDepth) throw this.error("nested-too-deep");
    this.#depth++;
  }

  leave(): void {
    this.#depth--;
  }
}

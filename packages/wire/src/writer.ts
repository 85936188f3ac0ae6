/** A growing buffer to write a message into, most significant byte first unless the name says LE. */

import { EncodeError } from "./errors.ts";

export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;
  readonly #maxBytes: number;

  /** @param maxBytes  Longest result; beyond it a write throws `too-long`. 1 MiB unless told. */
  constructor(maxBytes = 1 << 20) {
    this.#bytes = new Uint8Array(64);
    this.#maxBytes = maxBytes;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.uint(value, 1);
  }

  /** Unsigned, most significant byte first, 1 to 6 bytes. */
  uint(value: number, byteLength: number): void {
    checkUnsigned(value, byteLength);
    const at = this.#grow(byteLength);
    for (let index = byteLength - 1, rest = value; index >= 0; index--, rest = Math.floor(rest / 256)) {
      this.#bytes[at + index] = rest % 256;
    }
  }

  /** Unsigned, least significant byte first, 1 to 6 bytes. */
  uintLE(value: number, byteLength: number): void {
    checkUnsigned(value, byteLength);
    const at = this.#grow(byteLength);
    for (let index = 0, rest = value; index < byteLength; index++, rest = Math.floor(rest / 256)) {
      this.#bytes[at + index] = rest % 256;
    }
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length); // first: growing replaces the buffer
    this.#bytes.set(value, at);
  }

  /** What stands at `[from, to)` already: for checksums over what was just written. A view until the next write. */
  written(from = 0, to: number = this.#length): Uint8Array {
    return this.#bytes.subarray(from, to);
  }

  /** Everything written, as a copy. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room for `count` bytes and returns where they start. */
  #grow(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#maxBytes) throw new EncodeError("too-long");
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length = needed;
    return at;
  }
}

function checkUnsigned(value: number, byteLength: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * byteLength)) throw new EncodeError("out-of-range");
}

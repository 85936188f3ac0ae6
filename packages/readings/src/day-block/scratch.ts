/**
 * A buffer that is kept between blocks, with a cursor. Encoding is synchronous, so one is enough.
 *
 * Why not the writer of `wire`: a block of a household takes less than two microseconds, and half of that would be
 * spent on growing and checking.
 */

import { copyOf } from "./pool.ts";

export class Scratch {
  bytes = new Uint8Array(4096);
  at = 0;

  /** Starts a new block of at most `byteLength` bytes. */
  begin(byteLength: number): void {
    if (this.bytes.length < byteLength) this.bytes = new Uint8Array(byteLength);
    this.at = 0;
  }

  u8(value: number): void {
    this.bytes[this.at++] = value;
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Seven bits a byte, lowest first, bit 7 set in all but the last. Safe integers from 0. */
  varint(value: number): void {
    let rest = value;
    while (rest > 0x7fff_ffff) {
      this.bytes[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** The same for any size. */
  bigVarint(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  /** A safe integer: 0, −1, 1, −2, 2 … become 0, 1, 2, 3, 4 … */
  zigzag(value: number): void {
    if (value > -(2 ** 52) && value < 2 ** 52) this.varint(value < 0 ? -2 * value - 1 : 2 * value);
    else this.bigZigzag(BigInt(value));
  }

  bigZigzag(value: bigint): void {
    this.bigVarint(value < 0n ? -2n * value - 1n : 2n * value);
  }

  /** What was written, as a copy. */
  take(): Uint8Array {
    return copyOf(this.bytes, this.at);
  }
}

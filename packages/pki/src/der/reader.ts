/**
 * Cursor over the tag-length-value grammar of DER.
 *
 * A length is a stranger's claim: it is checked against the end of the TLV around it before anything is read or made.
 * So a reader of content may trust the length that it is given.
 * Source: X.690 §8.1 and §10.1 (definite form, fewest octets).
 */

import { ByteReader, type ReaderOptions } from "@siegel/wire";
import { highTagNumber } from "./tags.ts";

export class DerReader extends ByteReader {
  /** First byte behind the content that is being read, as index into `bytes`. */
  limit: number;

  constructor(bytes: Uint8Array, options: ReaderOptions = {}) {
    super(bytes, options);
    this.limit = this.end;
  }

  /** Whether the content that is being read has been read whole. */
  get atLimit(): boolean {
    return this.at >= this.limit;
  }

  /** The next identifier octet without reading it; −1 at the end of the content. */
  get nextTag(): number {
    return this.at < this.limit ? this.bytes[this.at]! : -1;
  }

  /** Reads identifier and length of a TLV with this identifier octet; gives the length of its content. */
  expect(tag: number): number {
    if (this.at >= this.limit) throw this.error("truncated");
    if (this.bytes[this.at] !== tag) throw this.error("wrong-type");
    return this.header();
  }

  /** Reads identifier and length, whatever the tag; gives the length of the content, which is known to be there. */
  header(): number {
    const start = this.at;
    if (start + 2 > this.limit) throw this.error("truncated", this.limit);
    if ((this.bytes[start]! & highTagNumber) === highTagNumber) throw this.error("unknown-tag", start);
    let length = this.bytes[start + 1]!;
    let at = start + 2;
    if (length >= 0x80) {
      const count = length & 0x7f; // 0: the indefinite form, which DER does not have
      if (count === 0) throw this.error("not-canonical", start + 1);
      if (count > maxLengthBytes) throw this.error("too-long", start + 1);
      if (at + count > this.limit) throw this.error("truncated", this.limit);
      length = 0;
      for (let left = count; left > 0; left--) length = length * 256 + this.bytes[at++]!;
      const fewest = length < 0x80 ? 0 : Math.ceil(Math.log2(length + 1) / 8);
      if (count !== fewest) throw this.error("not-canonical", start + 1);
    }
    if (length > this.limit - at) throw this.error("truncated", this.limit);
    this.at = at;
    return length;
  }

  /** Reads the inside of a constructed TLV: every byte of it, one level deeper. */
  inside<T>(length: number, read: () => T): T {
    const outer = this.limit;
    this.enter();
    this.limit = this.at + length;
    try {
      const value = read();
      if (this.at !== this.limit) throw this.error("trailing-bytes");
      return value;
    } finally {
      this.limit = outer;
      this.leave();
    }
  }
}

/** 4 GiB and more is no structure of ours. Keeps the arithmetic exact. */
const maxLengthBytes = 4;

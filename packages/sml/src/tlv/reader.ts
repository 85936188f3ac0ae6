/**
 * Cursor over SML's type-length-value grammar.
 *
 * TL byte: bit 7 = one more TL byte follows; bits 6–4 the type; bits 3–0 four bits of the length, most significant
 * first. The length of all types but the list counts the TL bytes too; a list's counts its elements.
 * Source: SML 1.04, binary encoding (BSI TR-03109-1, Anlage IV).
 */

import { ByteReader, type ReaderOptions } from "@siegel/wire";

/** Where the standard leaves the encoder a choice. Meters differ; a decoded file tells what its meter does. */
export interface EncodingStyle {
  /** Bytes of a message body's tag: declared as 4, sent as 2 by many meters. */
  readonly bodyTagBytes: 2 | 4;
  /** A checksum whose first byte is zero: two bytes, or shortened to one as some meters do. */
  readonly shortChecksum: boolean;
  /** Integers of declared width: as declared, or without leading zero (or sign) bytes. */
  readonly integers: "declared" | "minimal";
}

export const defaultStyle: EncodingStyle = { bodyTagBytes: 2, shortChecksum: false, integers: "declared" };

/** Type bits of a TL byte. */
export const tlvType = { octets: 0, boolean: 4, signed: 5, unsigned: 6, list: 7 } as const;

/** A lone TL byte of type octets and length 1: an empty octet string, and the mark of an absent element. */
export const absent = 0x01;
/** First byte of the same in more TL bytes than needed, such as `80 02`. */
const absentInMoreBytes = 0x80;
/** Ends a message; not an element. */
export const endOfMessage = 0x00;

/** A departure from the standard that meters in the field are known for; `strict` refuses it instead. */
export type DeviationCode =
  | "bare-time"
  | "local-time-tag"
  | "absent-value"
  | "kermit-checksum"
  | "unknown-body"
  | "stray-zeros"
  | "missing-open"
  | "missing-close"
  | "misplaced-message";

export interface Deviation {
  readonly code: DeviationCode;
  /** Offset in the payload. */
  readonly offset: number;
}

export interface SmlReaderOptions extends ReaderOptions {
  readonly strict?: boolean;
}

export class SmlReader extends ByteReader {
  readonly strict: boolean;
  readonly deviations: Deviation[] = [];
  /** How the bytes read so far are encoded where the standard leaves a choice. */
  readonly style: { -readonly [K in keyof EncodingStyle]: EncodingStyle[K] } = { ...defaultStyle };
  /** Type bits of the TL field read last. */
  type = 0;
  /** Of the TL field read last: bytes of the value that follow, or elements of the list. */
  length = 0;

  constructor(bytes: Uint8Array, options: SmlReaderOptions = {}) {
    super(bytes, options);
    this.strict = options.strict ?? false;
  }

  /** Notes a known deviation at `at`; in strict mode it is an error instead. */
  deviation(code: DeviationCode, at: number): void {
    if (this.strict) throw this.error("deviation", at).within(code);
    this.deviations.push({ code, offset: this.base + at });
  }

  /** Reads a TL field into `type` and `length`. The value is known to fit into what is left. */
  tl(): void {
    const start = this.at;
    const first = this.u8();
    this.type = (first >> 4) & 7;
    let length = first & 0x0f;
    for (let byte = first; byte >= 0x80;) {
      byte = this.u8();
      if ((byte & 0x70) !== 0) throw this.error("wrong-type", this.at - 1); // follow-up bytes carry type 000
      length = length * 16 + (byte & 0x0f);
      if (length > maxLength) throw this.error("too-long", start);
    }
    if (this.type !== tlvType.list) {
      length -= this.at - start;
      if (length < 0) throw this.error("wrong-length", start);
    }
    // A list's elements take a byte each at least: no list can announce more than what is left.
    if (length > this.end - this.at) throw this.error("truncated", start);
    this.length = length;
  }

  /** Reads the TL field of an element that must have this type. */
  expect(type: number): void {
    const start = this.at;
    this.tl();
    if (this.type !== type) throw this.error("wrong-type", start);
  }

  /** Whether the next element is marked absent. It is read then. */
  skipAbsent(): boolean {
    const first = this.peek();
    if (first === absent) {
      this.at++;
      return true;
    }
    if (first !== absentInMoreBytes) return false;
    const start = this.at;
    this.tl();
    if (this.type === tlvType.octets && this.length === 0) return true;
    this.at = start;
    return false;
  }

  /** Unsigned integer of 1 to 8 bytes behind a TL field: number where exact, else bigint. */
  unsignedValue(): number | bigint {
    const length = this.length;
    if (length <= 6) return this.uint(length);
    const high = this.uint(length - 4);
    return joined(high, this.uint(4));
  }

  /** Signed integer of 1 to 8 bytes in two's complement behind a TL field: number where exact, else bigint. */
  signedValue(): number | bigint {
    const length = this.length;
    if (length <= 4) {
      const shift = 32 - 8 * length;
      return (this.uint(length) << shift) >> shift;
    }
    const high = this.uint(length - 4);
    const limit = 2 ** (8 * (length - 4) - 1);
    return joined(high >= limit ? high - 2 * limit : high, this.uint(4));
  }
}

/** `high` · 2^32 + `low`; number when it is exact. */
function joined(high: number, low: number): number | bigint {
  const value = high * 0x1_0000_0000 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}

/** Far above any file; keeps the arithmetic of hostile length fields exact. */
const maxLength = 2 ** 28;

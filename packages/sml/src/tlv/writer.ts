/** Writer for SML's type-length-value grammar. Source: SML 1.04, binary encoding. */

import { ByteWriter, EncodeError } from "@siegel/wire";
import { absent, defaultStyle, type EncodingStyle, tlvType } from "./reader.ts";

export class SmlWriter extends ByteWriter {
  readonly style: EncodingStyle;

  constructor(style: Partial<EncodingStyle> = {}, maxBytes?: number) {
    super(maxBytes);
    this.style = { ...defaultStyle, ...style };
  }

  /** TL field of a value of `byteLength` bytes, or of a list of that many elements. */
  tl(type: number, length: number): void {
    // The length counts its own TL bytes, which may need one nibble more because of that.
    let tlBytes = 1;
    const counted = () => (type === tlvType.list ? length : length + tlBytes);
    while (counted() >= 16 ** tlBytes) tlBytes++;
    for (let index = tlBytes - 1; index >= 0; index--) {
      const nibble = Math.floor(counted() / 16 ** index) % 16;
      this.u8((index > 0 ? 0x80 : 0) | (index === tlBytes - 1 ? type << 4 : 0) | nibble);
    }
  }

  absent(): void {
    this.u8(absent);
  }

  octets(value: Uint8Array): void {
    this.tl(tlvType.octets, value.length);
    this.bytes(value);
  }

  /** Integer in exactly `byteLength` bytes, 1 to 8. */
  integer(type: typeof tlvType.signed | typeof tlvType.unsigned, value: number | bigint, byteLength: number): void {
    const [low, high] = rangeOf(type, byteLength);
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new EncodeError("out-of-range");
    if (value < low || value > high) throw new EncodeError("out-of-range");
    this.tl(type, byteLength);
    const bits = BigInt.asUintN(8 * byteLength, BigInt(value));
    if (byteLength > 4) this.uint(Number(bits >> 32n), byteLength - 4);
    this.uint(Number(bits & 0xffff_ffffn), Math.min(byteLength, 4));
  }

  /** Integer of a declared width: in that width, or in the fewest bytes when the style says so. */
  declared(type: typeof tlvType.signed | typeof tlvType.unsigned, value: number | bigint, byteLength: number): void {
    this.integer(
      type,
      value,
      this.style.integers === "minimal" ? Math.min(byteLength, fewestBytes(type, value)) : byteLength,
    );
  }
}

/** Fewest bytes, 1 to 8, that hold the integer. */
function fewestBytes(type: typeof tlvType.signed | typeof tlvType.unsigned, value: number | bigint): number {
  for (let byteLength = 1; byteLength < 8; byteLength++) {
    const [low, high] = rangeOf(type, byteLength);
    if (value >= low && value <= high) return byteLength;
  }
  return 8;
}

function rangeOf(type: number, byteLength: number): readonly [bigint, bigint] {
  const range = (type === tlvType.signed ? signedRanges : unsignedRanges)[byteLength];
  if (range === undefined) throw new EncodeError("wrong-length");
  return range;
}

/** Index is the width in bytes; a width of zero holds nothing. */
const unsignedRanges = rangesOf((bits) => [0n, 2n ** bits - 1n]);
const signedRanges = rangesOf((bits) => [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]);

function rangesOf(range: (bits: bigint) => readonly [bigint, bigint]): readonly (readonly [bigint, bigint])[] {
  return [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map((bytes) => (bytes === 0n ? [1n, 0n] : range(8n * bytes)));
}

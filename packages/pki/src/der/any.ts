/**
 * A TLV of any type, kept as it is: for what another declaration reads later, or nobody.
 *
 * Its inside is walked all the same, so that nothing that is not DER hides in a part that is not understood.
 */

import { DecodeError, EncodeError } from "@siegel/wire";
import { type Der, decodeDer } from "./der.ts";
import { boolean, integer } from "./primitives.ts";
import { compareEncodings } from "./order.ts";
import type { DerReader } from "./reader.ts";
import { constructedBit, highTagNumber, tag } from "./tags.ts";

/** ANY: identifier, length and content, as a view into the input. */
export function any({ max = 1 << 16 }: { max?: number } = {}): Der<Uint8Array> {
  return {
    name: "ANY",
    tags: everyTag,
    read(reader) {
      const start = reader.at;
      walk(reader);
      if (reader.at - start > max) throw reader.error("too-long", start);
      return reader.bytes.subarray(start, reader.at);
    },
    write(writer, value) {
      if (value.length > max) throw new EncodeError("too-long");
      try {
        decodeDer(anyOne, value); // what is written is one TLV, and DER
      } catch (error) {
        throw error instanceof DecodeError ? new EncodeError("wrong-type") : error;
      }
      writer.bytes(value);
    },
  };
}

/** Reads one TLV and all within. */
function walk(reader: DerReader): void {
  const octet = reader.nextTag;
  const start = reader.at;
  const length = reader.header();
  const isConstructed = (octet & constructedBit) !== 0;
  // X.690 §10.2: in DER only these two of the universal class are constructed, and they always are.
  const isRow = octet === tag.sequence || octet === tag.set;
  if (octet < contextClass && (isConstructed !== isRow || notPrimitive.has(octet))) {
    throw reader.error("unknown-tag", start);
  }
  if (isConstructed) walkElements(reader, length, octet === tag.set);
  else if (octet === tag.boolean) anyBoolean.readContent(reader, length);
  else if (octet === tag.integer || octet === tag.enumerated) anyInteger.readContent(reader, length);
  else reader.take(length);
}

function walkElements(reader: DerReader, length: number, sorted: boolean): void {
  reader.inside(length, () => {
    let previous: Uint8Array | undefined;
    while (!reader.atLimit) {
      const start = reader.at;
      walk(reader);
      const encoding = reader.bytes.subarray(start, reader.at);
      if (sorted && previous !== undefined && compareEncodings(previous, encoding) > 0) {
        throw reader.error("not-canonical", start);
      }
      previous = encoding;
    }
  });
}

/** To look at what is to be written. */
const anyOne: Der<void> = { name: "ANY", tags: [], read: walk, write: () => {} };
const anyBoolean = boolean();
const anyInteger = integer({ maxBytes: 4096 });
const contextClass = 0x40;
/** End of contents, and the two that are always constructed. */
const notPrimitive = new Set([0x00, tag.sequence & ~constructedBit, tag.set & ~constructedBit]);
const everyTag = Array.from({ length: 256 }, (_, octet) => octet).filter(
  (octet) => (octet & highTagNumber) !== highTagNumber,
);

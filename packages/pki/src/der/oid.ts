/** OBJECT IDENTIFIER as dotted text. Source: X.690 §8.19. */

import { EncodeError } from "@siegel/wire";
import { type Tagged, tagged } from "./der.ts";
import type { DerReader } from "./reader.ts";
import { tag } from "./tags.ts";

/** `1.2.840.10045.4.3.2`. Up to 64 octets; an arc may have 128 bits, as those made of a UUID (X.667) have. */
export function oid(): Tagged<string> {
  return tagged(
    "OBJECT IDENTIFIER",
    tag.oid,
    (reader, length) => {
      if (length > maxBytes) throw reader.error("too-long");
      if (length === 0) throw reader.error("wrong-length");
      const end = reader.at + length;
      const first = readArc(reader, end);
      // The first two arcs share one number: 40 · top + second.
      let text = first < 40 ? `0.${first}` : first < 80 ? `1.${Number(first) - 40}` : `2.${BigInt(first) - 80n}`;
      while (reader.at < end) text += `.${readArc(reader, end)}`;
      return text;
    },
    (writer, value) => {
      const [top, second, ...rest] = arcsOf(value);
      if (top === undefined || second === undefined || top > 2n || (top < 2n && second > 39n)) {
        throw new EncodeError("out-of-range");
      }
      const octets = [top * 40n + second, ...rest].flatMap(octetsOfArc);
      if (octets.length > maxBytes) throw new EncodeError("too-long");
      writer.bytes(Uint8Array.from(octets));
    },
  );
}

/** Seven bits an octet, the top bit says that another follows. A bigint only where a number would not be exact. */
function readArc(reader: DerReader, end: number): number | bigint {
  const start = reader.at;
  let arc: number | bigint = 0;
  for (;;) {
    if (reader.at >= end) throw reader.error("truncated", end);
    const octet = reader.u8();
    if (reader.at - 1 === start && octet === 0x80) throw reader.error("not-canonical", start); // a leading zero
    if (reader.at - start > maxArcBytes) throw reader.error("too-long", start);
    if (reader.at - start <= 7) arc = Number(arc) * 128 + (octet & 0x7f);
    else arc = (BigInt(arc) << 7n) | BigInt(octet & 0x7f);
    if (octet < 0x80) return arc;
  }
}

function arcsOf(text: string): bigint[] {
  if (text.length > maxTextLength || !/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(text)) {
    throw new EncodeError("out-of-range");
  }
  return text.split(".").map(BigInt);
}

function octetsOfArc(arc: bigint): number[] {
  const octets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(0x80 | Number(rest & 0x7fn));
  if (octets.length > maxArcBytes) throw new EncodeError("out-of-range");
  return octets;
}

const maxBytes = 64;
/** 133 bits: a UUID fits, with the 80 that a first arc of 2 adds. */
const maxArcBytes = 19;
const maxTextLength = 256;

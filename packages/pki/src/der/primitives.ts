/** Numbers, truth, octets and bits. Source: X.690 §8.2–8.8 with the restrictions of §10.2, §11.1 and §11.2. */

import { EncodeError } from "@siegel/wire";
import { type Tagged, tagged } from "./der.ts";
import { tag } from "./tags.ts";

/** INTEGER of any size within limits. `maxBytes` bounds the work, 66 unless told (a number of P-521). */
export function integer(limits: { min?: bigint; max?: bigint; maxBytes?: number } = {}): Tagged<bigint> {
  const { min, max, maxBytes = 66 } = limits;
  const fits = (value: bigint) => (min === undefined || value >= min) && (max === undefined || value <= max);
  return tagged(
    "INTEGER",
    tag.integer,
    (reader, length) => {
      const start = reader.at;
      if (length > maxBytes) throw reader.error("too-long");
      const value = bigintOf(integerOctets(reader.take(length), () => reader.error("not-canonical", start)));
      if (!fits(value)) throw reader.error("out-of-range", start);
      return value;
    },
    (writer, value) => {
      const octets = octetsOfBigint(value);
      if (!fits(value) || octets.length > maxBytes) throw new EncodeError("out-of-range");
      writer.bytes(octets);
    },
  );
}

/** INTEGER that is exact as a number; `min` 0 and `max` 2^31 − 1 unless told. */
export function smallInteger(limits: { min?: number; max?: number } = {}): Tagged<number> {
  return numbered("INTEGER", tag.integer, limits);
}

function numbered(name: string, octet: number, { min = 0, max = 0x7fff_ffff }): Tagged<number> {
  return tagged(
    name,
    octet,
    (reader, length) => {
      const start = reader.at;
      if (length > 7) throw reader.error("out-of-range"); // 7 octets hold every safe integer
      const octets = integerOctets(reader.take(length), () => reader.error("not-canonical", start));
      let value = (octets[0]! << 24) >> 24; // the sign is in the first
      for (let at = 1; at < octets.length; at++) value = value * 256 + octets[at]!;
      if (value < min || value > max) throw reader.error("out-of-range", start);
      return value;
    },
    (writer, value) => {
      if (!Number.isSafeInteger(value) || value < min || value > max) throw new EncodeError("out-of-range");
      writer.bytes(octetsOfBigint(BigInt(value)));
    },
  );
}

/** ENUMERATED: one of these words. A number that is not among them is refused. */
export function enumerated<N extends string>(words: Readonly<Record<N, number>>): Tagged<N> {
  const names = Object.keys(words) as N[]; // keys of a Record<N, …> are N
  const nameOf = new Map(names.map((name) => [words[name], name]));
  const values = [...nameOf.keys()];
  const number = numbered("ENUMERATED", tag.enumerated, { min: Math.min(...values), max: Math.max(...values) });
  return tagged(
    number.name,
    number.tag,
    (reader, length) => {
      const start = reader.at;
      const name = nameOf.get(number.readContent(reader, length));
      if (name === undefined) throw reader.error("out-of-range", start);
      return name;
    },
    (writer, name) => {
      if (!Object.hasOwn(words, name)) throw new EncodeError("out-of-range");
      number.writeContent(writer, words[name]);
    },
  );
}

/** BOOLEAN: 00 or ff, nothing between. */
export function boolean(): Tagged<boolean> {
  return tagged(
    "BOOLEAN",
    tag.boolean,
    (reader, length) => {
      if (length !== 1) throw reader.error("wrong-length");
      const octet = reader.u8();
      if (octet !== 0 && octet !== 0xff) throw reader.error("not-canonical", reader.at - 1);
      return octet !== 0;
    },
    (writer, value) => writer.u8(value ? 0xff : 0),
  );
}

/** NULL. */
export function nullValue(): Tagged<null> {
  return tagged(
    "NULL",
    tag.null,
    (reader, length) => {
      if (length !== 0) throw reader.error("wrong-length");
      return null;
    },
    () => {},
  );
}

/** OCTET STRING of `min` to `max` octets; up to 64 KiB unless told. */
export function octetString({ min = 0, max = 1 << 16 }: { min?: number; max?: number } = {}): Tagged<Uint8Array> {
  return tagged(
    "OCTET STRING",
    tag.octetString,
    (reader, length) => {
      if (length > max) throw reader.error("too-long");
      if (length < min) throw reader.error("wrong-length");
      return reader.take(length);
    },
    (writer, value) => {
      if (value.length > max || value.length < min) throw new EncodeError("wrong-length");
      writer.bytes(value);
    },
  );
}

export interface Bits {
  /** Most significant bit of the first octet first. */
  readonly bytes: Uint8Array;
  /** Bits at the end of the last octet that do not count, 0 to 7; they are zero. */
  readonly unusedBits: number;
}

/** BIT STRING of up to `max` octets; 64 KiB unless told. */
export function bitString({ max = 1 << 16 }: { max?: number } = {}): Tagged<Bits> {
  return tagged(
    "BIT STRING",
    tag.bitString,
    (reader, length) => {
      if (length === 0) throw reader.error("wrong-length");
      if (length - 1 > max) throw reader.error("too-long");
      const unusedBits = reader.u8();
      if (unusedBits > 7 || (unusedBits > 0 && length === 1)) throw reader.error("out-of-range", reader.at - 1);
      const bytes = reader.take(length - 1);
      if (!isClear(bytes, unusedBits)) throw reader.error("not-canonical", reader.at - 1);
      return { bytes, unusedBits };
    },
    (writer, { bytes, unusedBits }) => {
      if (bytes.length > max) throw new EncodeError("too-long");
      const allowed = Number.isInteger(unusedBits) && unusedBits >= 0 && unusedBits <= (bytes.length === 0 ? 0 : 7);
      if (!allowed || !isClear(bytes, unusedBits)) throw new EncodeError("out-of-range");
      writer.u8(unusedBits);
      writer.bytes(bytes);
    },
  );
}

/** BIT STRING of whole octets: a key, a signature. */
export function octetBits(limits: { max?: number } = {}): Tagged<Uint8Array> {
  const bits = bitString(limits);
  return tagged(
    bits.name,
    bits.tag,
    (reader, length) => {
      const start = reader.at;
      const { bytes, unusedBits } = bits.readContent(reader, length);
      if (unusedBits !== 0) throw reader.error("wrong-length", start);
      return bytes;
    },
    (writer, bytes) => bits.writeContent(writer, { bytes, unusedBits: 0 }),
  );
}

/** BIT STRING with a name for each bit, first bit first. Read in that order; zeros at the end are not written. */
export function namedBits<const N extends string>(names: readonly N[]): Tagged<readonly N[]> {
  const bits = bitString({ max: Math.ceil(names.length / 8) });
  return tagged(
    bits.name,
    bits.tag,
    (reader, length) => {
      const start = reader.at;
      const { bytes, unusedBits } = bits.readContent(reader, length);
      const count = bytes.length * 8 - unusedBits;
      if (count > names.length) throw reader.error("out-of-range", start);
      if (count > 0 && !isSet(bytes, count - 1)) throw reader.error("not-canonical", start);
      return names.filter((_, index) => index < count && isSet(bytes, index));
    },
    (writer, value) => {
      if (value.some((name) => !names.includes(name))) throw new EncodeError("out-of-range");
      const count = names.findLastIndex((name) => value.includes(name)) + 1;
      const bytes = new Uint8Array(Math.ceil(count / 8));
      for (const [index, name] of names.entries()) {
        if (value.includes(name)) bytes[index >> 3]! |= 0x80 >> (index & 7);
      }
      bits.writeContent(writer, { bytes, unusedBits: bytes.length * 8 - count });
    },
  );
}

function isSet(bytes: Uint8Array, index: number): boolean {
  return (bytes[index >> 3]! & (0x80 >> (index & 7))) !== 0;
}

function isClear(bytes: Uint8Array, unusedBits: number): boolean {
  return bytes.length === 0 || (bytes.at(-1)! & ((1 << unusedBits) - 1)) === 0;
}

/** X.690 §8.3.2: the first nine bits are not all alike, and there is one octet at least. */
function integerOctets(octets: Uint8Array, refuse: () => Error): Uint8Array {
  const [first, second] = octets;
  if (first === undefined) throw refuse();
  if (second !== undefined && (first === 0 || first === 0xff) && (first & 0x80) === (second & 0x80)) throw refuse();
  return octets;
}

function bigintOf(octets: Uint8Array): bigint {
  let value = BigInt.asIntN(8, BigInt(octets[0]!));
  for (let at = 1; at < octets.length; at++) value = (value << 8n) | BigInt(octets[at]!);
  return value;
}

/** Two's complement in the fewest octets. */
function octetsOfBigint(value: bigint): Uint8Array {
  if (BigInt.asIntN(64, value) === value) return octetsOfInt64(value);
  const octets: number[] = [];
  let rest = value;
  do {
    octets.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  if (octets[0]! >= 0x80 !== value < 0n) octets.unshift(value < 0n ? 0xff : 0);
  return Uint8Array.from(octets);
}

/** The same for what nearly all numbers are. */
function octetsOfInt64(value: bigint): Uint8Array {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigInt64(0, value);
  const sign = value < 0n ? 0xff : 0;
  let first = 0;
  while (first < 7 && octets[first] === sign && (octets[first + 1]! ^ sign) < 0x80) first++;
  return octets.subarray(first);
}

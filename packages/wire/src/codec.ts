/**
 * Messages are declared once, in the standard's words and order; type, reader, writer and error path follow from it.
 *
 * These blocks are for fixed layouts (a header, a buffer that is signed). Rooms with a type-length-value grammar add
 * their own blocks (sml: `sequence`, `choice`) on the same `Codec` and the same `fieldList`.
 */

import { DecodeError, EncodeError } from "./errors.ts";
import type { ByteReader } from "./reader.ts";
import type { ByteWriter } from "./writer.ts";

/** Reads and writes one kind of value. `read(write(x)) = x` for every value of the type. */
export interface Codec<T, R extends ByteReader = ByteReader, W extends ByteWriter = ByteWriter> {
  /** In the standard's words, for dumps. */
  readonly name: string;
  read(reader: R): T;
  write(writer: W, value: T): void;
}

/** A field that may be absent. Its value is `undefined` then; a caller who writes may leave it out. */
export interface OptionalCodec<T, R extends ByteReader = ByteReader, W extends ByteWriter = ByteWriter> extends Codec<
  T | undefined,
  R,
  W
> {
  readonly optional: true;
}

/** The type that a declaration describes. */
export type Infer<C> = C extends Codec<infer T, any, any> ? T : never; // any: whatever reader the room uses

/** Named codecs in the order of the standard; a room with a grammar of its own uses its own reader and writer. */
export type Fields<R extends ByteReader = any, W extends ByteWriter = any> = Readonly<Record<string, Codec<any, R, W>>>; // any: the record is open

type OptionalNames<F extends Fields> = {
  [N in keyof F]: F[N] extends OptionalCodec<any, any, any> ? N : never;
}[keyof F]; // any: as above

/** Object of the declared fields; optional ones may be left out when writing. */
export type InferFields<F extends Fields> = { [N in Exclude<keyof F, OptionalNames<F>>]: Infer<F[N]> } & {
  [N in OptionalNames<F>]?: Infer<F[N]>;
} extends infer T
  ? { [N in keyof T]: T[N] }
  : never;

/** Named fields in declared order: what `layout` here and `sequence` in a room with its own grammar are made of. */
export interface FieldList<T, R extends ByteReader, W extends ByteWriter> {
  readonly count: number;
  /** Reads all; an error inside a field carries the field's name. */
  read(reader: R): T;
  /** Writes all; an error inside a field carries the field's name. */
  write(writer: W, value: T): void;
}

export function fieldList<F extends Fields>(fields: F): FieldList<InferFields<F>, ByteReader, ByteWriter> {
  const names = Object.keys(fields);
  const codecs = names.map((name) => fields[name]!);
  return {
    count: names.length,
    read(reader) {
      const { observer } = reader;
      const result: Record<string, unknown> = {};
      let index = 0;
      try {
        for (; index < codecs.length; index++) {
          const name = names[index]!;
          observer?.begin(name, reader.at);
          const value = codecs[index]!.read(reader);
          observer?.end(value, reader.at);
          result[name] = value;
        }
      } catch (error) {
        throw error instanceof DecodeError ? error.within(names[index]!) : error;
      }
      return result as InferFields<F>; // the loop has set exactly the declared names
    },
    write(writer, value) {
      const given = value as Record<string, unknown>; // its names are those of `fields`, by type
      let index = 0;
      try {
        for (; index < codecs.length; index++) codecs[index]!.write(writer, given[names[index]!]);
      } catch (error) {
        throw error instanceof EncodeError ? error.within(names[index]!) : error;
      }
    },
  };
}

/** Fields one after the other, nothing between them. */
export function layout<F extends Fields>(name: string, fields: F): Codec<InferFields<F>> {
  const list = fieldList(fields);
  return { name, read: list.read, write: list.write };
}

/** Unsigned integer of 1 to 6 bytes, most significant first. */
export function uint(byteLength: number): Codec<number> {
  return {
    name: `u${byteLength * 8}`,
    read: (reader) => reader.uint(byteLength),
    write: (writer, value) => writer.uint(value, byteLength),
  };
}

/** Unsigned integer of 1 to 6 bytes, least significant first. */
export function uintLE(byteLength: number): Codec<number> {
  return {
    name: `u${byteLength * 8}le`,
    read: (reader) => reader.uintLE(byteLength),
    write: (writer, value) => writer.uintLE(value, byteLength),
  };
}

/** Signed 64-bit integer in two's complement, least significant byte first. */
export const int64LE: Codec<bigint> = {
  name: "i64le",
  read: (reader) => {
    const low = BigInt(reader.uintLE(4));
    return BigInt.asIntN(64, (BigInt(reader.uintLE(4)) << 32n) | low);
  },
  write: (writer, value) => {
    if (value !== BigInt.asIntN(64, value)) throw new EncodeError("out-of-range");
    const bits = BigInt.asUintN(64, value);
    writer.uintLE(Number(bits & 0xffff_ffffn), 4);
    writer.uintLE(Number(bits >> 32n), 4);
  },
};

/** Signed 8-bit integer. */
export const int8: Codec<number> = {
  name: "i8",
  read: (reader) => (reader.u8() << 24) >> 24,
  write: (writer, value) => {
    if (!Number.isInteger(value) || value < -128 || value > 127) throw new EncodeError("out-of-range");
    writer.u8(value & 0xff);
  },
};

/** Exactly `byteLength` octets. Reading gives a view into the input. */
export function octetsOf(byteLength: number): Codec<Uint8Array> {
  return {
    name: `octets(${byteLength})`,
    read: (reader) => reader.take(byteLength),
    write: (writer, value) => {
      if (value.length !== byteLength) throw new EncodeError("wrong-length");
      writer.bytes(value);
    },
  };
}

/** Up to `byteLength` octets in a field of that size, zeros behind. Reading gives the whole field. */
export function zeroPadded(byteLength: number): Codec<Uint8Array> {
  return {
    name: `padded(${byteLength})`,
    read: (reader) => reader.take(byteLength),
    write: (writer, value) => {
      if (value.length > byteLength) throw new EncodeError("too-long");
      writer.bytes(value);
      writer.bytes(new Uint8Array(byteLength - value.length));
    },
  };
}

/** Decodes a whole input: every byte is read, or the error says which one is too many. */
export function decodeAll<T>(codec: Codec<T>, reader: ByteReader): T {
  try {
    const value = codec.read(reader);
    reader.expectEnd();
    return value;
  } catch (error) {
    throw error instanceof DecodeError ? error.within(codec.name) : error;
  }
}

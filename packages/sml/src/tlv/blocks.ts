/**
 * Blocks to declare SML messages with: the standard's data types and its two constructors, SEQUENCE and CHOICE.
 *
 * Every block reads strictly by its declaration. What meters do otherwise is allowed at the one place where it occurs
 * and noted there as a deviation. Source: SML 1.04, data types and encoding.
 */

import {
  type Codec,
  DecodeError,
  EncodeError,
  fieldList,
  type Fields,
  type Infer,
  type InferFields,
  type OptionalCodec,
} from "@siegel/wire";
import { type SmlReader, tlvType } from "./reader.ts";
import type { SmlWriter } from "./writer.ts";

export type SmlCodec<T> = Codec<T, SmlReader, SmlWriter>;

/** Octet String. `max` is the standard's limit, or ours where it names none. */
export function octets({ min = 0, max = 255 }: { min?: number; max?: number } = {}): SmlCodec<Uint8Array> {
  return {
    name: "OctetString",
    read(reader) {
      const start = reader.at;
      reader.expect(tlvType.octets);
      if (reader.length > max) throw reader.error("too-long", start);
      if (reader.length < min) throw reader.error("wrong-length", start);
      return reader.take(reader.length);
    },
    write(writer, value) {
      if (value.length > max || value.length < min) throw new EncodeError("wrong-length");
      writer.octets(value);
    },
  };
}

/** Unsigned8 … Unsigned32: the declared width or less. */
export function unsigned(bits: 8 | 16 | 32): SmlCodec<number> {
  return {
    name: `Unsigned${bits}`,
    read(reader) {
      const start = reader.at;
      reader.expect(tlvType.unsigned);
      checkWidth(reader, bits, start);
      return reader.uint(reader.length);
    },
    write: (writer, value) => writer.declared(tlvType.unsigned, value, bits / 8),
  };
}

/** Integer8 … Integer64: the declared width or less. Up to 32 bits the value is always a number. */
export function signed(bits: 8 | 16 | 32): SmlCodec<number>;
export function signed(bits: 64): SmlCodec<number | bigint>;
export function signed(bits: 8 | 16 | 32 | 64): SmlCodec<number | bigint>;
export function signed(bits: 8 | 16 | 32 | 64): SmlCodec<any> {
  // any: the overloads tell which of number and bigint it is
  return {
    name: `Integer${bits}`,
    read(reader: SmlReader) {
      const start = reader.at;
      reader.expect(tlvType.signed);
      checkWidth(reader, bits, start);
      return reader.signedValue();
    },
    write: (writer: SmlWriter, value: number | bigint) => writer.declared(tlvType.signed, value, bits / 8),
  };
}

/** The declared width or less; less is noted as this encoder's style. */
function checkWidth(reader: SmlReader, bits: number, start: number): void {
  const width = reader.length * 8;
  if (width < 8 || width > bits) throw reader.error("wrong-length", start);
  if (width < bits) reader.style.integers = "minimal";
}

/** Boolean: 0 is false, anything else true. */
export const boolean: SmlCodec<boolean> = {
  name: "Boolean",
  read(reader) {
    const start = reader.at;
    reader.expect(tlvType.boolean);
    if (reader.length !== 1) throw reader.error("wrong-length", start);
    return reader.u8() !== 0;
  },
  write(writer, value) {
    writer.tl(tlvType.boolean, 1);
    writer.u8(value ? 1 : 0);
  },
};

/** OPTIONAL: an element that may be marked absent. An empty octet string cannot be told from an absent one. */
export function optional<T>(codec: SmlCodec<T>): OptionalCodec<T, SmlReader, SmlWriter> {
  return {
    name: codec.name,
    optional: true,
    read: (reader) => (reader.skipAbsent() ? undefined : codec.read(reader)),
    write: (writer, value) => (value === undefined ? writer.absent() : codec.write(writer, value)),
  };
}

/** SEQUENCE: a list of exactly these elements in this order. */
export function sequence<F extends Fields<SmlReader, SmlWriter>>(name: string, fields: F): SmlCodec<InferFields<F>> {
  const list = fieldList(fields);
  return {
    name,
    read(reader) {
      const start = reader.at;
      reader.expect(tlvType.list);
      if (reader.length !== list.count) throw reader.error("wrong-length", start);
      return list.read(reader);
    },
    write(writer, value) {
      writer.tl(tlvType.list, list.count);
      list.write(writer, value);
    },
  };
}

/** SEQUENCE OF: a list of any number of elements of one type. */
export function listOf<T>(element: SmlCodec<T>, { max = 4096 }: { max?: number } = {}): SmlCodec<readonly T[]> {
  return {
    name: `List of ${element.name}`,
    read(reader) {
      const start = reader.at;
      reader.expect(tlvType.list);
      const count = reader.length;
      if (count > max) throw reader.error("too-long", start);
      const result: T[] = [];
      try {
        while (result.length < count) {
          reader.observer?.begin(`[${result.length}]`, reader.at);
          const value = element.read(reader);
          reader.observer?.end(value, reader.at);
          result.push(value);
        }
      } catch (error) {
        throw error instanceof DecodeError ? error.within(`[${result.length}]`) : error;
      }
      return result;
    },
    write(writer, value) {
      if (value.length > max) throw new EncodeError("too-long");
      writer.tl(tlvType.list, value.length);
      let index = 0;
      try {
        for (; index < value.length; index++) element.write(writer, value[index]!);
      } catch (error) {
        throw error instanceof EncodeError ? error.within(`[${index}]`) : error;
      }
    },
  };
}

/** The alternatives of a CHOICE: tag and codec by name. */
export type Alternatives = Readonly<Record<string, readonly [tag: number, codec: SmlCodec<any>]>>; // any: open record

/** One of the alternatives: `kind` is its name. */
export type InferChoice<A extends Alternatives> = {
  [K in keyof A]: { readonly kind: K; readonly value: Infer<A[K][1]> };
}[keyof A];

/** CHOICE: a list of an unsigned tag and the element that the tag names. */
export function choice<A extends Alternatives>(name: string, alternatives: A): SmlCodec<InferChoice<A>> {
  const byTag = new Map(Object.entries(alternatives).map(([kind, [tag, codec]]) => [tag, { kind, codec }] as const));
  const tagCodec = unsigned(8);
  return {
    name,
    read(reader) {
      const start = reader.at;
      reader.expect(tlvType.list);
      if (reader.length !== 2) throw reader.error("wrong-length", start);
      const tagAt = reader.at;
      const found = byTag.get(tagCodec.read(reader));
      if (found === undefined) throw reader.error("unknown-tag", tagAt);
      const value = within(found.kind, () => {
        reader.observer?.begin(found.kind, reader.at);
        const content = found.codec.read(reader);
        reader.observer?.end(content, reader.at);
        return content;
      });
      return { kind: found.kind, value };
    },
    write(writer, value) {
      const kind = value.kind as string; // a key of `alternatives`, by type
      const alternative = alternatives[kind];
      if (alternative === undefined) throw new EncodeError("wrong-type");
      writer.tl(tlvType.list, 2);
      tagCodec.write(writer, alternative[0]);
      within(kind, () => alternative[1].write(writer, value.value));
    },
  };
}

/** A codec that is declared further down: for trees. Each use is one level of depth. */
export function nested<T>(name: string, codec: () => SmlCodec<T>): SmlCodec<T> {
  return {
    name,
    read(reader) {
      reader.enter();
      try {
        return codec().read(reader);
      } finally {
        reader.leave(); // a lenient reader goes on with the next message
      }
    },
    write: (writer, value) => codec().write(writer, value),
  };
}

function within<T>(field: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof DecodeError || error instanceof EncodeError ? error.within(field) : error;
  }
}

/**
 * Types made of types: SEQUENCE, SEQUENCE OF, SET OF, CHOICE, tags, OPTIONAL and DEFAULT.
 *
 * Source: X.680 §25–31; X.690 §8.9–8.14, §11.5 (a DEFAULT value is not encoded), §11.6 (SET OF is sorted).
 */

import {
  type ByteWriter,
  DecodeError,
  EncodeError,
  fieldList,
  type Fields,
  type Infer,
  type InferFields,
  type OptionalCodec,
} from "@siegel/wire";
import { type Der, encodeDer, retagged, type Tagged, tagged } from "./der.ts";
import { compareEncodings } from "./order.ts";
import type { DerReader } from "./reader.ts";
import { contextTag, tag } from "./tags.ts";

/** SEQUENCE: these fields in this order, nothing else. */
export function sequence<F extends Fields<DerReader, ByteWriter>>(name: string, fields: F): Tagged<InferFields<F>> {
  const list = fieldList(fields);
  return tagged(
    name,
    tag.sequence,
    (reader, length) => reader.inside(length, () => list.read(reader)),
    (writer, value) => list.write(writer, value),
  );
}

/** Least and most elements: 0 and 4,096 unless told. */
export interface CountLimits {
  readonly min?: number;
  readonly max?: number;
}

/** SEQUENCE OF. */
export function sequenceOf<T>(element: Der<T>, { min = 0, max = 4096 }: CountLimits = {}): Tagged<readonly T[]> {
  return tagged(
    `SEQUENCE OF ${element.name}`,
    tag.sequence,
    (reader, length) => readElements(element, reader, length, { min, max }),
    (writer, values) => {
      if (values.length < min || values.length > max) throw new EncodeError("wrong-length");
      for (const [index, value] of values.entries()) writeElement(element, writer, value, index);
    },
  );
}

/** SET OF: elements ascend by their encoding. A value may be written in any order. */
export function setOf<T>(element: Der<T>, { min = 0, max = 4096 }: CountLimits = {}): Tagged<readonly T[]> {
  return tagged(
    `SET OF ${element.name}`,
    tag.set,
    (reader, length) => {
      let previous: Uint8Array | undefined;
      return readElements(element, reader, length, { min, max }, (from, to) => {
        const encoding = reader.bytes.subarray(from, to);
        if (previous !== undefined && compareEncodings(previous, encoding) > 0)
          throw reader.error("not-canonical", from);
        previous = encoding;
      });
    },
    (writer, values) => {
      if (values.length < min || values.length > max) throw new EncodeError("wrong-length");
      const encodings = values.map((value, index) => {
        try {
          return encodeDer(element, value);
        } catch (error) {
          throw error instanceof EncodeError ? error.within(`[${index}]`) : error;
        }
      });
      for (const encoding of encodings.sort(compareEncodings)) writer.bytes(encoding);
    },
  );
}

type Choice<A extends Readonly<Record<string, Der<any>>>> = {
  // any: the alternatives are of different types
  [K in keyof A & string]: { readonly kind: K; readonly value: Infer<A[K]> };
}[keyof A & string];

/** CHOICE: the alternative whose tag stands there, under its name. */
export function choice<A extends Readonly<Record<string, Der<any>>>>(name: string, alternatives: A): Der<Choice<A>> {
  // any: as above
  const byTag = new Map<number, string>();
  for (const [kind, { tags }] of Object.entries(alternatives)) {
    for (const octet of tags) {
      if (byTag.has(octet)) throw new RangeError(`${name}: two alternatives begin alike`);
      byTag.set(octet, kind);
    }
  }
  return {
    name,
    tags: [...byTag.keys()],
    read(reader) {
      const kind = byTag.get(reader.nextTag);
      if (kind === undefined) throw reader.error(reader.atLimit ? "truncated" : "unknown-tag");
      try {
        return { kind, value: alternatives[kind]!.read(reader) };
      } catch (error) {
        throw error instanceof DecodeError ? error.within(kind) : error;
      }
    },
    write(writer, { kind, value }) {
      if (!Object.hasOwn(alternatives, kind)) throw new EncodeError("wrong-type");
      try {
        alternatives[kind]!.write(writer, value);
      } catch (error) {
        throw error instanceof EncodeError ? error.within(kind) : error;
      }
    },
  };
}

/** `[n] EXPLICIT`: a TLV around the TLV. */
export function explicit<T>(number: number, der: Der<T>): Tagged<T> {
  return tagged(
    der.name,
    contextTag(number, true),
    (reader, length) => reader.inside(length, () => der.read(reader)),
    (writer, value) => der.write(writer, value),
  );
}

/** `[n] IMPLICIT`: another tag on the same content. Not for CHOICE, whose tag says what it is. */
export function implicit<T>(number: number, der: Tagged<T>): Tagged<T> {
  return retagged(der, contextTag(number, false));
}

/** A field that may be absent from its SEQUENCE. */
export interface OptionalDer<T> extends OptionalCodec<T, DerReader> {
  readonly tags: readonly number[];
}

/** OPTIONAL. */
export function optional<T>(der: Der<T>): OptionalDer<T> {
  return {
    name: der.name,
    tags: der.tags,
    optional: true,
    read: (reader) => (der.tags.includes(reader.nextTag) ? der.read(reader) : undefined),
    write: (writer, value) => {
      if (value !== undefined) der.write(writer, value);
    },
  };
}

/** DEFAULT: absent when it has this value, and only then. */
export function withDefault<T>(der: Der<T>, value: T): Der<T> {
  const encoding = encodeDer(der, value);
  return {
    name: der.name,
    tags: der.tags,
    read(reader) {
      if (!der.tags.includes(reader.nextTag)) return value;
      const start = reader.at;
      const read = der.read(reader);
      if (compareEncodings(reader.bytes.subarray(start, reader.at), encoding) === 0)
        throw reader.error("not-canonical", start);
      return read;
    },
    write(writer, given) {
      const bytes = encodeDer(der, given);
      if (compareEncodings(bytes, encoding) !== 0) writer.bytes(bytes);
    },
  };
}

export interface WithRaw<T> {
  readonly value: T;
  /** Exactly the octets it was read from: what a signature covers. A view into the input. */
  readonly raw: Uint8Array;
}

/** The value and the octets it came from. Written are the octets. */
export function withRaw<T>(der: Der<T>): Der<WithRaw<T>> {
  return {
    name: der.name,
    tags: der.tags,
    read(reader) {
      const start = reader.at;
      const value = der.read(reader);
      return { value, raw: reader.bytes.subarray(start, reader.at) };
    },
    write: (writer, { raw }) => writer.bytes(raw),
  };
}

/** OCTET STRING whose octets are the DER of another type, nothing behind it. */
export function encapsulated<T>(der: Der<T>): Tagged<T> {
  return tagged(
    der.name,
    tag.octetString,
    (reader, length) => reader.inside(length, () => der.read(reader)),
    (writer, value) => der.write(writer, value),
  );
}

function readElements<T>(
  element: Der<T>,
  reader: DerReader,
  length: number,
  { min, max }: Required<CountLimits>,
  checkOrder: (from: number, to: number) => void = () => {},
): readonly T[] {
  const start = reader.at;
  return reader.inside(length, () => {
    const values: T[] = [];
    while (!reader.atLimit) {
      if (values.length === max) throw reader.error("too-long");
      const from = reader.at;
      const field = `[${values.length}]`;
      reader.observer?.begin(field, from);
      try {
        values.push(element.read(reader));
      } catch (error) {
        throw error instanceof DecodeError ? error.within(field) : error;
      }
      reader.observer?.end(values.at(-1), reader.at);
      checkOrder(from, reader.at);
    }
    if (values.length < min) throw reader.error("wrong-length", start);
    return values;
  });
}

function writeElement<T>(element: Der<T>, writer: ByteWriter, value: T, index: number): void {
  try {
    element.write(writer, value);
  } catch (error) {
    throw error instanceof EncodeError ? error.within(`[${index}]`) : error;
  }
}

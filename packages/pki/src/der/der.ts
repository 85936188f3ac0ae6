/**
 * What a block of DER is: a codec of one tag-length-value, which knows the identifier octets that it begins with.
 *
 * In: an ASN.1 type, declared with the blocks beside its text.  Out: type, strict reader, writer, error path.
 * Strict means: what is read, written again, gives the same bytes. Nothing is read twice or in another way.
 * Octets of a result are views into the input.
 */

import { ByteWriter, type Codec, DecodeError, type DecodeErrorCode, EncodeError } from "@siegel/wire";
import { DerReader } from "./reader.ts";
import { constructedBit } from "./tags.ts";

/** Codec of one TLV, or of one of several. */
export interface Der<T> extends Codec<T, DerReader> {
  /** Identifier octets that it may begin with. */
  readonly tags: readonly number[];
}

/** A TLV of one known tag, so that the tag can be replaced (`implicit`). */
export interface Tagged<T> extends Der<T> {
  readonly tag: number;
  /** Reads content of `length` octets, which are known to be there; must read all of them. */
  readContent(reader: DerReader, length: number): T;
  writeContent(writer: ByteWriter, value: T): void;
}

export interface DecodeDerOptions {
  /** Longest input; 16 MiB unless told. */
  readonly maxBytes?: number;
  /** Offset of the input in the whole, for errors. */
  readonly base?: number;
}

/**
 * Decodes a whole input. Octets in the result are views into it.
 *
 * @throws {DecodeError} with path and offset: not DER, not this type, or above a limit of the declaration.
 */
export function decodeDer<T>(der: Der<T>, bytes: Uint8Array, options: DecodeDerOptions = {}): T {
  const reader = new DerReader(bytes, { base: options.base ?? 0 });
  try {
    if (bytes.length > (options.maxBytes ?? maxDerBytes)) throw reader.error("too-long");
    const value = der.read(reader);
    reader.expectEnd();
    return value;
  } catch (error) {
    throw error instanceof DecodeError ? error.within(der.name) : error;
  }
}

/**
 * The one encoding of a value.
 *
 * @throws {EncodeError} naming the field whose value the type cannot carry.
 */
export function encodeDer<T>(der: Der<T>, value: T, maxBytes: number = maxDerBytes): Uint8Array {
  const writer = new ByteWriter(maxBytes);
  try {
    der.write(writer, value);
  } catch (error) {
    throw error instanceof EncodeError ? error.within(der.name) : error;
  }
  return writer.toBytes();
}

/** A block out of its tag and how its content is read and written. */
export function tagged<T>(
  name: string,
  tag: number,
  readContent: (reader: DerReader, length: number) => T,
  writeContent: (writer: ByteWriter, value: T) => void,
): Tagged<T> {
  return {
    name,
    tag,
    tags: [tag],
    readContent,
    writeContent,
    read: (reader) => readContent(reader, reader.expect(tag)),
    write: (writer, value) => writeTlv(writer, tag, () => writeContent(writer, value)),
  };
}

/** The same block under another tag; the form (primitive, constructed) stays. */
export function retagged<T>(der: Tagged<T>, tag: number): Tagged<T> {
  const form = der.tag & constructedBit;
  return tagged(der.name, tag | form, der.readContent, der.writeContent);
}

/**
 * The same TLV with its value in other words. `from` throws what `refuse` gives where the value has none; `to` throws an
 * EncodeError.
 */
export function mapped<T, U>(
  der: Tagged<T>,
  name: string,
  from: (value: T, refuse: (code: DecodeErrorCode) => DecodeError) => U,
  to: (value: U) => T,
): Tagged<U> {
  return tagged(
    name,
    der.tag,
    (reader, length) => {
      const start = reader.at;
      return from(der.readContent(reader, length), (code) => reader.error(code, start));
    },
    (writer, value) => der.writeContent(writer, to(value)),
  );
}

/** Writes tag, length and content. The length is known behind the content, so long content is moved once. */
function writeTlv(writer: ByteWriter, tag: number, writeContent: () => void): void {
  writer.u8(tag);
  writer.u8(0);
  const start = writer.length;
  writeContent();
  const length = writer.length - start;
  if (length < 0x80) {
    writer.written(start - 1, start)[0] = length;
    return;
  }
  const lengthBytes = bytesOf(length);
  writer.bytes(lengthBytes); // makes room; where it belongs is further up
  const all = writer.written();
  all.copyWithin(start + lengthBytes.length, start, start + length);
  all[start - 1] = 0x80 | lengthBytes.length;
  all.set(lengthBytes, start);
}

function bytesOf(length: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

const maxDerBytes = 1 << 24;

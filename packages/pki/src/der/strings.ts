/** Text. Source: X.690 §8.23 (UTF-8, shortest form), X.680 §41 (PrintableString). */

import { EncodeError } from "@siegel/wire";
import { type Tagged, tagged } from "./der.ts";
import { tag } from "./tags.ts";

/** Least and most characters; 0 and 1,024 unless told. */
export interface TextLimits {
  readonly min?: number;
  readonly max?: number;
}

/** UTF8String. Characters are code points. */
export function utf8String(limits?: TextLimits): Tagged<string> {
  return text("UTF8String", tag.utf8String, 4, () => true, limits);
}

/** PrintableString: letters, digits, blank and `'()+,-./:=?`. */
export function printableString(limits?: TextLimits): Tagged<string> {
  return text("PrintableString", tag.printableString, 1, (value) => /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value), limits);
}

/** IA5String: ASCII. */
export function ia5String(limits?: TextLimits): Tagged<string> {
  return text("IA5String", tag.ia5String, 1, isAscii, limits);
}

function text(
  name: string,
  octet: number,
  bytesPerCharacter: number,
  isAllowed: (value: string) => boolean,
  { min = 0, max = 1024 }: TextLimits = {},
): Tagged<string> {
  return tagged(
    name,
    octet,
    (reader, length) => {
      const start = reader.at;
      if (length > max * bytesPerCharacter) throw reader.error("too-long");
      const value = decodeUtf8(reader.take(length));
      if (value === undefined || !isAllowed(value)) throw reader.error("out-of-range", start);
      const count = countOf(value);
      if (count > max) throw reader.error("too-long", start);
      if (count < min) throw reader.error("wrong-length", start);
      return value;
    },
    (writer, value) => {
      if (!value.isWellFormed() || !isAllowed(value)) throw new EncodeError("out-of-range");
      const count = countOf(value);
      if (count > max || count < min) throw new EncodeError("wrong-length");
      writer.bytes(new TextEncoder().encode(value));
    },
  );
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined; // not UTF-8: the caller knows the place
  }
}

function isAscii(value: string): boolean {
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) > 0x7f) return false;
  return true;
}

function countOf(value: string): number {
  return isAscii(value) ? value.length : Array.from(value).length;
}

/** A byte order mark is a character as any other: dropped, it would not be written again. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

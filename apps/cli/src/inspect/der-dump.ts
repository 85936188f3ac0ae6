/**
 * An annotated dump of DER: each tag-length-value with its field, its type and its meaning.
 *
 * In: octets, and the names that a declaration gave to places in them.  Out: lines in the order of the bytes; each byte
 * stands in exactly one of them.  Not here: whether a signature holds; what kind of document it is (./kinds).
 * DER within an OCTET STRING or BIT STRING is opened where it is whole: extensions, signatures, sealed content.
 * Where the grammar breaks, the dump says why and shows the rest undivided.
 */

import { oid as oidOf, DerReader, type Der } from "@siegel/pki";
import type { DumpLine } from "@siegel/sml";
import { DecodeError, type FieldObserver, toHex } from "@siegel/wire";
import { printableText } from "../output/text.ts";
import { nameOfOid } from "./oid-names.ts";

/** Field names by the offset of the TLV that they stand at. */
export type FieldNames = ReadonlyMap<number, string>;

/** The names that a declaration gives to the fields of these octets, as far as it can read them. */
export function fieldNames(declaration: Der<unknown>, bytes: Uint8Array, base = 0): Map<number, string> {
  const names = new Map<number, string>();
  const observer: FieldObserver = {
    // An absent field begins where the next one does: the last to begin at a place is the one that stands there.
    begin: (field, at) => void names.set(base + at, field),
    end: () => {},
  };
  try {
    declaration.read(new DerReader(bytes, { observer }));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error; // names up to the fault are still right
  }
  return names;
}

/** Dumps one DER structure, or several in a row. */
export function dumpDer(bytes: Uint8Array, names: FieldNames = new Map()): readonly DumpLine[] {
  const lines: DumpLine[] = [];
  const frames: { end: number; depth: number }[] = [{ end: bytes.length, depth: 0 }];
  let at = 0;
  while (at < bytes.length) {
    while (frames.length > 1 && at >= frames.at(-1)!.end) frames.pop();
    const { end, depth } = frames.at(-1)!;
    const header = headerAt(bytes, at, end);
    const field = names.get(at);
    if (typeof header === "string" || frames.length > maxDepth) {
      const code = typeof header === "string" ? header : "nested-too-deep";
      const rest = bytes.subarray(at);
      lines.push({
        offset: at,
        bytes: rest,
        depth,
        field: field ?? "rest",
        meaning: faults[code] ?? code,
        error: { code, path: field ?? "" },
      });
      return lines;
    }
    const { tag, start, length } = header;
    const opened = openedAt(bytes, tag, start, length);
    const bodyEnd = opened ?? start + length;
    const type = typeOf(tag);
    const content = bytes.subarray(start, start + length);
    const meaning = opened === undefined ? meaningOf(tag, content) : `${length} bytes`;
    const text = field === undefined ? meaning : [type, meaning].filter(Boolean).join(" ");
    lines.push({ offset: at, bytes: bytes.subarray(at, bodyEnd), depth, field: field ?? type, meaning: text });
    if (opened !== undefined) frames.push({ end: start + length, depth: depth + 1 });
    at = bodyEnd;
  }
  return lines;
}

interface Header {
  readonly tag: number;
  /** First byte of the content. */
  readonly start: number;
  readonly length: number;
}

/** Identifier and length, which fits; else why not. */
function headerAt(bytes: Uint8Array, at: number, end: number): Header | string {
  const reader = new DerReader(bytes.subarray(0, end));
  reader.at = at;
  try {
    const tag = reader.nextTag;
    const length = reader.header();
    return { tag, start: reader.at, length };
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

/** Where the inside of a TLV begins, if it is made of TLVs. */
function openedAt(bytes: Uint8Array, tag: number, start: number, length: number): number | undefined {
  if ((tag & 0x20) !== 0) return start;
  const inner = tag === 0x04 ? start : tag === 0x03 && bytes[start] === 0 ? start + 1 : undefined;
  if (inner === undefined || inner >= start + length || bytes[inner] !== 0x30) return undefined;
  return isWhole(bytes, inner, start + length) ? inner : undefined;
}

/** Whether one sequence, and TLVs all through its first level, fill these bytes exactly. */
function isWhole(bytes: Uint8Array, from: number, to: number): boolean {
  const outer = headerAt(bytes, from, to);
  if (typeof outer === "string" || outer.start + outer.length !== to) return false;
  let at = outer.start;
  while (at < to) {
    const header = headerAt(bytes, at, to);
    if (typeof header === "string") return false;
    at = header.start + header.length;
  }
  return true;
}

function meaningOf(tag: number, content: Uint8Array): string {
  switch (tag) {
    case 0x01:
      return content[0] === 0 ? "false" : "true";
    case 0x02:
    case 0x0a:
      return content.length <= 8 ? String(integerOf(content)) : `${content.length * 8} bits`;
    case 0x06:
      return oidText(content);
    case 0x0c:
    case 0x13:
    case 0x16:
      return printableText(content) ?? asciiText(content);
    case 0x17:
    case 0x18:
      return asciiText(content);
    default:
      return content.length === 0 ? "" : `${content.length} bytes`;
  }
}

function integerOf(content: Uint8Array): bigint {
  return content.length === 0 ? 0n : BigInt.asIntN(8 * content.length, BigInt(`0x${toHex(content)}`));
}

function oidText(content: Uint8Array): string {
  try {
    const dotted = oidOf().readContent(new DerReader(content), content.length);
    const name = nameOfOid(dotted);
    return name === undefined ? dotted : `${name} (${dotted})`;
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

/** A stranger's string on a screen: what is not plain ASCII is left out. */
function asciiText(content: Uint8Array): string {
  return Array.from(content, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "·")).join("");
}

function typeOf(tag: number): string {
  const known = types[tag];
  if (known !== undefined) return known;
  return (tag & 0xc0) === 0x80 ? `[${tag & 0x1f}]` : `tag ${tag.toString(16).padStart(2, "0")}`;
}

const types: Readonly<Record<number, string>> = {
  0x01: "BOOLEAN",
  0x02: "INTEGER",
  0x03: "BIT STRING",
  0x04: "OCTET STRING",
  0x05: "NULL",
  0x06: "OBJECT IDENTIFIER",
  0x0a: "ENUMERATED",
  0x0c: "UTF8String",
  0x13: "PrintableString",
  0x16: "IA5String",
  0x17: "UTCTime",
  0x18: "GeneralizedTime",
  0x30: "SEQUENCE",
  0x31: "SET",
};
const faults: Readonly<Record<string, string>> = {
  truncated: "ends before its length says",
  "not-canonical": "a length written in another way than DER has",
  "unknown-tag": "a tag of more than one byte",
  "too-long": "a length of more than four bytes",
  "nested-too-deep": "nested too deep",
};
const maxDepth = 32;

/**
 * Composes DER from parts that are DER already: what is sealed all day long, written without going through the declarations.
 *
 * Why: a declared writer costs about a tenth of the signature itself. What is written here is read by the declarations beside
 * it, and a test holds both against each other, octet by octet.
 */

import { encodeDer, oid } from "@siegel/pki";
import { oids } from "../oids.ts";

/** One TLV: tag, length in the fewest octets, the parts one after another. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const head = headerBytes(length);
  const whole = new Uint8Array(head + length);
  whole[0] = tag;
  if (head === 2) whole[1] = length;
  else {
    whole[1] = 0x80 | (head - 2);
    for (let at = head - 1, rest = length; at > 1; at--, rest >>>= 8) whole[at] = rest & 0xff;
  }
  let at = head;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Octets of tag and length in front of so much content. */
export function headerBytes(length: number): number {
  if (length < 0x80) return 2;
  return length < 0x100 ? 3 : length < 0x1_0000 ? 4 : length < 0x100_0000 ? 5 : 6;
}

/** Elements of a SET OF in the order of DER: X.690 §11.6. */
export function sorted(elements: readonly Uint8Array[]): readonly Uint8Array[] {
  return elements.toSorted(compare);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}

/** Identifier octets. */
export const tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  sequence: 0x30,
  set: 0x31,
  /** `[n]`, primitive and constructed. */
  context: (number: number): number => 0x80 | number,
  constructed: (number: number): number => 0xa0 | number,
} as const;

/** OBJECT IDENTIFIERs in DER. */
export const oidDer: Readonly<Record<keyof typeof oids, Uint8Array>> = Object.fromEntries(
  Object.entries(oids).map(([name, text]) => [name, encodeDer(oid(), text)]),
) as Record<keyof typeof oids, Uint8Array>; // the same names

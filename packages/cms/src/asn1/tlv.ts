/**
 * Composes DER from parts that are DER already: what is sealed all day long, written without going through the declarations.
 *
 * Why: a declared writer costs about a tenth of the signature itself. What is written here is read by the declarations beside
 * it, and a test holds both against each other, octet by octet.
 */

import { encodeDer, oid } from "@siegel/pki";
import { oids } from "../oids.ts";

/** DER: octets, or a TLV that is not laid out yet. */
export type Part = Uint8Array | Tlv;

/**
 * Tag, length in the fewest octets, the parts one after another. Laid out when asked: a structure of twenty TLVs takes one
 * piece of memory then, and each octet is copied once.
 */
export class Tlv {
  readonly #tag: number;
  readonly #parts: readonly Part[];
  readonly #contentLength: number;
  /** Octets of all of it. */
  readonly length: number;

  constructor(tag: number, parts: readonly Part[]) {
    let contentLength = 0;
    for (const part of parts) contentLength += part.length;
    this.#tag = tag;
    this.#parts = parts;
    this.#contentLength = contentLength;
    this.length = headerBytes(contentLength) + contentLength;
  }

  toBytes(): Uint8Array {
    const whole = new Uint8Array(this.length);
    this.#write(whole, 0);
    return whole;
  }

  /** Returns the place behind it. */
  #write(into: Uint8Array, start: number): number {
    const head = headerBytes(this.#contentLength);
    into[start] = this.#tag;
    if (head === 2) into[start + 1] = this.#contentLength;
    else {
      into[start + 1] = 0x80 | (head - 2);
      for (let at = start + head - 1, rest = this.#contentLength; at > start + 1; at--, rest >>>= 8)
        into[at] = rest & 0xff;
    }
    let at = start + head;
    for (const part of this.#parts) {
      if (part instanceof Tlv) at = part.#write(into, at);
      else {
        into.set(part, at);
        at += part.length;
      }
    }
    return at;
  }
}

export function tlv(tag: number, ...parts: readonly Part[]): Tlv {
  return new Tlv(tag, parts);
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

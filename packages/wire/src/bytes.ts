/** Octets as text and back, compared and joined. Public data only: `equalBytes` is not constant-time. */

import { DecodeError } from "./errors.ts";

/** Lower-case hex, two digits an octet. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hexOfByte[byte];
  return text;
}

/**
 * Octets of a hex text. Blanks, line ends, colons and a leading `0x` are allowed between and before octets.
 *
 * @throws {DecodeError} "wrong-type" at the character that is no hex digit, "truncated" when a digit has no partner.
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  let count = 0;
  let high = -1;
  for (let at = /^\s*0x/i.test(text) ? text.search(/x/i) + 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = hexDigit(code);
    if (digit >= 0) {
      if (high < 0) high = digit;
      else {
        bytes[count++] = (high << 4) | digit;
        high = -1;
      }
    } else if (high >= 0 || !isHexSeparator(code)) throw new DecodeError("wrong-type", { path: "hex", offset: at });
  }
  if (high >= 0) throw new DecodeError("truncated", { path: "hex", offset: text.length });
  return bytes.subarray(0, count);
}

/** Same length and same octets. For public data; tags and secrets are compared in `crypto`. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** All parts in one new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Where `wanted` stands in `bytes` at or after `from`, or −1.
 * Engines search one byte natively; four equal bytes of a start marker are rare enough that this is the fast way.
 */
export function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from = 0): number {
  const first = wanted[0];
  if (first === undefined) return from;
  const last = bytes.length - wanted.length;
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
    let matched = 1;
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched++;
    if (matched === wanted.length) return at;
  }
  return -1;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Space, tab, CR, LF, colon, comma, hyphen: what people paste between octets. */
function isHexSeparator(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x3a || code === 0x2c || code === 0x2d;
}

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Texts and numbers of a meter that are written in hex.
 *
 * P1 writes ids and messages as hex digits of their characters; some meters write the characters. Both are read.
 * Source: DSMR P1 companion standard 5.0.2 §6.12 (octet strings as two hex digits each).
 */

import { MeterId } from "@siegel/readings";
import { octetsOfText, textOfOctets } from "../framing/octets.ts";

/** The characters that hex digits stand for; the text itself when it is no hex or stands for what cannot be printed. */
export function plainText(text: string): string {
  const octets = octetsOfHex(text);
  return octets === undefined || !octets.every(isPrintable) ? text : textOfOctets(octets);
}

/** The id that a meter writes as hex or plainly; `undefined` for none. */
export function meterIdOfText(text: string): MeterId | undefined {
  const octets = octetsOfHex(text) ?? octetsOfText(text);
  return octets.length === 0 || octets.length > maxIdBytes ? undefined : MeterId.of(octets);
}

/** Octets of a text that is nothing but pairs of hex digits. Short ones are taken for what they are: a number. */
function octetsOfHex(text: string): Uint8Array | undefined {
  if (text.length < minHexDigits || text.length % 2 !== 0 || !hexText.test(text)) return undefined;
  const octets = new Uint8Array(text.length / 2);
  for (let at = 0; at < octets.length; at++) {
    octets[at] = hexDigit(text.charCodeAt(2 * at)) * 16 + hexDigit(text.charCodeAt(2 * at + 1));
  }
  return octets;
}

function hexDigit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}

function isPrintable(octet: number): boolean {
  return octet >= 0x20 && octet <= 0x7e;
}

const hexText = /^[0-9A-Fa-f]+$/;
/** An id or message of less than four characters was not seen, a number of six digits was. */
const minHexDigits = 8;
const maxIdBytes = 64;

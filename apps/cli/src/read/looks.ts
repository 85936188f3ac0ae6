/**
 * What the beginning of an input looks like, for D0 and P1, which are text of nearly the same form.
 *
 * Looked at once for each beginning: a hostile input makes a hundred thousand events out of one.
 * Telegrams that D0 meters push have the form of P1: header, objects, `!`. What tells them apart is the content: they write all
 * six groups (`1-0:1.8.0*255`) and no checksum; P1 never has the former, and objects of its own.
 */

import { type Guess, looksLikeD0, looksLikeP1, withoutParity } from "@siegel/iec62056-21";

export interface Looks {
  readonly p1: Guess;
  readonly d0: Guess;
  /** Whatever has the form of P1 is what a D0 meter pushed. */
  readonly isPushedD0: boolean;
  /** A line introduces the meter: data sets alone are in many a text. */
  readonly hasIdentification: boolean;
  /** In a thousand random octets stands something like `8(x)`; a read-out is text, its control characters and a wake-up aside. */
  readonly isMostlyText: boolean;
}

export function looksOf(beginning: Uint8Array): Looks {
  let looks = known.get(beginning);
  if (looks === undefined) known.set(beginning, (looks = look(beginning)));
  return looks;
}

function look(beginning: Uint8Array): Looks {
  const octets = withoutParity(beginning.subarray(0, lookBytes));
  const text = new TextDecoder("latin1").decode(octets);
  const others = octets.filter((octet) => !controls.has(octet));
  const printable = others.filter((octet) => octet >= 0x20 && octet < 0x7f).length;
  return {
    p1: looksLikeP1(beginning),
    d0: looksLikeD0(beginning),
    isPushedD0: /\d\*255\(/.test(text) && !ofP1.test(text),
    hasIdentification: /(?:^|\n)\/[A-Za-z]{3}[!-~][^\r\n]{0,40}\r?\n/.test(text),
    isMostlyText: printable >= leastTextShare * others.length,
  };
}

const known = new WeakMap<Uint8Array, Looks>();
const ofP1 = /![\dA-Fa-f]{4}|(?:0-0:1\.0\.0|1-3:0\.2\.8|0-\d:24\.\d\.\d)(?:\*255)?\(/;
const lookBytes = 4_096;
const leastTextShare = 0.9;
/** NUL of the wake-up, SOH, STX, ETX, EOT, ACK, NAK, line ends. */
const controls: ReadonlySet<number> = new Set([0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x15, 0x09, 0x0a, 0x0d]);

/**
 * Which of the two protocols of this room bytes may be: a cheap look at their beginning.
 *
 * "yes" is said only for what no other protocol begins with; "unsure" for what would be read if nobody else wants it.
 */

import { sealedByteLength } from "./p1/framer.ts";
import { textOfOctets } from "./framing/octets.ts";
import { withoutParity } from "./framing/parity.ts";

export type Guess = "yes" | "no" | "unsure";

/** A telegram header with objects behind it, or an encrypted frame. Push telegrams of D0 meters have the same form. */
export function looksLikeP1(bytes: Uint8Array): Guess {
  const sealed = bytes.indexOf(0xdb);
  if (sealed >= 0 && sealed < lookBytes && bytes[sealed + 1] === 8) {
    const size = sealedByteLength(bytes, sealed, bytes.length);
    if (typeof size === "number" && bytes[sealed + 10] === 0x82 && bytes[sealed + 13] === 0x30) return "yes";
  }
  const text = beginningOf(bytes);
  if (text.includes(stx)) return "no";
  if (header.test(text)) return "yes";
  return /(?:^|\n)(?:1-3:0\.2\.8|0-0:1\.0\.0|0-0:96\.1\.[14])\(/.test(text) ? "unsure" : "no";
}

/** A request, an identification before a block, a block with a data set, or lines of data sets. */
export function looksLikeD0(bytes: Uint8Array): Guess {
  const text = beginningOf(bytes);
  if (/\/\?[^!\r\n]{0,32}!\r?\n/.test(text)) return "yes";
  if (
    [soh, stx].some((mark) =>
      text
        .split(mark, 3)
        .slice(1)
        .some((part) => /^[ -~]{0,40}\(/.test(part)),
    )
  )
    return "yes";
  if (/(?:^|\n)\/[A-Za-z]{3}[!-~][^\r\n]{0,40}\r?\n/.test(text)) return "unsure";
  return dataSet.test(text) ? "unsure" : "no";
}

function beginningOf(bytes: Uint8Array): string {
  return textOfOctets(withoutParity(bytes.subarray(0, lookBytes)));
}

const soh = "\u0001";
const stx = "\u0002";
const lookBytes = 4_096;
const header =
  /(?:^|[\r\n!])\/[A-Za-z]{3}[!-~][^\r\n]{0,120}\r?\n(?:\r?\n)?[0-9]{1,3}-[0-9]{1,3}:[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}[^(\r\n]{0,5}\(/;
const dataSet = /(?:^|[\r\n)])[0-9CFLP][0-9CFLP.:*&-]{0,20}\([^()\r\n]{0,128}\)/;

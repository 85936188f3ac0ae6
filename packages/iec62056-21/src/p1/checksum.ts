/**
 * The checksum behind `!` of a P1 telegram, in the forms that meters and cables make of it.
 *
 * In: the octets from `/` through `!`, and the hex digits behind it.  Out: what they say of each other.
 * CRC-16/ARC over the octets as sent, four upper-case hex digits. In the field also: fewer digits (leading zeros left
 * out), lower case, X.25 in place of ARC (Holley DTSD545). A cable or editor that turns CR LF into LF breaks it: the
 * checksum is then tried once more over the line ends as they were sent.
 * Each form tried makes one more of 65,536 damaged telegrams pass: strict reading takes the first one only.
 * Source: DSMR P1 companion standard 5.0.2 §6.2; dsmr_parser issue 91 (X.25).
 */

import { crc16Arc, crc16X25 } from "@siegel/wire";

export type P1Checksum =
  /** None is there: DSMR before version 4, and push telegrams. */
  | "absent"
  | "good"
  /** X.25 holds: a known fault of Holley meters. */
  | "x25"
  /** It holds once LF is CR LF again: somebody between meter and us changed the line ends. */
  | "line-ends"
  | "bad";

/** Judges `bytes[from, mark]`, `mark` being the index of `!`, by the hex digits `[mark + 1, end)`. */
export function judgeChecksum(bytes: Uint8Array, from: number, mark: number, end: number): P1Checksum {
  if (end === mark + 1) return "absent";
  let told = 0;
  for (let at = mark + 1; at < end; at++) told = told * 16 + hexDigit(bytes[at]!);
  if (crc16Arc.of(bytes, from, mark + 1) === told) return "good";
  if (crc16X25.of(bytes, from, mark + 1) === told) return "x25";
  return arcOverCrLf(bytes, from, mark + 1) === told ? "line-ends" : "bad";
}

/** `522B`: what a telegram that ends in `!` is to be followed by. */
export function checksumText(bytes: Uint8Array): string {
  return crc16Arc.of(bytes).toString(16).toUpperCase().padStart(4, "0");
}

/** The value of a hex digit; −1 for anything else. */
export function hexDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The checksum with a CR put before each LF that has none; −1 when there is no such LF. */
function arcOverCrLf(bytes: Uint8Array, from: number, to: number): number {
  let crc = crc16Arc.start;
  let done = from;
  let isChanged = false;
  for (let at = from; at < to; at++) {
    if (bytes[at] !== lf || bytes[at - 1] === cr) continue;
    isChanged = true;
    crc = crc16Arc.update(crc, bytes, done, at);
    crc = crc16Arc.update(crc, lineEnd, 0, 2);
    done = at + 1;
  }
  return isChanged ? crc16Arc.finish(crc16Arc.update(crc, bytes, done, to)) : -1;
}

const cr = 0x0d;
const lf = 0x0a;
const lineEnd = Uint8Array.of(cr, lf);

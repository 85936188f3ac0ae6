/**
 * The 3-of-6 code of mode T: four bits on the air as six, of which three are ones.
 *
 * In: octets.  Out: chips packed into octets, first chip in the highest bit, zeros up to a whole octet; and back.
 * Source: EN 13757-4, mode T.
 */

import { DecodeError } from "@siegel/wire";

/** Twelve chips for each octet. */
export function encodeThreeOfSix(octets: Uint8Array): Uint8Array {
  const chips = new Uint8Array(Math.ceil((octets.length * 12) / 8));
  let at = 0;
  let held = 0;
  let count = 0;
  for (const octet of octets) {
    held = (held << 12) | (codeOf[octet >> 4]! << 6) | codeOf[octet & 0x0f]!;
    for (count += 12; count >= 8; count -= 8) chips[at++] = held >> (count - 8);
    held &= 0x0f;
  }
  if (count > 0) chips[at] = held << (8 - count);
  return chips;
}

/**
 * The octets again. Chips that do not make a whole octet at the end are padding.
 *
 * @throws {DecodeError} "bad-framing" at the octet of the chips where six stand that are no code.
 */
export function decodeThreeOfSix(chips: Uint8Array): Uint8Array {
  const octets = new Uint8Array(Math.floor((chips.length * 8) / 12));
  for (let at = 0; at < octets.length; at++)
    octets[at] = (symbolAt(chips, 12 * at) << 4) | symbolAt(chips, 12 * at + 6);
  return octets;
}

function symbolAt(chips: Uint8Array, bit: number): number {
  const at = bit >> 3;
  const two = (chips[at]! << 8) | (chips[at + 1] ?? 0);
  const symbol = symbolOf[(two >> (10 - (bit & 7))) & 0x3f]!;
  if (symbol === none) throw new DecodeError("bad-framing", { path: "3-of-6", offset: at });
  return symbol;
}

const codeOf = [
  0x16, 0x0d, 0x0e, 0x0b, 0x1c, 0x19, 0x1a, 0x13, 0x2c, 0x25, 0x26, 0x23, 0x34, 0x31, 0x32, 0x29,
] as const;
const none = 0xff;
const symbolOf = new Uint8Array(64).fill(none);
for (const [symbol, code] of codeOf.entries()) symbolOf[code] = symbol;

/**
 * KDF-A: two keys for one message, from the meter's key and the message's counter.
 *
 * DC 00 and 01 from the meter are verified against public telegrams. 10 and 11 to the meter are read from a peer's comments,
 * and no public telegram proves them: docs/limits.md.
 * Source: OMS volume 2, key derivation.
 */

import type { ShortKey } from "@siegel/crypto";

export type Direction = "from-meter" | "to-meter";

export interface MessageKeys {
  readonly encryption: ShortKey;
  readonly mac: ShortKey;
}

/** @param identification  Of the meter, in both directions. */
export function messageKeys(
  key: ShortKey,
  a: { readonly direction: Direction; readonly counter: number; readonly identification: number },
): MessageKeys {
  const first = new Uint8Array(16).fill(0x07);
  first[0] = a.direction === "from-meter" ? 0x00 : 0x10;
  for (let index = 0; index < 4; index++) {
    first[1 + index] = a.counter >>> (8 * index);
    first[5 + index] = a.identification >>> (8 * index);
  }
  const second = first.slice();
  second[0]! |= 0x01;
  const [encryption, mac] = key.derivePair(first, second);
  return { encryption, mac };
}

/**
 * Whether a meter has another telegram after this one.
 *
 * Source: EN 13757-3: DIF 1F as the last one says that more records follow in the next telegram; facts §4.1, §4.5.
 */

import type { LongFrame } from "../framing/wired/frame.ts";
import { decodeRecords } from "../records/decode.ts";

/**
 * Looks for DIF 1F in the records of an answer.
 *
 * @returns False also where the records cannot be read: encrypted, fixed structure, errors. Then one telegram is all.
 */
export function moreTelegramsFollow({ ci, data }: LongFrame): boolean {
  const headerBytes = headers.get(ci);
  if (headerBytes === undefined || data.length < headerBytes) return false;
  // Mode of the configuration word: anything else than 0 is encrypted.
  if (headerBytes > 0 && ci !== 0x76 && (data[headerBytes - 1]! & 0x1f) !== 0) return false;
  return decodeRecords(data.subarray(headerBytes)).moreFollows;
}

/** Octets of header before the records, by CI: long, long with the most significant octet first, short, none. */
const headers: ReadonlyMap<number, number> = new Map([
  [0x72, 12],
  [0x76, 12],
  [0x7a, 4],
  [0x78, 0],
]);

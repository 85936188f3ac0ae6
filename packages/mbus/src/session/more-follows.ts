/**
 * Whether a meter has another telegram after this one.
 *
 * Source: EN 13757-3: DIF 1F as the last one says that more records follow in the next telegram; facts §4.1, §4.5.
 */

import type { LongFrame } from "../framing/wired/frame.ts";
import { decodeRecords } from "../records/decode.ts";
import { isSealedWord, recordsAt } from "../wired-answer.ts";

/**
 * Looks for DIF 1F in the records of an answer.
 *
 * @returns False also where the records cannot be read: encrypted, fixed structure, errors. Then one telegram is all.
 */
export function moreTelegramsFollow({ ci, data }: LongFrame): boolean {
  const at = recordsAt(ci);
  if (at === undefined || data.length < at) return false;
  if (at > 0 && isSealedWord(data[at - 2]! | (data[at - 1]! << 8))) return false;
  return decodeRecords(data.subarray(at)).moreFollows;
}

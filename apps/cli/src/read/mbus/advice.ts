/** Why M-Bus did not decode, or not all of it, and what a person can do. Ids of meters are named, keys never. */

import type { Explanation } from "../protocol.ts";
import { bytesOfText } from "../written-bytes.ts";
import type { MbusFrames } from "./frames.ts";
import type { Take } from "./telegram.ts";

export interface Situation {
  readonly take: Take;
  readonly frames: MbusFrames;
  readonly sample: Uint8Array;
  readonly live: boolean;
  readonly isEmpty: boolean;
}

export function advise({ take, frames, sample, live, isEmpty }: Situation): readonly Explanation[] {
  const found = Object.entries(advices).flatMap(([code, [text, advice]]) => {
    const whose = frames.told.get(code);
    return whose === undefined ? [] : [{ text: text.replace("%", named(whose)), advice }];
  });
  if (frames.telegrams > 0 || found.length > 0) return found;
  if (isEmpty) return [{ text: "Nothing came.", advice: live ? silence[take] : "The file is empty." }];
  const written = bytesOfText(sample);
  if (written !== undefined) return [written];
  if (frames.told.size > 0) {
    const codes = [...frames.told.keys()].join(", ");
    return [{ text: `No frame is whole (${codes}).`, advice: damage[take] }];
  }
  return [{ text: nothing[take], advice: damage[take] }];
}

function named(whose: ReadonlySet<string>): string {
  const names = [...whose].filter((name) => name !== "");
  if (names.length === 0) return "some meters";
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
  return names.slice(0, shownNames).join(", ") + more;
}

/** `%` stands for the meters. In the order of help. */
const advices: Readonly<Record<string, readonly [text: string, advice: string]>> = {
  "no-key": [
    "Encrypted, and no key was given: %.",
    "Give it with --key, or those of several meters with --keys; it is on the meter's papers or comes from the metering operator.",
  ],
  "wrong-key": [
    "The key does not open the telegrams of %.",
    "Check that it is this meter's key and each digit of it; some lists print the octets in reversed order; a meter may have " +
      "got a new key when it was installed.",
  ],
  "mac-mismatch": [
    "The MAC of telegrams of % does not hold.",
    "Either the key is another meter's or an old one, or somebody changed the telegrams: compare the key first.",
  ],
  "bad-payload-crc": [
    "Telegrams of % do not decrypt to what their checksum says.",
    "This is how a wrong key shows itself with this kind of encryption: check the key.",
  ],
  "bad-check-bytes": [
    "Telegrams of % decrypt to records, but without the mark before them.",
    "Check the key; if it is right, the meter leaves the mark out.",
  ],
  "unknown-signature": [
    "Short telegrams of % refer to a form that did not come yet.",
    "Read on: such meters send a full telegram every few minutes.",
  ],
  replay: [
    "Telegrams of % came twice or are older than others.",
    "A repeater does this; so does whoever plays a record.",
  ],
  downgrade: ["Telegrams of % are protected less than they have to be.", "Read without --strict to see them."],
  "already-plain": [
    "Telegrams of % say that they are encrypted and are not.",
    "A receiver with a key of its own decrypts them; read without --strict to see them.",
  ],
  "manufacturer-format": [
    "Telegrams of % are in a form of their maker's.",
    "Only makers whose forms are described are read (docs/limits.md).",
  ],
  "carries-dlms": [
    "Frames of M-Bus carry DLMS (COSEM), as meters in Austria push it.",
    "This version recognises it and does not read it yet.",
  ],
  "wired-frame": ["Some lines are frames of the wired M-Bus.", "Read them with --protocol mbus, or both with auto."],
  "wireless-frame": ["Some lines are radio frames.", "Read them with --protocol wmbus, or both with auto."],
  "unsupported-mode": ["Telegrams of % are protected in a way that is not read.", "See docs/limits.md."],
};

const silence: Readonly<Record<Take, string>> = {
  mbus: "Meters on the wire speak when they are asked: --address 1 asks the meter there, mostly with --line 2400-8E1.",
  wmbus:
    "Most meters send every few seconds to minutes; receivers run at 57600-8N1 or 115200-8N1 and may have to be told to receive.",
  lines: "Nothing came from the receiver.",
};
const nothing: Readonly<Record<Take, string>> = {
  mbus: "No frame of M-Bus (68 L L 68 … 16) is in what was read.",
  wmbus: "No radio frame is in what was read.",
  lines: "No line with a frame is in what was read.",
};
const damage: Readonly<Record<Take, string>> = {
  mbus: "Check speed and parity with --line: most meters have 2400-8E1, some 300-8E1 or 9600-8E1.",
  wmbus: 'Check how the receiver speaks: octets, hex lines, rtl_wmbus, CUL, JSON lines with "hex".',
  lines: 'A line holds one frame in hex, as rtl_wmbus or CUL print it, or as JSON with "hex".',
};
const shownNames = 3;

/** P1 telegrams for `siegel inspect`: the frame, and behind it what an encrypted one says, where the key is given. */

import {
  annotateP1,
  countersInMemory,
  type DumpLine,
  openSealed,
  P1Framer,
  P1SecurityError,
} from "@siegel/iec62056-21";
import { DecodeError } from "@siegel/wire";
import { hasKeys, type ReadKeys } from "../read/keys.ts";
import { p1KeysOf } from "../read/p1.ts";

export function dumpP1(bytes: Uint8Array, keys: ReadKeys): readonly DumpLine[] {
  const lines = annotateP1(bytes);
  const known = p1KeysOf(keys);
  if (!hasKeys(keys) || known === undefined) return lines;
  const framer = new P1Framer({ maxTelegramBytes: Math.max(65_536, bytes.length + 1) });
  const opened = [...framer.push(bytes.slice()), ...framer.flush()].flatMap((event): readonly DumpLine[] => {
    if (event.kind !== "sealed") return [];
    const title = { offset: event.offset, bytes: new Uint8Array(0), depth: 0 };
    try {
      const { telegram, trust } = openSealed(event.bytes, known, countersInMemory());
      const inside = annotateP1(telegram).map((line) => ({ ...line, depth: line.depth + 1 }));
      return [{ ...title, field: "opened", meaning: `${trust}; offsets are those of the telegram inside` }, ...inside];
    } catch (error) {
      if (!(error instanceof P1SecurityError || error instanceof DecodeError)) throw error;
      const { code, message } = error;
      return [{ ...title, field: "verdict", meaning: message, error: { code, path: "" } }];
    }
  });
  return [...lines, ...opened];
}

/** The bytes that a text stands for: hex digits, a hex dump, text of UTF-16. Whether they are a telegram is for others to say. */

import { diagnose } from "@siegel/sml";
import type { Explanation } from "./protocol.ts";

/** @returns What the text is and the bytes meant; undefined where the bytes are no such text. */
export function bytesOfText(bytes: Uint8Array): (Explanation & { readonly decoded: Uint8Array }) | undefined {
  const wide = textOfUtf16(bytes);
  if (wide !== undefined) {
    const text = "This is text of UTF-16, as Windows PowerShell's > writes it.";
    return { text, advice: "It can be read as it is.", decoded: wide };
  }
  for (const { text, advice, decoded } of diagnose({ bytes, events: [], files: [], fromLine: false })) {
    if (decoded !== undefined) return { text, advice, decoded };
  }
  return undefined;
}

/** Windows PowerShell's `>` makes it of every text. */
function textOfUtf16(bytes: Uint8Array): Uint8Array | undefined {
  const mark = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  if (bytes.length < 4 || (mark !== 0xfeff && mark !== 0xfffe)) return undefined;
  const low = mark === 0xfeff ? 0 : 1;
  const text = new Uint8Array((bytes.length - 2) >> 1);
  for (let at = 0; at < text.length; at++) {
    if (bytes[3 + 2 * at - low] !== 0) return undefined;
    text[at] = bytes[2 + 2 * at + low]!;
  }
  return text;
}

/** What a line of text says beside its frame: which of the two links it is of, and the key that a collection gives with it. */

import { fromHex } from "@siegel/wire";

/** `68 L L 68 … 16`, the acknowledgement, or a short frame. */
export function looksWired(bytes: Uint8Array): boolean {
  const [first, l, again, second] = bytes;
  if (bytes.length === 1) return first === 0xe5;
  if (bytes.length === 5) return first === 0x10 && bytes[4] === 0x16;
  return first === 0x68 && second === 0x68 && l === again;
}

/** The key in `{"hex": …, "key": …}`. @param text  A line that was read as JSON before. */
export function keyInLine(text: string): Uint8Array | undefined {
  const json = text.replace(/^\uFEFF/, "").trimStart();
  if (!json.startsWith("{")) return undefined;
  const value: unknown = JSON.parse(json);
  const key = typeof value === "object" && value !== null && "key" in value ? value.key : undefined;
  if (typeof key !== "string" || !/^(?:[\da-f]{32}|[\da-f]{16})$/i.test(key)) return undefined;
  return fromHex(key);
}

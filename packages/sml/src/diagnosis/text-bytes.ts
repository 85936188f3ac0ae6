/** Two texts that stand for bytes: hex dumps (xxd, hexdump, od) and Base64 (RFC 4648). */

import { concatBytes, fromHex } from "@siegel/wire";

/**
 * Bytes of a hex dump. Read are xxd, hexdump -C, od -t x1, and hexdump or od -x, which show words of two bytes in the
 * machine's order. A line `*` stands for repeated lines; the next offset says how many.
 */
export function hexDump(text: string): Uint8Array | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const rows = lines.flatMap((line, at) => {
    const [, offset, hex] = dumpLine.exec(line) ?? [];
    if (offset === undefined || hex === undefined) return [];
    return [{ line, offset, bytes: fromHex(hex.replaceAll(/\s/g, "")), isStarred: lines[at - 1] === "*" }];
  });
  const others = lines.filter((line) => line !== "" && line !== "*" && !offsetOnly.test(line)).length - rows.length;
  if (rows.length === 0 || others > rows.length / 8) return undefined;
  const bytes = joined(rows, 16) ?? joined(rows, 8);
  if (bytes === undefined || !rows.every(({ line }) => wordsOnly.test(line))) return bytes;
  const swapped = bytes.slice();
  for (let at = 0; at + 1 < bytes.length; at += 2) swapped.set([bytes[at + 1]!, bytes[at]!], at);
  return swapped;
}

interface DumpRow {
  readonly offset: string;
  readonly bytes: Uint8Array;
  /** A line `*` stands before it. */
  readonly isStarred: boolean;
}

/**
 * The rows one after the other, a gap behind `*` filled with the row before it; nothing where the offsets do not fit. They
 * tell the radix: read as hexadecimal, the octal offsets of od leave gaps without a `*`.
 */
function joined(rows: readonly DumpRow[], radix: number): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let next = rows.length > 1 ? Number.parseInt(rows[0]!.offset, radix) : 0;
  for (const [index, { offset, bytes, isStarred }] of rows.entries()) {
    const gap = Number.parseInt(offset, radix) - next;
    const before = rows[index - 1]?.bytes.length ?? 0;
    if (Number.isNaN(gap) || gap < 0 || gap > maxGap) return undefined;
    if (gap > 0 && (!isStarred || before === 0 || gap % before !== 0)) return undefined;
    for (let left = gap; left > 0; left -= before) parts.push(rows[index - 1]!.bytes);
    parts.push(bytes);
    next += gap + bytes.length;
  }
  return concatBytes(...parts);
}

export function base64Of(text: string): Uint8Array | undefined {
  const letters = text.replaceAll(/\s/g, "").replace(/={1,2}$/, "");
  if (letters.length < 16 || letters.length % 4 === 1 || !/^[\w+/-]+$/.test(letters)) return undefined;
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let count = 0;
  for (const letter of letters) {
    const value = alphabet.indexOf(letter === "-" ? "+" : letter === "_" ? "/" : letter);
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[count++] = (bits >> held) & 0xff;
  }
  return bytes;
}

/** Offset, then up to sixteen octets, single or in words; a column of characters may follow. */
const dumpLine = /^([0-9a-f]{4,8})(?::\s?|\s)\s*((?:[0-9a-f]{2} {0,2}){1,16})(?:$|\s*\||(?<=\s)\s*\S)/i;
/** hexdump and od -x: words of two bytes, the lower one first on the machines people have; xxd has a colon. */
const wordsOnly = /^[0-9a-f]+(?: +[0-9a-f]{4})+ *$/i;
/** Last line of hexdump and od: the length. */
const offsetOnly = /^[0-9a-f]{4,8}$/i;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** A hostile dump can claim any offset behind its `*`. */
const maxGap = 4096;

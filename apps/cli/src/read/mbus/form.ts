/**
 * In which form M-Bus comes: as octets, or as text with a frame in each line. Decided once, from the beginning of the input.
 *
 * In: the first bytes.  Out: the form, or that more are needed.
 * A text is all text up to its first line of some length; a frame of octets has one that is none within a few.
 */

export type Form = "octets" | "text" | "im871a" | "amber";

/** @param ended  No more bytes will come soon. */
export function formOf(bytes: Uint8Array, ended: boolean): Form | undefined {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0; // UTF-8
  let inLine = 0;
  for (let at = mark; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x0a && inLine >= leastOfLine) return "text";
    const isText = (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
    // Descriptions in JSON lines have umlauts.
    if (!isText && !(byte >= 0x80 && bytes[mark] === openingBrace)) return octetForm(bytes, ended);
    inLine = byte === 0x0a ? 0 : inLine + 1;
  }
  return ended || bytes.length > mostOfLine ? "text" : undefined;
}

/** Receivers with a frame of their own around each telegram are known by its head. */
function octetForm(bytes: Uint8Array, ended: boolean): Form | undefined {
  const [first, second, third] = bytes;
  if (third === undefined && !ended && (first === 0xa5 || first === 0xff)) return undefined;
  if (first === 0xa5 && (second! & 0x0f) === 2 && third === 3) return "im871a";
  return first === 0xff && (second === 0x03 || second === 0x83) ? "amber" : "octets";
}

const openingBrace = 0x7b;
/** The shortest frame as hex: an acknowledgement of a wired meter is shorter, and alone says nothing. */
const leastOfLine = 8;
const mostOfLine = 16_384;

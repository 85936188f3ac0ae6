/**
 * Bytes that were taken for text on their way: UTF-16, UTF-8 made of single bytes, and characters replaced for good.
 * Sources: RFC 3629 (UTF-8); the WHATWG Encoding Standard for windows-1252.
 */

import type { Finding } from "./causes.ts";
import { countOf, latin1Of, type Sample } from "./sample.ts";

/** Bytes replaced by U+FFFD or by a question mark cannot be had back. */
export function replacedCharacters({ bytes, histogram, isSml }: Sample): Finding[] {
  const replaced = countOf(bytes, replacementCharacter);
  // No byte of UTF-8 outside the replacement characters would be above 7F in a stream that went through a decoder,
  // but for the few pairs that happened to be valid.
  const high = histogram.subarray(0x80).reduce((sum, count) => sum + count, 0);
  if (replaced >= 2 && !isText(bytes) && 3 * replaced >= high / 2 && decodeUtf8(bytes) !== undefined) {
    return [{ code: "text-lost", certainty: "certain", offset: offsetOf(bytes), figures: `${replaced} times` }];
  }
  if (isSml && high === 0 && questionedCode.test(latin1Of(bytes))) {
    return [{ code: "text-lost", certainty: "certain", figures: `${histogram[0x3f]} question marks` }];
  }
  return [];
}

/** Printable characters, blanks and line ends; of controls at most one in fifty, as a log may hold some. */
export function isText(bytes: Uint8Array): boolean {
  let controls = 0;
  let high = 0;
  for (const byte of bytes) {
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20) || byte === 0x7f) controls++;
    if (byte >= 0x80) high++;
  }
  if (bytes.length === 0 || 50 * controls > bytes.length) return false;
  return 4 * high <= bytes.length || decodeUtf8(bytes) !== undefined; // umlauts of one byte are fewer than letters
}

/** Code points, or nothing where the bytes are no UTF-8. A character cut by the end of the sample is left out. */
export function decodeUtf8(bytes: Uint8Array): number[] | undefined {
  const points: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0) return undefined;
    if (at + length > bytes.length) break;
    let point = length === 1 ? first : first & (0x7f >> length);
    for (let next = at + 1; next < at + length; next++) {
      const byte = bytes[next]!;
      if ((byte & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (byte & 0x3f);
    }
    points.push(point);
    at += length;
  }
  return points;
}

/** The single bytes that were taken for ISO 8859-1 or windows-1252 characters; nothing where another one occurs. */
export function singleByteOf(points: readonly number[]): Uint8Array | undefined {
  const bytes = new Uint8Array(points.length);
  for (const [at, point] of points.entries()) {
    const byte = point < 0x100 ? point : windows1252.indexOf(point) + 0x80;
    if (point >= 0x100 && byte < 0x80) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}

/** Either byte order, with or without byte order mark. */
export function undoUtf16(bytes: Uint8Array): Uint8Array | undefined {
  for (const low of [0, 1]) {
    const marked = bytes[low] === 0xff && bytes[1 - low] === 0xfe;
    const points: number[] = [];
    for (let at = marked ? 2 : 0; at + 1 < bytes.length; at += 2)
      points.push(bytes[at + low]! | (bytes[at + 1 - low]! << 8));
    const single = singleByteOf(points);
    if (single !== undefined && single.length > 0) return single;
  }
  return undefined;
}

/** The characters of a text that Windows wrote as UTF-16 with its byte order mark, as a `>` of PowerShell does. */
export function utf16Text(bytes: Uint8Array): Uint8Array | undefined {
  const mark = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  if (mark !== 0xfeff && mark !== 0xfffe) return undefined;
  const text = undoUtf16(bytes);
  return text !== undefined && isText(text) ? text : undefined;
}

function offsetOf(bytes: Uint8Array): number {
  return bytes.findIndex((_, at) => replacementCharacter.every((byte, index) => bytes[at + index] === byte));
}

/** SML_ListEntry, OBIS code of electricity, last octet a question mark instead of FF. */
// oxlint-disable-next-line no-control-regex -- bytes searched as characters
const questionedCode = /w\x07\x01\x00[^]{3}\?/;
/** U+FFFD in UTF-8. */
const replacementCharacter = Uint8Array.of(0xef, 0xbf, 0xbd);

/** Code points of windows-1252 for 80 to 9F; the five unassigned ones stand for themselves. */
const windows1252: readonly number[] = [
  0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d,
  0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
  0x017e, 0x0178,
];

/** Files that are no capture, by their first bytes; and text that holds no telegram. */

import type { DiagnosisCode, Finding } from "./causes.ts";
import { latin1Of, type Sample } from "./sample.ts";
import { isText, utf16Text } from "./text-encoding.ts";

export function otherFile({ bytes, isSml, good }: Sample): Finding[] {
  if (isSml || good.length > 0) return [];
  const head = latin1Of(bytes.subarray(0, 16));
  const kind = kinds.find(([, start]) => head.startsWith(start));
  if (kind !== undefined) return [{ code: kind[0], certainty: "certain", offset: 0 }];
  const isPlain = isText(bytes) || utf16Text(bytes) !== undefined;
  return isPlain && bytes.length >= 4 ? [{ code: "plain-text", certainty: "likely", offset: 0 }] : [];
}

const kinds: readonly (readonly [DiagnosisCode, start: string])[] = [
  ["file-pcap", "\xd4\xc3\xb2\xa1"],
  ["file-pcap", "\xa1\xb2\xc3\xd4"],
  ["file-pcap", "\x4d\x3c\xb2\xa1"], //       with nanoseconds
  ["file-pcap", "\x0a\x0d\x0d\x0a"], //       pcapng
  ["file-compressed", "\x1f\x8b"], //         gzip
  ["file-compressed", "PK\x03\x04"], //       zip
  ["file-compressed", "\x28\xb5\x2f\xfd"], // zstd
  ["file-compressed", "\xfd7zXZ"],
  ["file-compressed", "BZh"],
  ["file-compressed", "7z\xbc\xaf"],
  ["file-of-another-kind", "%PDF-"],
  ["file-of-another-kind", "\x89PNG"],
  ["file-of-another-kind", "\xff\xd8\xff"], // JPEG
  ["file-of-another-kind", "GIF8"],
  ["file-of-another-kind", "SQLite format 3"],
  ["file-of-another-kind", "\x7fELF"],
  ["file-of-another-kind", "<!DOCTYPE"],
  ["file-of-another-kind", "<html"],
];

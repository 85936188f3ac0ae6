/**
 * A telegram that someone wrote down as text: hex, hex dump, Base64, numbers of a program, escapes, a log.
 *
 * Every form is turned back into bytes and believed where these are SML, or where the form leaves no doubt.
 * All patterns are free of nested repetition: their time grows with the length of the text only.
 */

import { concatBytes, DecodeError, fromHex } from "@siegel/wire";
import type { DiagnosisCode, Finding } from "./causes.ts";
import { decodeFile } from "../messages/file.ts";
import { wrapFile } from "../framing/wrap.ts";
import { base64Of, hexDump } from "./text-bytes.ts";
import { latin1Of, looksLikeSml, type Sample } from "./sample.ts";
import { isText, utf16Text } from "./text-encoding.ts";

export function writtenForms({ bytes, isSml, good }: Sample): Finding[] {
  const characters = isText(bytes) ? bytes : utf16Text(bytes);
  if (isSml || good.length > 0 || characters === undefined) return [];
  const text = latin1Of(characters).replace(/^\xef\xbb\xbf/, ""); // byte order mark
  for (const [code, read, isUnmistakable] of forms) {
    const decoded = read(text);
    if (decoded === undefined || decoded.length < 8) continue;
    if (looksLikeSml(decoded)) return [{ code, certainty: "certain", offset: 0, decoded }];
    if (isUnmistakable && decoded.length >= 16) return [{ code, certainty: "likely", offset: 0, decoded }];
  }
  return [];
}

/** SML without transport: what a gateway passes on inside other envelopes. */
export function bareMessages({ bytes, starts, good, events }: Sample): Finding[] {
  const whole = events.reduce((end, event) => Math.max(end, event.offset + event.byteLength), 0) <= bytes.length;
  if (starts > 0 || good.length > 0 || bytes[0] !== 0x76 || !whole) return [];
  const { messages, errors } = decodeFile(bytes);
  if (messages.length === 0 || errors.length > 0) return [];
  return [{ code: "bare-messages", certainty: "certain", offset: 0, decoded: wrapFile(bytes) }];
}

/** In this order: what a form further down would take for its own stands above it. */
const forms: readonly (readonly [DiagnosisCode, (text: string) => Uint8Array | undefined, isUnmistakable: boolean])[] =
  [
    ["written-as-hexdump", hexDump, true],
    ["written-as-hex", pureHex, true],
    ["written-as-numbers", numbers, false],
    ["written-as-escapes", escapes, false],
    ["written-as-base64", base64Of, false],
    ["hex-in-log", hexInLog, false],
  ];

function pureHex(text: string): Uint8Array | undefined {
  if (!/^[\s:,;-]*(?:0x)?[0-9a-f]{2}[\s:,;0-9a-f-]*$/i.test(text)) return undefined;
  if (!/[a-f]/i.test(text)) return undefined; // a column of decimal numbers
  const separated = text.replaceAll(";", " ");
  // Some tools break their lines in the middle of an octet.
  return hexOrNothing(separated) ?? hexOrNothing(separated.replaceAll(/\s/g, ""));
}

/** `0x1b, 0x1b, …` of C, `[27, 27, …]` of JSON: the longest row of them. */
function numbers(text: string): Uint8Array | undefined {
  const hex = text.match(/\b0x[0-9a-f]{1,2}\b/gi);
  if (hex !== null && hex.length >= 8) return Uint8Array.from(hex, (number) => Number(number));
  const rows = (text.match(/[[{(][\s\d,]+[\]})]/g) ?? []).sort((a, b) => b.length - a.length);
  const values = (rows[0] ?? "")
    .slice(1, -1)
    .split(",")
    .map((number) => Number(number));
  if (values.length < 8 || values.some((value) => !Number.isInteger(value) || value > 0xff)) return undefined;
  return Uint8Array.from(values);
}

/** Python's b'…', C's and JavaScript's strings: \x1b and the usual short forms, everything else as it stands. */
function escapes(text: string): Uint8Array | undefined {
  if (!text.includes("\\x1b\\x1b")) return undefined;
  const from = text.indexOf("\\x1b\\x1b");
  const tokens = text.slice(from).match(/\\x[0-9a-f]{2}|\\u00[0-9a-f]{2}|\\[^]|[^\\]/gi) ?? [];
  return Uint8Array.from(tokens, (token) => {
    if (/^\\[xu]/.test(token)) return Number.parseInt(token.slice(2), 16);
    return (token.length === 2 ? shortEscapes[token[1]!] : undefined) ?? token.charCodeAt(token.length - 1);
  });
}

/** Rows of at least sixteen octets, joined or apart, wherever they stand in a line. */
function hexInLog(text: string): Uint8Array | undefined {
  const rows = text.match(/(?<![0-9a-z])(?:0x)?(?:[0-9a-f]{2}[ :,-]?){16,}(?![0-9a-z])/gi) ?? [];
  const parts = rows.map((row) => hexOrNothing(row)).filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : concatBytes(...parts);
}

function hexOrNothing(text: string): Uint8Array | undefined {
  try {
    return fromHex(text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // The end of the sample may have cut an octet in two; an odd digit elsewhere means that it is not this form.
    return error.code === "truncated" && text.length > 2 ? hexOrNothing(text.slice(0, -1).trimEnd()) : undefined;
  }
}

const shortEscapes: Readonly<Record<string, number>> = {
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  b: 0x08,
  f: 0x0c,
  v: 0x0b,
  a: 0x07,
  0: 0,
};

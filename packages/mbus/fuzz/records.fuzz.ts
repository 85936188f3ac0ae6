/**
 * Application data under changed input: to records, values and back.
 *
 * Beyond "a list, whatever comes" it holds ways to the same result against each other: what was read and what is read
 * after writing it, the full frame and its compact form, the octets told and the octets there.
 */

import { MeterId, type Trust } from "@siegel/readings";
import { fromHex, toHex } from "@siegel/wire";
import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";
import { annotateRecords } from "../src/dump/records.ts";
import { mbusValueJson } from "../src/meaning/json.ts";
import { type MbusValue, telegramOf } from "../src/meaning/telegram.ts";
import {
  compactFrameOf,
  expandCompactFrame,
  headersOf,
  parseCompactFrame,
  parseFormatFrame,
} from "../src/records/compact.ts";
import { decodeRecords } from "../src/records/decode.ts";
import { encodeRecords } from "../src/records/encode.ts";
import { decodeFixed, recordsOfFixed } from "../src/records/fixed.ts";
import { payloads } from "../test/payloads.ts";

export const target: FuzzTarget = {
  name: "mbus-records",
  seeds: () => [
    ...payloads,
    fromHex("0202D204 02152E16 022A3423"),
    fromHex("08 313B 0202 0215 022A"),
    fromHex("78563412 0a 00 e9 7e 01000000 35010000"),
  ],
  dictionary: [
    fromHex("0f"),
    fromHex("1f"),
    fromHex("2f"),
    fromHex("7f"),
    fromHex("ff"),
    fromHex("80"),
    fromHex("0d"),
    fromHex("fb"),
    fromHex("fd"),
    fromHex("fc"),
    fromHex("fdfd"),
    fromHex("93"),
    fromHex("931f"),
    fromHex("9313"),
    fromHex("c9"),
    fromHex("ef"),
    fromHex("f6"),
    fromHex("046d"),
    fromHex("426c"),
  ],
  maxBytes: 1024,
  run(bytes) {
    const list = decodeRecords(bytes);
    decodeRecords(bytes, { direction: "to-meter" });
    const meter = MeterId.of(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, bytes[0] ?? 0));
    const protections = [{ from: 0, to: bytes.length >> 1, trust: "encrypted" as Trust }];
    const { values } = telegramOf({ link: "wireless", meter, records: list, protections, status: bytes[1] ?? 0 });
    const again = decodeRecords(encodeRecords(list.records, list));
    // Where plain text stands depends on the octets behind it; without fillers these may be others.
    if (!list.records.some(({ header }) => header.text !== undefined)) {
      const reread = telegramOf({ link: "wireless", meter, records: again });
      same("values, and values after writing", shown(values), shown(reread.values));
    }
    const lines = annotateRecords(bytes);
    same("octets of the dump", lines.map((line) => toHex(line.bytes)).join(""), toHex(bytes));
    compact(bytes);
    if (decodeFixed(bytes) !== undefined) recordsOfFixed(bytes);
    parseFormatFrame(bytes);
  },
};

function compact(bytes: Uint8Array): void {
  const frame = parseCompactFrame(bytes);
  if (frame !== undefined) expandCompactFrame(frame, payloads[0]!);
  const headers = headersOf(bytes);
  const short = compactFrameOf(bytes);
  if (headers === undefined || short === undefined) return;
  const full = expandCompactFrame(parseCompactFrame(short)!, headers);
  if (full.kind === "full") {
    same("headers", toHex(headersOf(full.data) ?? new Uint8Array()), toHex(headers));
    // Plain text again: alone, its header may be read in another way.
  } else if (!toHex(headers).includes("fc")) throw new Error(`a compact frame does not come back: ${full.kind}`);
}

function shown(values: readonly MbusValue[]): string {
  return JSON.stringify(values.map((value) => ({ ...mbusValueJson(value), trust: null })));
}

function same(what: string, one: string, other: string): void {
  if (one !== other) throw new Error(`${what} differ:\n${one}\n${other}`);
}

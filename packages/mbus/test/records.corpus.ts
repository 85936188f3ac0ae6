/**
 * Records of telegrams of real meters beside the checkout: values against what other programs read in them.
 *
 * Frames are cut by hand here, so that this file tests records alone. Where the other program is wrong, the row says why
 * (`otherwise`); what it leaves out is not asked of it.
 */

import { fromHex, toHex } from "@siegel/wire";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { nameOfRecord } from "../src/meaning/names.ts";
import { dateText } from "../src/records/dates.ts";
import { decodeRecords } from "../src/records/decode.ts";
import { encodeRecords } from "../src/records/encode.ts";
import { recordsOfFixed } from "../src/records/fixed.ts";
import type { MbusRecord, RecordList } from "../src/records/record.ts";

interface LibmbusRecord {
  readonly Function?: string;
  readonly Quantity?: string;
  readonly Unit?: string;
  readonly StorageNumber?: string;
  readonly Tariff?: string;
  readonly Device?: string;
  readonly Value?: string;
}

/** One line of `telegrams.jsonl`, as far as used here. */
interface Line {
  readonly source: string;
  readonly hex: string;
  readonly class: {
    readonly link?: string;
    readonly ci?: string;
    readonly mode?: number | string;
    readonly already_decrypted?: boolean;
    readonly layers?: readonly string[];
  };
  readonly expected_format?: string;
  readonly driver?: string | null;
  readonly expected?: (Readonly<Record<string, unknown>> & { readonly records?: readonly LibmbusRecord[] }) | null;
}

/** Octets of one line; an odd digit at the end is cut off, what is no hex has none. */
function octetsOf({ hex }: Line): Uint8Array {
  const digits = hex.slice(0, hex.length & ~1);
  return /^[0-9a-f]*$/i.test(digits) ? fromHex(digits) : new Uint8Array();
}

function linesOf(path: string): readonly Line[] {
  const text = readFileSync(join(path, "telegrams.jsonl"), "utf8");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line])); // as documented there
}

function fileOf({ source }: Line): string {
  return source.split("/").at(-1) ?? source;
}

corpusCases(
  {
    folder: "mbus",
    count: 45,
    cases: (path) =>
      linesOf(path).filter(({ expected_format: format, expected, class: { ci } }) => {
        return format?.startsWith("libmbus") === true && expected !== undefined && expected !== null && ci !== "70";
      }),
    nameOf: (line) => `libmbus, ${fileOf(line)}`,
  },
  (line) => {
    // A wired meter that others read would be misread.
    const frame = octetsOf(line);
    const records =
      frame[6] === 0x73 ? recordsOfFixed(frame.subarray(7, -2)) : decodeRecords(frame.subarray(19, -2)).records;
    const wanted = (line.expected?.records ?? []).filter(({ Function: kind }) => {
      return kind !== "Manufacturer specific" && kind !== "More records follow";
    });
    expect(records.length).toBe(wanted.length);
    for (const [index, record] of records.entries()) {
      const theirs = wanted[index]!;
      if (otherwise(record, theirs)) continue;
      if (frame[6] !== 0x73) expect(placeOf(record)).toEqual(placeWanted(theirs));
      expect(valueOf(record), nameOfRecord(record.header)).toEqual(valueWanted(record, theirs));
    }
  },
);

/** Where libmbus is wrong. */
function otherwise({ value, header, modifiers }: MbusRecord, { Value, Unit }: LibmbusRecord): boolean {
  // It computes with digits that are none (10 + A), where the display of the meter is blank.
  if (value.kind === "invalid" && header.coding.startsWith("bcd")) return true;
  // It reads "date of" the value as the value.
  if (modifiers.some((modifier) => modifier.kind === "qualifier" && modifier.name.startsWith("end-of-"))) return true;
  // It shows 1900 where the meter says that its clock is not set, 2000-00-00 for no date, 2027 for every year.
  if (value.kind === "date" && (value.date.isInvalid === true || value.date.year === undefined)) return true;
  if (value.kind === "invalid" && header.quantity === "date" && Value === "2000-00-00") return true;
  // It knows no plain value for VIF 7B, and gives counters of the fixed structure in the unit of the wire.
  return Value === undefined || Unit === "kWh" || Unit === "l" || Unit === "reserved but historic";
}

function placeOf({ storage, tariff, subunit, function: kind }: MbusRecord): object {
  return { storage, tariff, subunit, kind };
}

function placeWanted({ StorageNumber, Tariff, Device, Function: kind = "" }: LibmbusRecord): object {
  return {
    storage: Number(StorageNumber),
    tariff: Number(Tariff ?? 0),
    subunit: Number(Device ?? 0),
    kind: kind.startsWith("Value during") ? "error" : kind.split(" ")[0]!.toLowerCase(),
  };
}

function valueOf({ value }: MbusRecord): number | string {
  switch (value.kind) {
    case "number":
      return value.value.toNumber();
    case "text":
      return value.text;
    case "date":
      return dateText(value.date);
    default:
      return value.kind;
  }
}

/** They print doubles with six digits after the point: a float of the wire has seven digits in all. */
function valueWanted({ value, header }: MbusRecord, { Value = "" }: LibmbusRecord): unknown {
  if (value.kind === "number") {
    const theirs = Number(Value);
    return near(theirs, Math.max(1e-6, header.coding === "float32" ? Math.abs(theirs) * 1e-7 : 0));
  }
  if (value.kind === "text" && /^\d+$/.test(value.text)) {
    return String(Number(Value)).padStart(value.text.length, "0");
  }
  return value.kind === "date" ? Value.slice(0, lengthOfDate[value.date.type]) : Value;
}

const lengthOfDate = { F: 16, G: 10, I: 19, J: 8 } as const;

function near(number: number, tolerance: number): unknown {
  return { asymmetricMatch: (other: unknown) => typeof other === "number" && Math.abs(other - number) <= tolerance };
}

corpusCases(
  {
    folder: "mbus",
    count: 150,
    cases: (path) => linesOf(path).filter((line) => plainRecords(line) !== undefined),
    nameOf: (line) => `plain records, ${line.driver ?? ""} ${fileOf(line)} ${line.hex.slice(0, 40)}`,
  },
  (line) => {
    // What was read could not be written again, or reading would end before the telegram does.
    const data = plainRecords(line)!;
    const list = decodeRecords(data);
    const written = list.records.map(({ offset, byteLength }) => toHex(data.subarray(offset, offset + byteLength)));
    const rest = list.manufacturerData === undefined ? "" : toHex(data.subarray(list.manufacturerData.offset - 1));
    expect(toHex(encodeRecords(list.records, list))).toBe(written.join("") + rest);
    // Only checksums, cut telegrams and private forms under public CIs are in no record.
    expect(list.skipped.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(38);
  },
);

corpusCases(
  {
    folder: "mbus",
    count: 1,
    cases: (path) => [linesOf(path)],
    nameOf: () => "numbers that wmbusmeters reads in plain records",
  },
  (lines) => {
    // A table row would be wrong, and with it every meter that sends it.
    let wanted = 0;
    const missed: string[] = [];
    for (const line of lines) {
      const data = line.expected_format === "wmbusmeters-json" ? plainRecords(line) : undefined;
      if (data === undefined) continue;
      const numbers = numbersOf(decodeRecords(data));
      for (const [key, value] of Object.entries(line.expected ?? {})) {
        const factor = factorOf(key);
        if (typeof value !== "number" || factor === undefined) continue;
        wanted++;
        const meant = value * factor;
        const found = numbers.some((number) => Math.abs(number - meant) <= Math.abs(meant) * 1e-6 + 1e-6 * factor);
        if (!found) missed.push(`${line.driver ?? fileOf(line)} ${key} ${value}`);
      }
    }
    console.log(`${wanted - missed.length} of ${wanted} numbers; missed:\n${missed.join("\n")}`);
    // The rest is in the makers' data: descriptions read it.
    expect((wanted - missed.length) / wanted).toBeGreaterThan(0.8);
  },
);

/** The numbers of the records; of joules the watt-hours, too, since the other program converts. */
function numbersOf({ records }: RecordList): readonly number[] {
  return records.flatMap(({ value, unit }) => {
    if (value.kind !== "number") return [];
    const number = value.value.toNumber();
    return unit?.symbol === "J" ? [number, number / 3600] : [number];
  });
}

/** What the unit at the end of a name is in our units; 1 for a count. */
function factorOf(key: string): number | undefined {
  const unit = key.split("_").at(-1) ?? "";
  return key.startsWith("id") ? undefined : (factors[unit] ?? 1);
}

const factors: Readonly<Record<string, number>> = {
  kwh: 1e3,
  mj: 1e6,
  gj: 1e9,
  kw: 1e3,
  l: 1e-3,
  lh: 1e-3,
  min: 60,
  h: 3600,
  d: 86_400,
  y: 31_556_952,
  kvarh: 1e3,
  kvar: 1e3,
  kva: 1e3,
  kvah: 1e3,
};

/** The records of a telegram without encryption; `undefined` for others. */
function plainRecords(line: Line): Uint8Array | undefined {
  const { link, ci, mode, already_decrypted: opened, layers = [] } = line.class;
  const octets = octetsOf(line);
  if (link === "mbus") return ci === "72" && octets[0] === 0x68 ? octets.subarray(19, -2) : undefined;
  if (link !== "wmbus" || (mode !== 0 && opened !== true) || layers.length !== 1) return undefined;
  if (layers[0] === "CI7a") return octets.subarray(15);
  return layers[0] === "CI72" ? octets.subarray(23) : undefined;
}

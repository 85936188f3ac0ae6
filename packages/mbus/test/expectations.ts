/**
 * What other programs read in the telegrams beside the checkout, as numbers in our units; and what we read in them.
 *
 * In: a line of `telegrams.jsonl` in any of its dialects.  Out: names and numbers wanted, numbers found.
 * Not here: asserting (./descriptions.corpus.ts).
 */

import { Instant } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import type { MbusTelegram } from "../src/meaning/telegram.ts";
import { FormatCache } from "../src/security/format-cache.ts";
import { Keyring } from "../src/security/keyring.ts";
import { WmbusStream } from "../src/stream.ts";
import { MbusStream } from "../src/wired-stream.ts";

export interface CorpusLine {
  readonly source: string;
  readonly driver: string | null;
  readonly key: string | null;
  readonly hex: string;
  readonly preceding?: readonly string[];
  readonly class: { readonly link?: string; readonly ci?: string };
  readonly expected_format?: string | null;
  readonly expected?: Readonly<Record<string, unknown>> | null;
}

export interface Wanted {
  readonly name: string;
  /** In the dialect's unit. */
  readonly value: number;
  /** `value` times this is in our unit. */
  readonly factor: number;
  /** Our unit; absent: any. */
  readonly unit?: string;
}

/** What a telegram says, or why it says nothing. */
export type Said = { readonly telegram: MbusTelegram } | { readonly why: string };

/** The line through the pipeline that a gateway has: framing, layers, security, records, meaning. */
export function readLine(line: CorpusLine): Said {
  const keyring = new Keyring();
  const keyOctets = line.key === null ? undefined : fromHex(line.key);
  if (keyOctets !== undefined) keyring.setKeyForAny(keyOctets);
  if (line.class.link === "mbus") {
    const stream = new MbusStream({ keyring });
    const events = [...stream.push(octetsOf(line.hex)), ...stream.flush()];
    const telegrams = events.flatMap((event) => (event.kind === "telegram" ? event.telegram : []));
    const first = telegrams[0];
    return first === undefined ? { why: whyOf(events[0]) } : { telegram: first };
  }
  const formats = new FormatCache();
  const stream = new WmbusStream({ keyring, formats, maxTrailingBytes: 16 });
  for (const before of line.preceding ?? []) stream.frame(octetsOf(before), noTime);
  const events = stream.frame(octetsOf(line.hex), noTime);
  const telegrams = events.flatMap((event) => (event.kind === "telegram" ? event.telegram : []));
  const first = telegrams[0];
  return first === undefined ? { why: whyOf(events[0]) } : { telegram: first };
}

function whyOf(event: { readonly kind: string; readonly error?: { readonly code: string } } | undefined): string {
  return event === undefined ? "nothing" : (event.error?.code ?? event.kind);
}

/** The numbers that the other program reads; a number as text is none. */
export function wantedOf(line: CorpusLine): readonly Wanted[] {
  const { expected, expected_format: format } = line;
  if (expected === null || expected === undefined) return [];
  switch (format) {
    case "wmbusmeters-json":
      return byName(expected);
    case "values":
      return recordsIn(expected, "records").flatMap(byName);
    case "maebli-records":
      return recordsIn(expected, "data_records").flatMap((record) =>
        inUnit(record, "value", "unit", record["exponent"]),
      );
    case "lvogt-legacy":
      return recordsIn(expected, "dataRecord").flatMap((record) => inUnit(record, "value", "unit", 0));
    case "libmbus-norm":
      return recordsIn(expected, "records").flatMap((record) => inUnit(record, "Value", "Unit", 0));
    default:
      return [];
  }
}

/** Whether a value of the telegram is that number in that unit: exactly, or within the last digit that was printed. */
export function isFound(wanted: Wanted, telegram: MbusTelegram): boolean {
  const tolerance = Math.max(lastDigit(wanted.value) * 0.5001, Math.abs(wanted.value) * 1e-6) * wanted.factor;
  return numbersOf(telegram).some(({ value, unit }) => {
    if (wanted.unit !== undefined && unit !== wanted.unit) return false;
    return Math.abs(value - wanted.value * wanted.factor) <= tolerance;
  });
}

function lastDigit(value: number): number {
  const text = String(value);
  if (text.includes("e")) return Math.abs(value) * 1e-6;
  const point = text.indexOf(".");
  return point < 0 ? 1e-6 : 10 ** -(text.length - 1 - point);
}

interface Found {
  readonly value: number;
  readonly unit: string | undefined;
}

/** The telegram's numbers; of joules the watt-hours, too, since the other programs convert. */
function numbersOf(telegram: MbusTelegram): readonly Found[] {
  return telegram.values.flatMap(({ value, unit }): Found[] => {
    if (value.kind === "text" && /^\d+$/.test(value.text)) return [{ value: Number(value.text), unit: undefined }];
    if (value.kind !== "number") return [];
    const number = value.value.toNumber();
    const symbol = unit?.symbol;
    const plain = { value: number, unit: symbol };
    if (symbol === "J") return [plain, { value: number / 3600, unit: "Wh" }];
    if (symbol === "J/h") return [plain, { value: number / 3600, unit: "W" }];
    if (symbol === "mo") return [plain, { value: number / 12, unit: "a" }, { value: number * 2_629_746, unit: "s" }];
    if (symbol === "a") return [plain, { value: number * 31_556_952, unit: "s" }];
    return [plain];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function recordsIn(expected: Fields, name: string): readonly Fields[] {
  const list = expected[name];
  return Array.isArray(list) ? (list as Fields[]) : []; // as documented in the corpus' README
}

/** `total_energy_kwh: 12.3`: the last word of the name is the unit. */
function byName(fields: Fields): Wanted[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (typeof value !== "number" || notMeasured.has(name)) return [];
    // A difference of temperatures is in kelvin here.
    if (name.includes("difference") && name.endsWith("_c")) return [{ name, value, factor: 1, unit: "K" }];
    const known = suffixOf(name);
    return [known === undefined ? { name, value, factor: 1 } : { name, value, factor: known[0], unit: known[1] }];
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function suffixOf(name: string): readonly [factor: number, unit: string] | undefined {
  const suffix = name.split("_").at(-1)!;
  // Others call every power kW, every energy kWh.
  if (suffix === "kw" && name.includes("reactive")) return suffixes["kvar"];
  if (suffix === "kw" && name.includes("apparent")) return suffixes["kva"];
  if (suffix === "kwh" && name.includes("reactive")) return suffixes["kvarh"];
  return suffixes[suffix];
}

function inUnit(record: Fields, valueName: string, unitName: string, exponent: unknown): Wanted[] {
  const text = record[valueName];
  if (typeof text === "string" && !/^-?\d+(\.\d+)?$/.test(text)) return [];
  if (typeof text !== "string" && typeof text !== "number") return [];
  const value = Number(text);
  const symbol = textOf(record[unitName]);
  const name = textOf(record["Quantity"] ?? record["description"] ?? symbol);
  const power = 10 ** (typeof exponent === "number" ? exponent : 0);
  const known = symbols[symbol];
  return [
    known === undefined ? { name, value, factor: power } : { name, value, factor: known[0] * power, unit: known[1] },
  ];
}

const notMeasured: ReadonlySet<string> = new Set(["id", "rssi_dbm", "storage"]);
const suffixes: Readonly<Record<string, readonly [factor: number, unit: string]>> = {
  kwh: [1e3, "Wh"],
  mwh: [1e6, "Wh"],
  mj: [1e6, "J"],
  gj: [1e9, "J"],
  kvarh: [1e3, "varh"],
  kvah: [1e3, "VAh"],
  kw: [1e3, "W"],
  w: [1, "W"],
  kvar: [1e3, "var"],
  kva: [1e3, "VA"],
  v: [1, "V"],
  a: [1, "A"],
  hz: [1, "Hz"],
  m3: [1, "m3"],
  l: [1e-3, "m3"],
  m3h: [1, "m3/h"],
  lh: [1e-3, "m3/h"],
  m3c: [1, "m3 °C"],
  c: [1, "°C"],
  f: [1, "°F"],
  rh: [1, "%"],
  pct: [1, "%"],
  bar: [1, "bar"],
  s: [1, "s"],
  min: [60, "s"],
  h: [3600, "s"],
  d: [86_400, "s"],
  y: [31_556_952, "s"],
};
const symbols: Readonly<Record<string, readonly [factor: number, unit: string]>> = {
  l: [1e-3, "m3"],
  Wh: [1, "Wh"],
  kWh: [1e3, "Wh"],
  J: [1, "J"],
  kJ: [1e3, "J"],
  W: [1, "W"],
  V: [1, "V"],
  A: [1, "A"],
  "m^3": [1, "m3"],
  "m³": [1, "m3"],
  "m^3/h": [1, "m3/h"],
  "m³/h": [1, "m3/h"],
  "°C": [1, "°C"],
  "Â°C": [1, "°C"],
  K: [1, "K"],
  "%RH": [1, "%"],
  s: [1, "s"],
};

function octetsOf(hex: string): Uint8Array {
  const digits = hex.slice(0, hex.length & ~1);
  return /^[0-9a-f]*$/i.test(digits) ? fromHex(digits) : new Uint8Array();
}

const noTime = Instant.ofEpochMs(0);

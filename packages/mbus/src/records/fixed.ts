/**
 * The fixed data structure of old wired meters (CI 73, 16 octets): two counters and a status.
 *
 * In: the octets after CI 73.  Out: who, status, medium, and the counters as records.
 * Not here: the compact frame of wireless M-Bus that has the same CI (./compact); the link tells them apart.
 * Counters become records with the names and units of the variable structure, so that whoever reads values need not know.
 * Source: EN 13757-3:2004 (withdrawn later), as the facts page states it. Of counters in time and date (00, 01) the layout
 * is not stated there: they stay octets.
 */

import { ScaledValue, unitOfSymbol } from "@siegel/readings";
import { EncodeError, toHex } from "@siegel/wire";
import { readBcd, readUnsigned, writeBcd, writeDigits, writeInteger } from "./numbers.ts";
import type { MbusRecord, RecordHeader, RecordValue } from "./record.ts";

export const fixedMedia = [
  "other",
  "oil",
  "electricity",
  "gas",
  "heat",
  "steam",
  "hot-water",
  "water",
  "heat-cost-allocator",
  "reserved-9",
  "gas-2",
  "heat-2",
  "hot-water-2",
  "water-2",
  "heat-cost-allocator-2",
  "reserved-15",
] as const;
export type FixedMedium = (typeof fixedMedia)[number];

export interface FixedData {
  /** Eight digits. */
  readonly identification: string;
  readonly access: number;
  /** As sent: bit 0 binary counters, 1 stored at the due date, 2 low power, 3 permanent error, 4 temporary error. */
  readonly status: number;
  readonly medium: FixedMedium;
  /** 6 bits each. */
  readonly units: readonly [number, number];
  /** Counts as sent; `undefined`: the BCD digits are none. */
  readonly counters: readonly [number | undefined, number | undefined];
}

/** The fields; `undefined` unless there are just 16 octets. */
export function decodeFixed(data: Uint8Array): FixedData | undefined {
  if (data.length !== 16) return undefined;
  const status = data[5]!;
  const binary = (status & 1) === 1;
  const counter = (at: number): number | undefined => {
    if (binary) return Number(readUnsigned(data, at, 4)); // four octets are safe
    // A counter has no minus.
    const value = data[at + 3]! >= 0xa0 ? undefined : readBcd(data, at, 4);
    return value === undefined ? undefined : Number(value);
  };
  return {
    identification: toHex(data.subarray(0, 4).toReversed()),
    access: data[4]!,
    status,
    medium: fixedMedia[(data[6]! >> 6) | ((data[7]! >> 6) << 2)]!,
    units: [data[6]! & 0x3f, data[7]! & 0x3f],
    counters: [counter(8), counter(12)],
  };
}

/** @throws {EncodeError} when a field does not fit. Counters without a value are written as blank digits, EEEEEEEE. */
export function encodeFixed(fixed: FixedData): Uint8Array {
  const bytes = new Uint8Array(16);
  const medium = fixedMedia.indexOf(fixed.medium);
  if (fixed.units.some((unit) => unit < 0 || unit > 0x3f)) throw new EncodeError("out-of-range", "units");
  bytes.set(writeDigits(fixed.identification, 4));
  bytes[4] = fixed.access;
  bytes[5] = fixed.status;
  bytes[6] = fixed.units[0] | ((medium & 3) << 6);
  bytes[7] = fixed.units[1] | ((medium >> 2) << 6);
  const binary = (fixed.status & 1) === 1;
  for (const [index, counter] of fixed.counters.entries()) {
    if (counter === undefined) {
      if (binary) throw new EncodeError("wrong-type", "counters");
      bytes.fill(0xee, 8 + 4 * index, 12 + 4 * index);
    } else bytes.set(binary ? writeInteger(counter, 4, false) : writeBcd(counter, 4, "none"), 8 + 4 * index);
  }
  return bytes;
}

/** The two counters as records; the second has storage 1 when it is a value of the past. */
export function recordsOfFixed(data: Uint8Array): readonly MbusRecord[] {
  const fixed = decodeFixed(data);
  if (fixed === undefined) return [];
  // 3E: the unit of counter 1, and a value of the past.
  const [first, second] = fixed.units;
  const isStored = (fixed.status & 2) !== 0 || second === sameButHistoric;
  const units = [first, second === sameButHistoric ? first : second];
  return fixed.counters.map((counter, index) => {
    const at = 8 + 4 * index;
    const meaning = meaningOf(units[index]!);
    const octets = new Uint8Array(data.subarray(at, at + 4));
    return recordOf(meaning, index === 1 && isStored ? 1 : 0, at, valueOf(counter, meaning, octets), fixed.status);
  });
}

function valueOf(counter: number | undefined, meaning: FixedUnit, octets: Uint8Array): RecordValue {
  if (meaning.quantity === "time" || meaning.quantity === "date") return { kind: "octets", bytes: octets };
  if (counter === undefined) return { kind: "invalid", bytes: octets };
  return { kind: "number", value: ScaledValue.of(counter, meaning.exponent) };
}

function recordOf(meaning: FixedUnit, storage: number, offset: number, value: RecordValue, status: number): MbusRecord {
  const unit = meaning.unit === undefined ? undefined : unitOfSymbol(meaning.unit);
  const header: RecordHeader = {
    bytes: new Uint8Array(0),
    function: "instantaneous",
    storage,
    tariff: 0,
    subunit: 0,
    isRegisterNumber: false,
    coding: (status & 1) === 1 ? "int32" : "bcd8",
    quantity: meaning.quantity,
    vib: "",
    modifiers: [],
    unit,
    reads: "unsigned",
    exponent: meaning.exponent,
    factor: 1,
    offsets: [],
  };
  return {
    offset,
    byteLength: 4,
    headerLength: 0,
    header,
    function: header.function,
    storage,
    tariff: 0,
    subunit: 0,
    quantity: header.quantity,
    modifiers: header.modifiers,
    unit,
    value,
  };
}

interface FixedUnit {
  readonly quantity: string;
  readonly unit?: string;
  readonly exponent: number;
}

/** First code, symbol and exponent of the nine decades from there. */
const decades: readonly (readonly [first: number, quantity: string, unit: string, lowest: number])[] = [
  [0x02, "energy", "Wh", 0],
  [0x0b, "energy", "J", 3],
  [0x14, "power", "W", 0],
  [0x1d, "power", "J/h", 3],
  [0x26, "volume", "m3", -6],
  [0x2f, "volume-flow", "m3/h", -6],
];

function meaningOf(code: number): FixedUnit {
  const [first, quantity, unit, lowest] = decades.findLast(([start]) => code >= start) ?? [0, "unknown", "", 0];
  if (code >= 0x02 && code <= 0x37) return { quantity, unit, exponent: lowest + code - first };
  switch (code) {
    case 0x00:
      return { quantity: "time", exponent: 0 };
    case 0x01:
      return { quantity: "date", exponent: 0 };
    case 0x38:
      return { quantity: "temperature", unit: "°C", exponent: -3 };
    case 0x39:
      return { quantity: "hca", exponent: 0 };
    default:
      return { quantity: code === noUnit ? "dimensionless" : "unknown", exponent: 0 };
  }
}

const sameButHistoric = 0x3e;
const noUnit = 0x3f;

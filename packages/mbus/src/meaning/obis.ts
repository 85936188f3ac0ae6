/**
 * The OBIS code of a record, where a standard or practice gives one.
 *
 * In: header and device type of the meter.  Out: a code, or `undefined`: better none than a wrong one.
 * No code: values of a subunit (which channel that is differs), of a storage other than the current and, for heat, water
 * and allocators, the due date (storage 1); minimum and error values; whatever has a qualifier that no row names.
 * F is always 255: which of a meter's storages is which billing period is its configuration.
 *
 * | rows                                            | source |
 * |-------------------------------------------------|--------|
 * | electricity: energy, power, voltage, current    | IEC 62056-6-1; that VIF 3B/3C is import/export: as jMBus reads Kamstrup meters |
 * | electricity: reactive, apparent, quadrants, frequency, phases, maximum | IEC 62056-6-1; that these records mean them: from memory |
 * | heat, cooling: energy, volume, power, flow, temperatures; due date D = 2 | EN 13757-1, as TRuDI and jMBus have them |
 * | gas: volume                                     | EN 13757-1, as TRuDI has it; base conditions (3.2.0): from memory |
 * | water: volume, flow                             | EN 13757-1, as TRuDI and jMBus have them |
 * | heat cost allocator: units                      | EN 13757-1, as TRuDI has it |
 */

import { ObisCode } from "@siegel/readings";
import type { RecordHeader } from "../records/record.ts";

/** Group A of an EN 13757-7 device type; `undefined` for devices that measure nothing billed. */
export function mediumOfDevice(deviceType: number): number | undefined {
  return mediums[deviceType];
}

/** The code of a record of a meter of this device type. */
export function obisOfRecord(header: RecordHeader, deviceType: number): ObisCode | undefined {
  const medium = mediums[deviceType];
  if (medium === undefined || header.subunit !== 0 || header.recordError !== undefined) return undefined;
  const qualifiers: string[] = [];
  for (const modifier of header.modifiers) {
    if (modifier.kind === "qualifier") {
      if (modifier.name !== "standard-conform") qualifiers.push(modifier.name);
    } else if (modifier.kind !== "factor" && modifier.kind !== "plus") return undefined;
  }
  const key = [header.quantity, ...qualifiers.toSorted()].join(" ");
  return medium === electricity
    ? electricityCode(header, key)
    : otherCode(header, key, medium, rowsOfMedium[medium] ?? {});
}

function electricityCode(header: RecordHeader, key: string): ObisCode | undefined {
  const row = electricityRows[key];
  if (row === undefined || header.storage !== 0) return undefined;
  const [c, d] = row;
  switch (header.function) {
    case "instantaneous":
      return codeOf(electricity, c, d, header.tariff);
    case "maximum":
      return d === instantaneous && key.startsWith("power")
        ? codeOf(electricity, c, maximum, header.tariff)
        : undefined;
    default:
      return undefined;
  }
}

function otherCode(header: RecordHeader, key: string, medium: number, rows: Rows): ObisCode | undefined {
  const row = rows[key];
  if (row === undefined || header.function !== "instantaneous") return undefined;
  const [c, d] = row;
  if (header.storage === 0) return codeOf(medium, c, d, header.tariff);
  const isTotal = key === "energy" || key === "volume" || key === "hca";
  return header.storage === 1 && isTotal && medium !== gas ? codeOf(medium, c, dueDate, header.tariff) : undefined;
}

function codeOf(a: number, c: number, d: number, tariff: number): ObisCode | undefined {
  return tariff > 63 ? undefined : ObisCode.ofGroups(a, 0, c, d, tariff, 255);
}

type Rows = Readonly<Record<string, readonly [c: number, d: number]>>;

const electricity = 1;
const gas = 7;
const maximum = 6;
const instantaneous = 7;
const total = 8;
const dueDate = 2;

const mediums: Readonly<Record<number, number>> = {
  0x02: electricity,
  0x03: gas,
  0x04: 6,
  0x06: 9,
  0x07: 8,
  0x08: 4,
  0x0a: 5,
  0x0b: 5,
  0x0c: 6,
  0x0d: 6,
  0x15: 9,
  0x16: 8,
};

function electric(): Rows {
  const rows: Record<string, readonly [number, number]> = {
    "reactive-energy": [3, total],
    "reactive-energy forward": [3, total],
    "reactive-energy backward": [4, total],
    "apparent-energy": [9, total],
    "apparent-energy forward": [9, total],
    "apparent-energy backward": [10, total],
    "reactive-power": [3, instantaneous],
    "reactive-power forward": [3, instantaneous],
    "reactive-power backward": [4, instantaneous],
    "apparent-power": [9, instantaneous],
    "apparent-power forward": [9, instantaneous],
    "apparent-power backward": [10, instantaneous],
    frequency: [14, instantaneous],
    voltage: [12, instantaneous],
    current: [11, instantaneous],
    "current neutral": [91, instantaneous],
    "energy absolute": [15, total],
    "power absolute": [15, instantaneous],
    "energy import-minus-export": [16, total],
    "power import-minus-export": [16, instantaneous],
  };
  for (const [quantity, d] of [
    ["energy", total],
    ["power", instantaneous],
  ] as const) {
    rows[quantity] = [1, d];
    rows[`${quantity} forward`] = [1, d];
    rows[`${quantity} backward`] = [2, d];
    for (const phase of [1, 2, 3]) {
      rows[`${quantity} phase-${phase}`] = [20 * phase + 1, d];
      rows[`${quantity} forward phase-${phase}`] = [20 * phase + 1, d];
      rows[`${quantity} backward phase-${phase}`] = [20 * phase + 2, d];
    }
  }
  for (const phase of [1, 2, 3]) {
    rows[`current phase-${phase}`] = [20 * phase + 11, instantaneous];
    rows[`voltage phase-${phase}`] = [20 * phase + 12, instantaneous];
  }
  for (const quadrant of [1, 2, 3, 4]) {
    rows[`reactive-energy quadrant-${quadrant}`] = [4 + quadrant, total];
    rows[`reactive-power quadrant-${quadrant}`] = [4 + quadrant, instantaneous];
  }
  return rows;
}

const electricityRows = electric();
const heatRows: Rows = {
  energy: [1, 0],
  volume: [2, 0],
  power: [8, 0],
  "volume-flow": [9, 0],
  "flow-temperature": [10, 0],
  "return-temperature": [11, 0],
  "temperature-difference": [12, 0],
};
const waterRows: Rows = { volume: [1, 0], "volume-flow": [2, 0] };
const rowsOfMedium: Readonly<Record<number, Rows>> = {
  4: { hca: [1, 0] },
  5: heatRows,
  6: heatRows,
  7: { volume: [3, 0], "volume uncorrected": [3, 0], "volume base-conditions": [3, 2] },
  8: waterRows,
  9: waterRows,
};

/**
 * What a VIF means: the primary table and its extensions FB and FD, one entry for each of their 128 codes.
 *
 * In: nothing.  Out: tables.  Not here: combinable VIFEs (./vife-tables), names for people (../meaning).
 * Every quantity has one unit, whatever multiple the meter chose, so that programs need no case split: energy is Wh (J
 * where the meter counts joules, cal where calories: they cannot be converted by a power of ten), power W (J/h), volume
 * m3, volume flow m3/h, durations s. Durations in months and years stay so: they are no number of seconds.
 * A power of ten goes into `exponent`; what is no power of ten (3600 s an hour, 2^-12 of rating factors) into `factor`,
 * so that every value stays an exact decimal.
 * Source: EN 13757-3:2018, tables 10, 12 and 14, as the facts page states them; the kind of data of FD codes and the
 * 0.1 ° of phase angles as public software reads them. FB 22-27 and 58-67 were withdrawn in 2004 and are still met.
 */

import type { Reads } from "./words.ts";

export interface VifEntry {
  readonly quantity: string;
  /** Symbol in the unit table. */
  readonly unit: string | undefined;
  readonly exponent: number;
  readonly factor: number;
  readonly reads: Reads;
}

export type VifTable = readonly (VifEntry | undefined)[];

type Rows = readonly [first: number, count: number, make: (n: number) => VifEntry];

function table(rows: readonly Rows[]): VifTable {
  const entries: (VifEntry | undefined)[] = Array.from({ length: 128 }, () => undefined);
  for (const [first, count, make] of rows) for (let n = 0; n < count; n++) entries[first + n] = Object.freeze(make(n));
  return entries;
}

function entry(
  quantity: string,
  unit: string | undefined,
  exponent = 0,
  reads: Reads = "signed",
  factor = 1,
): VifEntry {
  return { quantity, unit, exponent, factor, reads };
}

/** `count` codes whose exponent rises from `lowest`. */
function decades(first: number, count: number, quantity: string, unit: string, lowest: number, factor = 1): Rows {
  return [first, count, (n) => entry(quantity, unit, lowest + n, "signed", factor)];
}

/** Four codes for seconds, minutes, hours, days: all told in seconds. */
function durations(first: number, quantity: string, reads: Reads = "signed"): Rows {
  return [first, 4, (n) => entry(quantity, "s", 0, reads, secondsOf[n])];
}

/** Four codes for hours, days, months, years. */
function longDurations(first: number, quantity: string): Rows {
  return [
    first,
    4,
    (n) =>
      n < 2
        ? entry(quantity, "s", 0, "unsigned", secondsOf[n + 2])
        : entry(quantity, n === 2 ? "mo" : "a", 0, "unsigned"),
  ];
}

function one(code: number, quantity: string, unit?: string, exponent = 0, reads: Reads = "signed", factor = 1): Rows {
  return [code, 1, () => entry(quantity, unit, exponent, reads, factor)];
}

/** Seconds, minutes, hours, days: `nn` of many codes. */
export const secondsOf: readonly number[] = [1, 60, 3600, 86_400];

/** 2^-12 = 5^12 · 10^-12: rating factors of heat cost allocators. */
const twoToMinus12 = { factor: 5 ** 12, exponent: -12 } as const;

export const primaryVifs: VifTable = table([
  decades(0x00, 8, "energy", "Wh", -3),
  decades(0x08, 8, "energy", "J", 0),
  decades(0x10, 8, "volume", "m3", -6),
  decades(0x18, 8, "mass", "kg", -3),
  durations(0x20, "on-time"),
  durations(0x24, "operating-time"),
  decades(0x28, 8, "power", "W", -3),
  decades(0x30, 8, "power", "J/h", 0),
  decades(0x38, 8, "volume-flow", "m3/h", -6),
  decades(0x40, 8, "volume-flow", "m3/h", -7, 60),
  decades(0x48, 8, "volume-flow", "m3/h", -9, 3600),
  decades(0x50, 8, "mass-flow", "kg/h", -3),
  decades(0x58, 4, "flow-temperature", "°C", -3),
  decades(0x5c, 4, "return-temperature", "°C", -3),
  decades(0x60, 4, "temperature-difference", "K", -3),
  decades(0x64, 4, "external-temperature", "°C", -3),
  decades(0x68, 4, "pressure", "bar", -3),
  one(0x6c, "date", undefined, 0, "date"),
  one(0x6d, "date-time", undefined, 0, "date"),
  one(0x6e, "hca"),
  durations(0x70, "averaging-duration"),
  durations(0x74, "actuality-duration"),
  one(0x78, "fabrication-number", undefined, 0, "digits"),
  one(0x79, "enhanced-identification", undefined, 0, "digits"),
  one(0x7a, "bus-address", undefined, 0, "unsigned"),
  one(0x7e, "any"),
  one(0x7f, "manufacturer", undefined, 0, "raw"),
]);

export const fdVifs: VifTable = table([
  decades(0x00, 4, "credit", "currency", -3),
  decades(0x04, 4, "debit", "currency", -3),
  one(0x08, "access-number", undefined, 0, "unsigned"),
  one(0x09, "device-type", undefined, 0, "unsigned"),
  one(0x0a, "manufacturer-code", undefined, 0, "unsigned"),
  one(0x0b, "parameter-set", undefined, 0, "digits"),
  one(0x0c, "model-version", undefined, 0, "digits"),
  one(0x0d, "hardware-version", undefined, 0, "digits"),
  one(0x0e, "firmware-version", undefined, 0, "digits"),
  one(0x0f, "software-version", undefined, 0, "digits"),
  one(0x10, "customer-location", undefined, 0, "digits"),
  one(0x11, "customer", undefined, 0, "digits"),
  one(0x12, "access-code-user", undefined, 0, "digits"),
  one(0x13, "access-code-operator", undefined, 0, "digits"),
  one(0x14, "access-code-system-operator", undefined, 0, "digits"),
  one(0x15, "access-code-developer", undefined, 0, "digits"),
  one(0x16, "password", undefined, 0, "octets"),
  one(0x17, "error-flags", undefined, 0, "bits"),
  one(0x18, "error-mask", undefined, 0, "bits"),
  one(0x19, "security-key", undefined, 0, "octets"),
  one(0x1a, "digital-output", undefined, 0, "bits"),
  one(0x1b, "digital-input", undefined, 0, "bits"),
  one(0x1c, "baud-rate", "Bd", 0, "unsigned"),
  one(0x1d, "response-delay", "bit-times", 0, "unsigned"),
  one(0x1e, "retries", undefined, 0, "unsigned"),
  one(0x1f, "remote-control", undefined, 0, "bits"),
  one(0x20, "first-cyclic-storage", undefined, 0, "unsigned"),
  one(0x21, "last-cyclic-storage", undefined, 0, "unsigned"),
  one(0x22, "storage-block-size", undefined, 0, "unsigned"),
  one(0x23, "tariff-descriptor", undefined, 0, "unsigned"),
  durations(0x24, "storage-interval"),
  one(0x28, "storage-interval", "mo"),
  one(0x29, "storage-interval", "a"),
  one(0x2a, "operator-data", undefined, 0, "raw"),
  one(0x2b, "time-point-second", "s", 0, "unsigned"),
  durations(0x2c, "duration-since-readout", "unsigned"),
  one(0x30, "tariff-start", undefined, 0, "date"),
  [0x31, 3, (n) => entry("tariff-duration", "s", 0, "signed", secondsOf[n + 1])],
  durations(0x34, "tariff-period"),
  one(0x38, "tariff-period", "mo"),
  one(0x39, "tariff-period", "a"),
  one(0x3a, "dimensionless"),
  one(0x3b, "wireless-container", undefined, 0, "octets"),
  durations(0x3c, "transmission-period", "unsigned"),
  decades(0x40, 16, "voltage", "V", -9),
  decades(0x50, 16, "current", "A", -12),
  one(0x60, "reset-counter", undefined, 0, "unsigned"),
  one(0x61, "cumulation-counter", undefined, 0, "unsigned"),
  one(0x62, "control-signal", undefined, 0, "bits"),
  one(0x63, "weekday", undefined, 0, "unsigned"),
  one(0x64, "week-number", undefined, 0, "unsigned"),
  one(0x65, "day-change", undefined, 0, "date"),
  one(0x66, "parameter-activation", undefined, 0, "bits"),
  one(0x67, "supplier-information", undefined, 0, "raw"),
  longDurations(0x68, "duration-since-cumulation"),
  longDurations(0x6c, "battery-operating-time"),
  one(0x70, "battery-change", undefined, 0, "date"),
  one(0x71, "rf-level", "dBm"),
  one(0x72, "daylight-saving", undefined, 0, "octets"),
  one(0x73, "listening-window", undefined, 0, "octets"),
  one(0x74, "battery-remaining", "s", 0, "unsigned", 86_400),
  one(0x75, "stop-counter", undefined, 0, "unsigned"),
  one(0x76, "manufacturer-container", undefined, 0, "octets"),
]);

/** After FD FD. Source: the tables as public software reads them. */
export const fdFdVifs: VifTable = table([
  one(0x00, "selected-application", undefined, 0, "unsigned"),
  one(0x02, "battery-remaining", "mo", 0, "unsigned"),
  one(0x03, "battery-remaining", "a", 0, "unsigned"),
]);

export const fbVifs: VifTable = table([
  decades(0x00, 2, "energy", "Wh", 5),
  decades(0x02, 2, "reactive-energy", "varh", 3),
  decades(0x04, 2, "apparent-energy", "VAh", 3),
  decades(0x08, 2, "energy", "J", 8),
  decades(0x0c, 4, "energy", "cal", 5),
  decades(0x10, 2, "volume", "m3", 2),
  decades(0x14, 4, "reactive-power", "var", 0),
  decades(0x18, 2, "mass", "kg", 5),
  decades(0x1a, 2, "relative-humidity", "%", -1),
  one(0x20, "volume", "ft3"),
  one(0x21, "volume", "ft3", -1),
  one(0x22, "volume", "gal", -1),
  one(0x23, "volume", "gal"),
  one(0x24, "volume-flow", "gal/min", -3),
  one(0x25, "volume-flow", "gal/min"),
  one(0x26, "volume-flow", "gal/h"),
  decades(0x28, 2, "power", "W", 5),
  one(0x2a, "phase-angle-voltage", "°", -1),
  one(0x2b, "phase-angle-current", "°", -1),
  decades(0x2c, 4, "frequency", "Hz", -3),
  decades(0x30, 2, "power", "J/h", 8),
  decades(0x34, 4, "apparent-power", "VA", 0),
  decades(0x58, 4, "flow-temperature", "°F", -3),
  decades(0x5c, 4, "return-temperature", "°F", -3),
  decades(0x60, 4, "temperature-difference", "°F", -3),
  decades(0x64, 4, "external-temperature", "°F", -3),
  one(0x68, "rating-factor-k", undefined, twoToMinus12.exponent, "unsigned", twoToMinus12.factor),
  one(0x69, "rating-factor-kq", "W", 0, "unsigned"),
  one(0x6a, "rating-factor-kc", undefined, twoToMinus12.exponent, "unsigned", twoToMinus12.factor),
  one(0x6b, "rating-factor-kcr", undefined, twoToMinus12.exponent, "unsigned", twoToMinus12.factor),
  one(0x6c, "rating-factor-kch", undefined, twoToMinus12.exponent, "unsigned", twoToMinus12.factor),
  one(0x6d, "rating-factor-kt", undefined, twoToMinus12.exponent, "unsigned", twoToMinus12.factor),
  one(0x6e, "rating-factor-kd", undefined, twoToMinus12.exponent, "unsigned", twoToMinus12.factor),
  decades(0x70, 4, "temperature-limit", "°F", -3),
  decades(0x74, 4, "temperature-limit", "°C", -3),
  decades(0x78, 8, "cumulative-maximum-power", "W", -3),
]);

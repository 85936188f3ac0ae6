/**
 * What a combinable VIFE adds to a VIF: qualifiers, corrections, limits, record errors and actions.
 *
 * In: nothing.  Out: three tables of 128 entries (from the meter, to the meter, extension after 7C).
 * Not here: VIFs (./vif-tables); what the entries do together (./header).
 * One code means an error when the meter sends it and an action when the meter is told: the direction chooses the table.
 * Source: EN 13757-3:2018, tables 15 to 18, as the facts page states them; the codes of the table after 7C from memory,
 * compared with public software.
 */

import type { ProfileKind, RecordError } from "./words.ts";
import { secondsOf } from "./vif-tables.ts";

export type VifModifier =
  /** Says which of several such values: `average`, `forward`, `phase-1`, `uncorrected` … */
  | { readonly kind: "qualifier"; readonly name: string }
  /** The value is multiplied by 10^exponent; already done in `RecordHeader.exponent`. */
  | { readonly kind: "factor"; readonly exponent: number }
  /** 10^exponent units of the VIF are added; already done in `RecordHeader.offsets`. */
  | { readonly kind: "plus"; readonly exponent: number }
  | { readonly kind: "per"; readonly what: string }
  | { readonly kind: "times"; readonly what: string }
  | { readonly kind: "profile"; readonly profile: ProfileKind }
  | { readonly kind: "action"; readonly action: RecordAction }
  /** The VIFEs that follow are the maker's; 7-bit codes. */
  | { readonly kind: "manufacturer"; readonly codes: readonly number[] }
  | { readonly kind: "unknown"; readonly table: "vife" | "extension"; readonly code: number };

/** What the meter is told to do with the object. */
export type RecordAction =
  | "write"
  | "add"
  | "subtract"
  | "or"
  | "and"
  | "xor"
  | "and-not"
  | "clear"
  | "add-entry"
  | "delete-entry"
  | "delayed"
  | "freeze"
  | "add-to-readout"
  | "delete-from-readout"
  | "reserved";

/** What one VIFE does to the meaning of the VIF before it. */
export interface VifeEntry {
  readonly modifier?: VifModifier;
  readonly recordError?: RecordError;
  /** The value is no longer of the VIF's kind: a count, a date, a duration. */
  readonly becomes?:
    | { readonly kind: "count" }
    | { readonly kind: "date" }
    | { readonly kind: "duration"; readonly seconds: number };
  /** 7C: the next VIFE is of the extension table. */
  readonly extends?: true;
  /** 7F: what follows is the maker's. */
  readonly manufacturer?: true;
  /** Extension 11 and 12: data of type C or D. */
  readonly reads?: "unsigned" | "bits";
}

export type VifeTable = readonly VifeEntry[];

type Rows = readonly [first: number, count: number, make: (n: number) => VifeEntry];

function table(name: "vife" | "extension", ...rows: readonly Rows[]): VifeTable {
  const entries: VifeEntry[] = Array.from({ length: 128 }, (_, code) => {
    return Object.freeze({ modifier: Object.freeze({ kind: "unknown" as const, table: name, code }) });
  });
  for (const [first, count, make] of rows) for (let n = 0; n < count; n++) entries[first + n] = frozen(make(n));
  return entries;
}

function frozen(entry: VifeEntry): VifeEntry {
  if (entry.modifier !== undefined) Object.freeze(entry.modifier);
  return Object.freeze(entry);
}

function qualifier(code: number, name: string, more: VifeEntry = {}): Rows {
  return [code, 1, () => ({ modifier: { kind: "qualifier", name }, ...more })];
}

function errors(first: number, ...list: readonly (RecordError | undefined)[]): Rows {
  return [
    first,
    list.length,
    (n) => {
      const recordError = list[n];
      return recordError === undefined ? {} : { recordError };
    },
  ];
}

function actions(first: number, ...list: readonly RecordAction[]): Rows {
  return [first, list.length, (n) => ({ modifier: { kind: "action", action: list[n] ?? "reserved" } })];
}

function per(first: number, ...list: readonly string[]): Rows {
  return [first, list.length, (n) => ({ modifier: { kind: "per", what: list[n] ?? "" } })];
}

function times(first: number, ...list: readonly string[]): Rows {
  return [first, list.length, (n) => ({ modifier: { kind: "times", what: list[n] ?? "" } })];
}

const lowerUpper = (bit: number): string => (bit === 0 ? "lower" : "upper");
const firstLast = (bit: number): string => (bit === 0 ? "first" : "last");
const beginEnd = (bit: number): string => (bit === 0 ? "begin" : "end");

const bothDirections: readonly Rows[] = [
  qualifier(0x12, "average"),
  [0x13, 1, () => ({ modifier: { kind: "profile", profile: "inverse" } })],
  qualifier(0x14, "relative-deviation"),
  qualifier(0x1d, "standard-conform"),
  [0x1e, 1, () => ({ modifier: { kind: "profile", profile: "registers" } })],
  [0x1f, 1, () => ({ modifier: { kind: "profile", profile: "profile" } })],
  per(0x20, "s", "min", "h", "d", "week", "month", "year", "revolution"),
  per(0x28, "input-pulse-0", "input-pulse-1", "output-pulse-0", "output-pulse-1"),
  per(0x2c, "l", "m3", "kg", "K", "kWh", "GJ", "kW", "K l", "V", "A"),
  times(0x36, "s", "s/V", "s/A"),
  qualifier(0x39, "start-of", { becomes: { kind: "date" } }),
  qualifier(0x3a, "uncorrected"),
  qualifier(0x3b, "forward"),
  qualifier(0x3c, "backward"),
  qualifier(0x3d, "non-metric"),
  qualifier(0x3e, "base-conditions"),
  qualifier(0x3f, "obis-declaration"),
  // 100 u f x b: limits, how often, and when they were exceeded.
  [
    0x40,
    16,
    (n) => {
      const limit = `${lowerUpper(n >> 3)}-limit`;
      if ((n & 7) === 0) return { modifier: { kind: "qualifier", name: limit } };
      if ((n & 7) === 1)
        return { modifier: { kind: "qualifier", name: `exceedings-of-${limit}` }, becomes: { kind: "count" } };
      if ((n & 2) === 0) return { modifier: { kind: "unknown", table: "vife", code: 0x40 + n } };
      const name = `${beginEnd(n & 1)}-of-${firstLast((n >> 2) & 1)}-exceeding-of-${limit}`;
      return { modifier: { kind: "qualifier", name }, becomes: { kind: "date" } };
    },
  ],
  // 101 u f nn: how long the limit was exceeded.
  [
    0x50,
    16,
    (n) => {
      const name = `duration-of-${firstLast((n >> 2) & 1)}-exceeding-of-${lowerUpper(n >> 3)}-limit`;
      return {
        modifier: { kind: "qualifier", name },
        becomes: { kind: "duration", seconds: secondsOf[n & 3] ?? 1 },
      };
    },
  ],
  // 110 0 f nn: how long the value itself lasted.
  [
    0x60,
    8,
    (n) => ({
      modifier: { kind: "qualifier", name: `duration-of-${firstLast(n >> 2)}` },
      becomes: { kind: "duration", seconds: secondsOf[n & 3] ?? 1 },
    }),
  ],
  qualifier(0x68, "during-exceeding-of-lower-limit"),
  qualifier(0x6c, "during-exceeding-of-upper-limit"),
  qualifier(0x69, "leakage"),
  qualifier(0x6d, "overflow"),
  // 110 1 f 1 b: when it began and ended.
  qualifier(0x6a, "begin-of-first", { becomes: { kind: "date" } }),
  qualifier(0x6b, "end-of-first", { becomes: { kind: "date" } }),
  qualifier(0x6e, "begin-of-last", { becomes: { kind: "date" } }),
  qualifier(0x6f, "end-of-last", { becomes: { kind: "date" } }),
  [0x70, 8, (n) => ({ modifier: { kind: "factor", exponent: n - 6 } })],
  [0x78, 4, (n) => ({ modifier: { kind: "plus", exponent: n - 3 } })],
  [0x7c, 1, () => ({ extends: true })],
  [0x7d, 1, () => ({ modifier: { kind: "factor", exponent: 3 } })],
  qualifier(0x7e, "future"),
  [0x7f, 1, () => ({ manufacturer: true })],
];

/** What a meter says. Code 00 is "no error" and adds nothing. */
export const vifesFromMeter: VifeTable = table(
  "vife",
  errors(
    0x00,
    undefined,
    "too-many-difes",
    "storage-not-implemented",
    "unit-not-implemented",
    "tariff-not-implemented",
    "function-not-implemented",
    "data-class-not-implemented",
    "data-size-not-implemented",
    "reserved",
    "reserved",
    "reserved",
    "too-many-vifes",
    "illegal-vif-group",
    "illegal-vif-exponent",
    "vif-dif-mismatch",
    "action-not-implemented",
  ),
  errors(0x15, "no-data", "overflow", "underflow", "data-error", "reserved", "reserved", "reserved", "premature-end"),
  ...bothDirections,
);

/** What a meter is told. */
export const vifesToMeter: VifeTable = table(
  "vife",
  actions(0x00, "write", "add", "subtract", "or", "and", "xor", "and-not", "clear", "add-entry", "delete-entry"),
  actions(0x0a, "delayed", "freeze", "add-to-readout", "delete-from-readout", "reserved", "reserved"),
  ...bothDirections,
);

/** After VIFE 7C. */
export const extendedVifes: VifeTable = table(
  "extension",
  qualifier(0x01, "phase-1"),
  qualifier(0x02, "phase-2"),
  qualifier(0x03, "phase-3"),
  qualifier(0x04, "neutral"),
  qualifier(0x05, "phase-1-to-2"),
  qualifier(0x06, "phase-2-to-3"),
  qualifier(0x07, "phase-3-to-1"),
  qualifier(0x08, "quadrant-1"),
  qualifier(0x09, "quadrant-2"),
  qualifier(0x0a, "quadrant-3"),
  qualifier(0x0b, "quadrant-4"),
  qualifier(0x0c, "import-minus-export"),
  qualifier(0x10, "absolute"),
  [0x11, 1, () => ({ reads: "unsigned" })],
  [0x12, 1, () => ({ reads: "bits" })],
  qualifier(0x14, "to-meter"),
  qualifier(0x15, "from-meter"),
);

/**
 * The words of the application layer: what one data record is once its bits are read.
 *
 * In: nothing.  Out: types.  Not here: reading (./decode), writing (./encode), names and OBIS (../meaning).
 * Why header and value apart: a meter sends the same headers for years. A header is parsed once and shared by all
 * records that carry the same octets; a record only adds where it stood and what was measured.
 * Source: EN 13757-3:2018, clause 6 and annex A, as far as the facts page of this project states them.
 */

import type { ScaledValue, Unit } from "@siegel/readings";
import type { MbusDate } from "./dates.ts";
import type { VifModifier } from "./vife-tables.ts";
import type { CompactProfile, ProfileKind, Reads, RecordError } from "./words.ts";

/** Bits 5-4 of the DIF. `error` is the value during an error state, not an error of the record. */
export type MbusFunction = "instantaneous" | "maximum" | "minimum" | "error";
export const mbusFunctions: readonly MbusFunction[] = ["instantaneous", "maximum", "minimum", "error"];

/** Bits 3-0 of the DIF: how the data is written. */
export type Coding = (typeof codings)[number];
export const codings = [
  "none",
  "int8",
  "int16",
  "int24",
  "int32",
  "float32",
  "int48",
  "int64",
  "selection",
  "bcd2",
  "bcd4",
  "bcd6",
  "bcd8",
  "variable",
  "bcd12",
  "special",
] as const;

/** DIB and VIB of a record. Shared between records and frozen. */
export interface RecordHeader {
  /** DIF, DIFEs, VIF, VIFEs and plain text, as sent. */
  readonly bytes: Uint8Array;
  readonly function: MbusFunction;
  /** Up to 41 bits. */
  readonly storage: number;
  /** Up to 20 bits. */
  readonly tariff: number;
  /** Up to 10 bits. */
  readonly subunit: number;
  /** The last DIFE is 00: the storage number counts registers (OBIS). From memory. */
  readonly isRegisterNumber: boolean;
  readonly coding: Coding;
  /** What is measured: a name of the VIF tables, `unknown`, `manufacturer`, `plain-text` or `any`. */
  readonly quantity: string;
  /** VIF and VIFEs as sent, in lower-case hex: tells unknown and manufacturer quantities apart. */
  readonly vib: string;
  /** Text of a plain-text VIF. */
  readonly text?: string;
  /** What the VIFEs say, in their order; record errors are in `recordError`. */
  readonly modifiers: readonly VifModifier[];
  readonly recordError?: RecordError;
  readonly unit: Unit | undefined;
  readonly reads: Reads;
  /** Value in `unit` = (wire · 10^exponent + offset) · factor. */
  readonly exponent: number;
  readonly factor: number;
  /** Exponents n of constants 10^n to add before `factor`. */
  readonly offsets: readonly number[];
  /** Set when the data is a compact profile. */
  readonly profile?: ProfileKind;
}

export type RecordValue =
  | { readonly kind: "number"; readonly value: ScaledValue }
  | { readonly kind: "text"; readonly text: string }
  /** Local to the meter, no zone. */
  | { readonly kind: "date"; readonly date: MbusDate }
  | { readonly kind: "octets"; readonly bytes: Uint8Array }
  /** The meter marks that it has no value, or the digits are none: the data as sent. */
  | { readonly kind: "invalid"; readonly bytes: Uint8Array }
  /** No data, or a selection for readout. */
  | { readonly kind: "none" }
  | { readonly kind: "profile"; readonly profile: CompactProfile };

export interface MbusRecord {
  /** Within the application data given to `decodeRecords`. */
  readonly offset: number;
  /** Header and data. */
  readonly byteLength: number;
  /** Octets of DIB and VIB. */
  readonly headerLength: number;
  readonly header: RecordHeader;
  readonly function: MbusFunction;
  readonly storage: number;
  readonly tariff: number;
  readonly subunit: number;
  readonly quantity: string;
  readonly modifiers: readonly VifModifier[];
  readonly unit: Unit | undefined;
  readonly value: RecordValue;
  /** LVAR of variable data as sent: the same value can be written in several ways. */
  readonly lvar?: number;
  readonly recordError?: RecordError;
}

/** Why octets are in no record. */
export type SkipCode =
  /** DIF 7F: a request for all data. */
  | "global-readout"
  /** DIF 3F, 4F, 5F or 6F: reserved, its length is not known. */
  | "reserved-dif"
  | "too-many-difes"
  | "too-many-vifes"
  /** LVAR of a reserved value: its length is not known. */
  | "reserved-lvar"
  | "truncated"
  /** The list is longer than the stated maximum. */
  | "too-many-records";

export interface RecordList {
  readonly records: readonly MbusRecord[];
  /** After DIF 0F or 1F: the rest of the data. `offset` is that of its first octet after the DIF. */
  readonly manufacturerData?: { readonly offset: number; readonly bytes: Uint8Array };
  /** DIF 1F: the meter has more telegrams. */
  readonly moreFollows: boolean;
  readonly skipped: readonly { readonly offset: number; readonly byteLength: number; readonly reason: SkipCode }[];
}

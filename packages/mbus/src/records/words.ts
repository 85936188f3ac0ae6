/**
 * The words that the tables of this room and its records share: how data is read, what a meter reports of a record, profiles.
 *
 * In: nothing.  Out: types.  In a file of their own, so that tables and records need not know each other.
 * Source: EN 13757-3:2018, clause 6 and annexes A, C and F, as far as the facts page of this project states them.
 */

import type { ScaledValue } from "@siegel/readings";

/** An error that the meter reports in place of, or beside, the value of one record (VIFE 00-0F, 15-1C). */
export type RecordError =
  | "too-many-difes"
  | "storage-not-implemented"
  | "unit-not-implemented"
  | "tariff-not-implemented"
  | "function-not-implemented"
  | "data-class-not-implemented"
  | "data-size-not-implemented"
  | "too-many-vifes"
  | "illegal-vif-group"
  | "illegal-vif-exponent"
  | "vif-dif-mismatch"
  | "action-not-implemented"
  | "no-data"
  | "overflow"
  | "underflow"
  | "data-error"
  | "premature-end"
  | "reserved";

/** How the data of a header is to be understood. */
export type Reads =
  /** Type B: signed, 80… is invalid. */
  | "signed"
  /** Type C: unsigned, FF… is invalid. */
  | "unsigned"
  /** Type D: bits; shown as the unsigned number they make, every pattern is a value. */
  | "bits"
  /** Not known to us: signed, every pattern is a value. */
  | "raw"
  /** A number that names something: BCD keeps its leading zeros and is a text. */
  | "digits"
  /** Types F, G, I, J by their length. */
  | "date"
  /** A container or a key: octets as they were sent. */
  | "octets";

export type ProfileKind = "profile" | "inverse" | "registers";

export const profileModes = ["absolute", "increments", "decrements", "differences"] as const;
export type ProfileMode = (typeof profileModes)[number];

export type SpacingUnit = "s" | "min" | "h" | "d";

export interface CompactProfile {
  readonly kind: ProfileKind;
  readonly mode: ProfileMode;
  /** 0 to 255 as sent: 0 is an array without time, 253 half months, 254 months (of unit d; 3 months of h, 6 of min). */
  readonly spacing: number;
  readonly spacingUnit: SpacingUnit;
  /** DIF data field of one element: 1-7 without 5 integers, 5 float32, 9-C and E BCD. */
  readonly elementType: number;
  /** In the unit of the record, oldest or newest first as the kind says; `undefined`: marked invalid. */
  readonly elements: readonly (ScaledValue | undefined)[];
}

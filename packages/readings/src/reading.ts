/**
 * A reading: one value of one meter, with all that makes it worth believing.
 *
 * Status bits are kept as the meter sent them; the room that knows the meter judges them and says so in `quality`.
 */

import type { Instant } from "./instant.ts";
import type { MeterId } from "./meter-id.ts";
import type { ObisCode } from "./obis.ts";
import type { ScaledValue } from "./scaled-value.ts";
import type { Unit } from "./unit.ts";

/**
 * What protected a value on its way here, weakest first.
 *
 * clear: nothing. encrypted: nobody else could read it, anybody could have made it. authenticated: its sender holds
 * the shared key. signed: the meter's signature is kept beside it and convinces others, too.
 */
export const trustLevels = ["clear", "encrypted", "authenticated", "signed"] as const;
export type Trust = (typeof trustLevels)[number];

/** The trust of a whole is that of its weakest part; of nothing, "clear". */
export function lowestTrust(levels: Iterable<Trust>): Trust {
  let lowest: number | undefined;
  for (const level of levels) {
    const rank = trustLevels.indexOf(level);
    if (lowest === undefined || rank < lowest) lowest = rank;
  }
  return trustLevels[lowest ?? 0]!;
}

/**
 * How good a value is, in the order of their codes in a day block.
 *
 * valid: measured, no objection ("wahrer Wert"). suspect: measured, but the meter or a check objects. estimated: computed
 * for lack of a value, to be replaced ("vorläufiger Wert"). substituted: computed by the rules of the market and final
 * ("Ersatzwert"). missing: there is no value ("fehlender Wert").
 * These five are ours, in the words of German market processes (EDI@Energy MSCONS); no standard has just these. Whoever
 * reads a status of PTB-A 50.8, a MSCONS or a quality code of IEC 61968-9 says which of them it means.
 */
export const qualities = ["valid", "suspect", "estimated", "substituted", "missing"] as const;
export type Quality = (typeof qualities)[number];

interface ReadingBase {
  /** The meter that measured; `undefined` when the telegram does not say. */
  readonly meter: MeterId | undefined;
  readonly obis: ObisCode;
  /** When it was measured; `undefined` when the meter has no clock. Time of receipt is known to who received. */
  readonly at: Instant | undefined;
  /** The meter's status bits, not judged; a bigint only above 2^53. */
  readonly status?: number | bigint | undefined;
  readonly quality: Quality;
  readonly trust: Trust;
}

/** A number with its unit; no unit for a count, a ratio or a state. */
export interface NumberReading extends ReadingBase {
  readonly kind: "number";
  readonly value: ScaledValue;
  readonly unit: Unit | undefined;
}

/** Octets whose meaning the OBIS code says: an id, a key, a bit string. */
export interface OctetsReading extends ReadingBase {
  readonly kind: "octets";
  readonly value: Uint8Array;
}

export interface TextReading extends ReadingBase {
  readonly kind: "text";
  readonly value: string;
}

export interface BooleanReading extends ReadingBase {
  readonly kind: "boolean";
  readonly value: boolean;
}

export type Reading = NumberReading | OctetsReading | TextReading | BooleanReading;

/** What the numbers of a register are: its state at an instant, an amount within a period, or a momentary value. */
export const seriesKinds = ["total", "interval", "sample"] as const;
export type SeriesKind = (typeof seriesKinds)[number];

/** Readings of one register of one meter, ascending in time, one unit: what an evaluation profile lets through. */
export interface Series {
  readonly meter: MeterId;
  readonly obis: ObisCode;
  readonly unit: Unit | undefined;
  readonly kind: SeriesKind;
  readonly readings: readonly (NumberReading & { readonly at: Instant })[];
}

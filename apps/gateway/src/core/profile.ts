/**
 * Evaluation profiles: which registers of a meter leave the house, at which instants, how often.
 *
 * TAF 7 (load profile of totals, 15 minutes) and a profile after TAF 14 (momentary values every few seconds) are two
 * settings of this one shape. What a profile does not list is never stored.
 * Source: facts of BSI TR-03109-1, TAF 7 and 14; 3 % of the registration period is the deviation that PTB allows, 27 s of a
 * quarter hour.
 */

import type { Slots } from "./slots.ts";

export interface Profile {
  /** Written into each delivery: `TAF-7`. */
  readonly name: string;
  readonly kind: "total" | "sample";
  /** OBIS codes in their full form. */
  readonly registers: ReadonlySet<string>;
  readonly slots: Slots;
  /** A reading stands for its slot when it was taken at the slot or at most so much later. Less than the period. */
  readonly toleranceMs: number;
  readonly deliverEveryMs: number;
  /** How far back a meter that is new here is asked for its memory; 0: not at all. */
  readonly historyMs: number;
}

/**
 * 3 % of the period, but not less than the two seconds of latency that PTB allows a reading: meters push once a second, so
 * that 3 % of five seconds would leave most slots without a value.
 */
export function defaultToleranceMs(periodMs: number): number {
  return Math.min(Math.max(Math.round(periodMs * 0.03), 2_000), periodMs - 1);
}

/** One register of one meter in one profile: what has at most one value a slot. */
export interface SeriesKey {
  readonly profile: string;
  /** Octets in lower-case hex. */
  readonly meter: string;
  /** Full form. */
  readonly obis: string;
}

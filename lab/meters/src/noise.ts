/**
 * Slow random processes that can be asked for any second: weather, voltage, frequency.
 *
 * A table of random values stands at every multiple of the period; between two of them the value moves smoothly.
 * Nothing is remembered, so asking for a second of next year costs as much as asking for the next one.
 */

import type { Random } from "./random.ts";

/** A value in [-1, 1] that moves noticeably within `periodSeconds`. */
export function slowNoise(random: Random, second: number, periodSeconds: number): number {
  const place = second / periodSeconds;
  const before = Math.floor(place);
  const share = place - before;
  const weight = share * share * (3 - 2 * share); // no kink at the table's places
  const first = random.at(before);
  return 2 * (first + (random.at(before + 1) - first) * weight) - 1;
}

/** The value, not below `low` and not above `high`. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

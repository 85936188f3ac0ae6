/** Which tariff register counts at which second: a switching clock on the wall. */

import { daySeconds, hourSeconds, wallOf } from "./local-time.ts";
import { ModelError } from "./model-error.ts";
import type { Tariff } from "./registers.ts";

export interface TariffClock {
  tariffAt(second: number): Tariff;
  /** The first second after this one at which the tariff may change; infinite if it never does. */
  nextSwitch(second: number): number;
}

/** One tariff: everything is counted in T1. */
export const singleTariff: TariffClock = { tariffAt: () => 1, nextSwitch: () => Infinity };

/**
 * Two tariffs: T2 (low) in the span of the day given, T1 else; the span may go over midnight.
 *
 * @param low  Seconds after midnight as the wall shows them, e.g. 22 h to 6 h.
 * @throws {ModelError} "not-a-time" when the span is empty or leaves the day.
 */
export function doubleTariff(low: { from: number; to: number }): TariffClock {
  const { from, to } = low;
  if (!isTimeOfDay(from) || !isTimeOfDay(to) || from === to) throw new ModelError("not-a-time");
  return {
    tariffAt(second) {
      const wall = wallOf(second);
      const isLow = from < to ? wall >= from && wall < to : wall >= from || wall < to;
      return isLow ? 2 : 1;
    },
    nextSwitch(second) {
      const wall = wallOf(second);
      const until = (time: number) => second + (time > wall ? time - wall : time - wall + daySeconds);
      const nextHour = (Math.floor(second / hourSeconds) + 1) * hourSeconds; // the wall clock is changed at full hours
      return Math.min(until(from), until(to), nextHour);
    },
  };
}

function isTimeOfDay(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds < daySeconds;
}

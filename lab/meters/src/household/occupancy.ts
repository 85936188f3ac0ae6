/**
 * When people are awake at home: most of what a household uses follows from it.
 *
 * One pattern for the household as a whole, drawn anew each day: workdays with or without someone at home, weekends,
 * holidays with a fixed date as Sundays, and a few weeks a year in which nobody is there.
 */

import { atWall, hourSeconds, localDay, type CalendarDay } from "../local-time.ts";
import type { Random } from "../random.ts";

/** Half-open span of seconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Occupancy {
  /** Spans in which someone is awake at home, ascending. Empty while the household is away. */
  readonly awake: readonly Span[];
  /** The morning's and the evening's end of the day; equal while the household is away. */
  readonly wakes: number;
  readonly sleeps: number;
}

/** @param random  The household's own stream; the day is forked here. */
export function occupancyOf(random: Random, day: CalendarDay): Occupancy {
  if (isAway(random, day)) return { awake: [], wakes: day.start, sleeps: day.start };
  const draw = random.fork("occupancy").fork(day.index);
  const clock = (hour: number, deviationMinutes: number) =>
    atWall(day, draw.around(hour * hourSeconds, deviationMinutes * 60));
  const dayOff = isDayOff(day);
  const wakes = dayOff ? clock(8.2, 35) : clock(6.3, 22);
  const sleeps = day.weekday === 4 || day.weekday === 5 ? clock(23.4, 35) : clock(22.6, 25);
  if (dayOff) {
    if (draw.chance(0.45)) return { awake: [{ from: wakes, to: sleeps }], wakes, sleeps };
    const leaves = clock(13.8, 50);
    return split({ wakes, sleeps, leaves, returns: leaves + draw.between(1.5, 4) * hourSeconds });
  }
  if (draw.chance(0.45)) return { awake: [{ from: wakes, to: sleeps }], wakes, sleeps };
  return split({ wakes, sleeps, leaves: clock(7.8, 15), returns: clock(15.4, 55) });
}

/** Whether the second lies in one of the spans. */
export function isAwake(occupancy: Occupancy, second: number): boolean {
  return occupancy.awake.some((span) => second >= span.from && second < span.to);
}

/** Saturday, Sunday or a German holiday with a fixed date; the moving ones are left out. */
export function isDayOff(day: CalendarDay): boolean {
  return day.weekday >= 5 || fixedHolidays.has(`${day.month}-${day.dayOfMonth}`);
}

/** Whole weeks, so that a leave begins and ends at a weekend: about three a year. */
function isAway(random: Random, day: CalendarDay): boolean {
  const week = Math.floor((day.index + 5) / 7);
  const { month } = localDay(week * 7 - 5); // its first day, a Saturday
  const likely = month === 7 || month === 8 ? 0.17 : 0.035;
  return random.fork("away").at(week) < likely;
}

function split(day: { wakes: number; sleeps: number; leaves: number; returns: number }): Occupancy {
  const { wakes, sleeps, leaves, returns } = day;
  const awake = [
    { from: wakes, to: Math.max(wakes, leaves) },
    { from: Math.min(returns, sleeps), to: sleeps },
  ].filter((span) => span.to > span.from);
  return { awake, wakes, sleeps };
}

const fixedHolidays: ReadonlySet<string> = new Set(["1-1", "5-1", "10-3", "12-25", "12-26"]);

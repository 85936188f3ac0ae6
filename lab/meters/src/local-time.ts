/**
 * Central European time: which local day a second belongs to, and at which second the clock on the wall shows what.
 *
 * In and out: seconds since 1970-01-01T00:00:00Z. Habits, tariffs and sunshine follow the wall, counters do not.
 * Not here: billing days and their quarter hours, and the rules of the clock changes (readings).
 */

import { billingZone, offsetAt } from "@siegel/readings";

export const daySeconds = 86_400;
export const hourSeconds = 3_600;

/** One calendar day on the wall: 23, 24 or 25 hours long. */
export interface CalendarDay {
  /** Days since 1 January 1970, counted in the local calendar. */
  readonly index: number;
  /** First second of the day. */
  readonly start: number;
  /** First second after the day. */
  readonly end: number;
  /** 0 = Monday … 6 = Sunday. */
  readonly weekday: number;
  /** 1 = 1 January. */
  readonly dayOfYear: number;
  readonly month: number; // 1 = January
  readonly dayOfMonth: number;
}

/** Seconds that the clock on the wall is ahead of UTC: 3600 in winter, 7200 in summer. */
export function utcOffset(second: number): number {
  const hour = Math.floor(second / hourSeconds); // clocks change on full hours
  let offset = offsets.get(hour);
  if (offset === undefined) {
    offset = offsetAt(billingZone, hour * hourSeconds * 1000) / 1000;
    if (offsets.size >= maxOffsets) offsets.clear();
    offsets.set(hour, offset);
  }
  return offset;
}

/** The local day that contains this second. */
export function localDayOf(second: number): CalendarDay {
  return localDay(Math.floor((second + utcOffset(second)) / daySeconds));
}

/** The local day with this index. */
export function localDay(index: number): CalendarDay {
  const date = new Date(index * daySeconds * 1000);
  const firstOfYear = Date.UTC(date.getUTCFullYear(), 0, 1) / 1000 / daySeconds;
  return {
    index,
    start: startOfDay(index),
    end: startOfDay(index + 1),
    weekday: (date.getUTCDay() + 6) % 7,
    dayOfYear: index - firstOfYear + 1,
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
  };
}

/**
 * The second at which the wall shows this time of day.
 *
 * @param wallSeconds  Seconds after midnight as the wall shows them; beyond 86 400 is the next day.
 * @returns            The first of two when the hour comes twice; one hour later when the hour is left out.
 */
export function atWall(day: CalendarDay, wallSeconds: number): number {
  const wall = day.index * daySeconds + Math.round(wallSeconds);
  return utcOffset(wall - 7_200) === 7_200 ? wall - 7_200 : wall - 3_600;
}

/** What the clock on the wall shows, in seconds after midnight. */
export function wallOf(second: number): number {
  return (second + utcOffset(second)) % daySeconds;
}

/** The clock never changes around midnight, so the offset two hours before UTC midnight is the one at local midnight. */
function startOfDay(index: number): number {
  return index * daySeconds - utcOffset(index * daySeconds - 7_200);
}

/** Offset by hour: a household asks each second, the time zone data base answers slowly. Two years fit. */
const offsets = new Map<number, number>();
const maxOffsets = 20_000;

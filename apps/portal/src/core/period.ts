/**
 * The period on display: a day, a week from Monday to Sunday, or a calendar month, in the zone of the meter.
 *
 * In: a local day and a view.  Out: days, first and last instant, the next and the previous period, words for it.
 */

import type { Instant, LocalDay } from "@siegel/readings";

import { type Language, localeOf } from "./decimal.ts";

export const views = ["day", "week", "month"] as const;
export type View = (typeof views)[number];

export interface Period {
  readonly view: View;
  readonly days: readonly LocalDay[];
  readonly start: Instant;
  /** First instant after the period. */
  readonly end: Instant;
}

/** The period of this view that contains the day. */
export function periodOf(view: View, day: LocalDay): Period {
  const days = view === "day" ? [day] : daysAround(day, view);
  return { view, days, start: days[0]!.start, end: days.at(-1)!.end };
}

function daysAround(day: LocalDay, view: "week" | "month"): LocalDay[] {
  const days = [day];
  while (!isFirst(view, days[0]!)) days.unshift(days[0]!.previous());
  for (let next = day.next(); !isFirst(view, next); next = next.next()) days.push(next);
  return days;
}

/** The period before or after. */
export function neighbour(period: Period, direction: "previous" | "next"): Period {
  const day = direction === "next" ? period.days.at(-1)!.next() : period.days[0]!.previous();
  return periodOf(period.view, day);
}

/** `Sunday, 29 March 2026`, `23–29 March 2026`, `March 2026`. */
export function titleOf(period: Period, language: Language): string {
  const [first, last] = [dateOf(period.days[0]!), dateOf(period.days.at(-1)!)];
  if (period.view === "day") return utc(language, { dateStyle: "full" }).format(first);
  if (period.view === "month") return utc(language, { month: "long", year: "numeric" }).format(first);
  return utc(language, { day: "numeric", month: "long", year: "numeric" }).formatRange(first, last);
}

/** `Sun 29`, for an axis. */
export function shortDay(day: LocalDay, view: View, language: Language): string {
  const date = dateOf(day);
  if (view === "month") return utc(language, { day: "numeric" }).format(date);
  return utc(language, { weekday: "short" }).format(date);
}

/** `Sunday, 29 March`, for a row of a table. */
export function longDay(day: LocalDay, language: Language): string {
  return utc(language, { weekday: "long", day: "numeric", month: "long" }).format(dateOf(day));
}

function isFirst(view: "week" | "month", day: LocalDay): boolean {
  // 1970-01-01 was a Thursday.
  return view === "week" ? (day.epochDay + 3) % 7 === 0 : day.date.endsWith("-01");
}

/** A date has no zone: it is formatted as UTC, so that it stays the date it is. */
function dateOf(day: LocalDay): Date {
  return new Date(`${day.date}T00:00:00Z`);
}

function utc(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(localeOf(language), { ...options, timeZone: "UTC" });
}

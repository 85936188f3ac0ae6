/** Periods and their words. */

import { expect, test } from "vitest";

import { barsOf } from "../../src/core/bars.ts";
import { timeText } from "../../src/core/clock-text.ts";
import { neighbour, periodOf, titleOf } from "../../src/core/period.ts";
import { Instant } from "@siegel/readings";
import { day, zone } from "./totals.ts";

test("weeks go from Monday to Sunday, months from the first to the last", () => {
  // A day would be counted in two weeks, or in none.
  const week = periodOf("week", day("2026-03-29"));
  expect([week.days[0]!.date, week.days.at(-1)!.date, week.days.length]).toEqual(["2026-03-23", "2026-03-29", 7]);
  const month = periodOf("month", day("2026-02-11"));
  expect([month.days[0]!.date, month.days.at(-1)!.date, month.days.length]).toEqual(["2026-02-01", "2026-02-28", 28]);
});

test("going on and back again comes back", () => {
  // "Previous" would not lead to where "next" came from, and a day would be skipped where the clock is changed.
  for (const view of ["day", "week", "month"] as const) {
    let period = periodOf(view, day("2026-03-27"));
    for (let step = 0; step < 5; step++) {
      const next = neighbour(period, "next");
      expect(next.start.equals(period.end)).toBe(true);
      expect(neighbour(next, "previous").days[0]!.date).toBe(period.days[0]!.date);
      period = next;
    }
  }
});

test("titles", () => {
  // A reader would not know what he looks at.
  const of = day("2026-03-29");
  expect(titleOf(periodOf("day", of), "en")).toBe("Sunday, 29 March 2026");
  expect(titleOf(periodOf("day", of), "de")).toBe("Sonntag, 29. März 2026");
  expect(titleOf(periodOf("week", of), "de").replaceAll(/[\u2009\u202f]/g, "")).toBe("23.–29. März 2026");
  expect(titleOf(periodOf("month", of), "en")).toBe("March 2026");
});

test("the hour that comes twice is told apart", () => {
  // Two rows of a table would carry the same time.
  expect(timeText(Instant.parse("2026-10-25T00:15:00Z"), zone, "de")).toBe("02:15 MESZ");
  expect(timeText(Instant.parse("2026-10-25T01:15:00Z"), zone, "de")).toBe("02:15 MEZ");
  expect(timeText(Instant.parse("2026-10-25T02:15:00Z"), zone, "de")).toBe("03:15");
  expect(timeText(Instant.parse("2026-03-29T01:15:00Z"), zone, "en")).toBe("03:15");
});

test.each([
  { date: "2026-06-17", six: 24, end: 96 },
  { date: "2026-03-29", six: 20, end: 92 },
  { date: "2026-10-25", six: 28, end: 100 },
])("labels of hours stand where the hour is: $date", ({ date, six, end }) => {
  // From the change of the clock on, every bar would stand under the wrong hour.
  const { labels } = barsOf(periodOf("day", day(date)), [], "en");
  expect(labels.get(six)).toBe("06");
  expect(labels.get(end)).toBe("24");
  expect([...labels.values()]).toEqual(expect.arrayContaining(["00", "06", "09", "12", "15", "18", "21", "24"]));
});

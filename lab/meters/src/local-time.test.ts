import fc from "fast-check";
import { expect, test } from "vitest";
import { atWall, daySeconds, localDay, localDayOf, utcOffset, wallOf } from "./local-time.ts";

const second = fc.integer({ min: Date.UTC(1997, 0, 1) / 1000, max: Date.UTC(2090, 0, 1) / 1000 });
const berlin = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "medium" });

test("the wall shows what the time zone database says", () => {
  // Tariffs would switch an hour early for some days of each year.
  fc.assert(
    fc.property(second, (at) => {
      const utc = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "short", timeStyle: "medium" });
      expect(utc.format((at + utcOffset(at)) * 1000)).toBe(berlin.format(at * 1000));
    }),
    { numRuns: 300 },
  );
});

test("every second belongs to one local day, and days follow without a gap", () => {
  // An hour would be lived twice or not at all.
  fc.assert(
    fc.property(second, (at) => {
      const day = localDayOf(at);
      expect(at >= day.start && at < day.end).toBe(true);
      expect(localDay(day.index + 1).start).toBe(day.end);
      expect(localDay(day.index)).toEqual(day);
    }),
  );
});

test("days of a clock change have 23 and 25 hours, and the weekday is right", () => {
  // The day of the change would be shifted in the load profile.
  const spring = localDayOf(Date.UTC(2025, 2, 30, 12) / 1000);
  const autumn = localDayOf(Date.UTC(2025, 9, 26, 12) / 1000);
  expect([spring.end - spring.start, autumn.end - autumn.start]).toEqual([23 * 3600, 25 * 3600]);
  expect(spring).toMatchObject({ weekday: 6, month: 3, dayOfMonth: 30, dayOfYear: 89 });
});

test("a time on the wall is found again", () => {
  // People would get up at another time than planned.
  fc.assert(
    fc.property(second, fc.integer({ min: 0, max: daySeconds - 1 }), (at, wall) => {
      fc.pre(wall < 2 * 3600 || wall >= 3 * 3600); // this hour may be left out
      expect(wallOf(atWall(localDayOf(at), wall))).toBe(wall);
    }),
  );
});

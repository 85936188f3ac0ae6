import fc from "fast-check";
import { expect, test } from "vitest";
import { quarterHourGrid } from "./day-block/series.ts";
import { Instant } from "./instant.ts";
import { billingZone, LocalDay, offsetAt } from "./local-day.ts";

test.each([
  ["2026-03-28", "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", 96],
  ["2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 92],
  ["2026-03-30", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z", 96],
  ["2026-10-24", "2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", 96],
  ["2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 100],
  ["2026-10-26", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z", 96],
  ["1985-09-29", "1985-09-28T22:00:00Z", "1985-09-29T23:00:00Z", 100],
  ["2040-03-25", "2040-03-24T23:00:00Z", "2040-03-25T22:00:00Z", 92],
])("%s in Berlin goes from %s to %s", (date, start, end, quarterHours) => {
  // An hour of every spring and autumn would be billed to the wrong day, or twice.
  const day = LocalDay.of(date, billingZone);
  expect([String(day.start), String(day.end), day.quarterHourCount]).toEqual([start, end, quarterHours]);
  expect(day.quarterHours()).toHaveLength(quarterHours);
  expect(day.quarterHours().at(-1)?.plus(900_000)).toEqual(day.end);
});

test.each([
  ["Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 94],
  ["Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 98],
  ["Asia/Kathmandu", "2026-06-01", "2026-05-31T18:15:00Z", 96],
  ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 92],
  ["America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z", 100],
  ["Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 92],
  ["Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 96],
  ["UTC", "2026-06-01", "2026-06-01T00:00:00Z", 96],
])("a day in %s, %s, starts at %s", (zone, date, start, quarterHours) => {
  // Zones that jump by half an hour, over midnight or back over it must not lose or repeat time.
  const day = LocalDay.of(date, zone);
  expect([String(day.start), day.quarterHourCount]).toEqual([start, quarterHours]);
});

test("a date that a zone left out is no day, and its neighbours meet", () => {
  // Samoa went from 29 to 31 December 2011; a bill over it must not contain a 30th.
  expect(() => LocalDay.of("2011-12-30", "Pacific/Apia")).toThrow(expect.objectContaining({ code: "no-such-day" }));
  const before = LocalDay.of("2011-12-29", "Pacific/Apia");
  expect(before.next().date).toBe("2011-12-31");
  expect(before.next().previous().date).toBe("2011-12-29");
});

const zones = fc.constantFrom(
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
  "Africa/Cairo",
  "Asia/Tehran",
);

test("every instant lies in exactly one day, and days follow each other without gap", () => {
  // A reading in no day is never billed; one in two days is billed twice.
  fc.assert(
    fc.property(zones, fc.integer({ min: 0, max: 2_208_988_800 }), (zone, seconds) => {
      const instant = Instant.ofEpochSeconds(seconds);
      const day = LocalDay.at(instant, zone);
      expect(day.contains(instant)).toBe(true);
      expect(day.next().start).toEqual(day.end);
      expect(day.previous().end).toEqual(day.start);
      expect(LocalDay.of(day.date, zone).start).toEqual(day.start);
      expect(LocalDay.at(day.start, zone).equals(day)).toBe(true);
      expect(LocalDay.at(day.end.minus(1), zone).equals(day)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("every instant around clock changes over midnight lies in its day", () => {
  // The late evening of 28 October 2006 came twice in Newfoundland, the second time after midnight had struck.
  for (
    let at = Instant.parse("2006-10-29T00:00:00Z");
    at.since(Instant.parse("2006-10-29T06:00:00Z")) < 0;
    at = at.plus(60_000)
  ) {
    const day = LocalDay.at(at, "America/St_Johns");
    expect(day.contains(at)).toBe(true);
    expect(day.date).toBe(at.compare(Instant.parse("2006-10-29T02:30:00Z")) < 0 ? "2006-10-28" : "2006-10-29");
  }
});

test("a day that no quarter hours fill ends with a shorter one, and its grid with the last whole one", () => {
  // The clocks of Liberia moved by 44 minutes and 30 seconds: nothing of that day may be counted to the next.
  const day = LocalDay.of("1972-01-07", "Africa/Monrovia");
  expect([day.durationMs, day.quarterHourCount]).toEqual([83_730_000, 94]);
  expect(quarterHourGrid(day).count).toBe(93);
  expect(day.quarterHours().at(-1)?.since(day.end)).toBe(-30_000);
});

test("the year of a local day is that of the calendar", () => {
  // A load profile must not gain or lose a day at the turn of the year.
  let day = LocalDay.of("2027-12-01", billingZone);
  for (let count = 0; count < 100; count++) day = day.next();
  expect(day.toString()).toBe("2028-03-10 Europe/Berlin");
  expect(day.epochDay).toBe(Date.parse("2028-03-10") / 86_400_000);
});

test("offsets follow the zone", () => {
  // Local times of a meter are turned into instants with these.
  expect(offsetAt(billingZone, Date.parse("2026-07-01T00:00:00Z"))).toBe(7_200_000);
  expect(offsetAt(billingZone, Date.parse("2026-01-01T00:00:00.999Z"))).toBe(3_600_000);
  expect(offsetAt("America/St_Johns", Date.parse("2026-01-01T00:00:00Z"))).toBe(-12_600_000);
  expect(offsetAt("UTC", Date.parse("0050-01-01T00:00:00Z"))).toBe(0);
});

test.each(["2026-02-29", "2026-13-01", "2026-1-1", "0000-01-01", "9999-01-01", "", "2026-03-29T00:00:00Z"])(
  "%j is no day",
  (date) => {
    // A day that does not exist has no bill.
    expect(() => LocalDay.of(date, billingZone)).toThrow(expect.objectContaining({ code: "not-a-day" }));
  },
);

test("a zone that nobody knows is refused", () => {
  // Falling back to UTC would shift every bill by an hour or two.
  for (const zone of ["Europe/Atlantis", "", "constructor", "+02:00", "-0330"]) {
    expect(() => LocalDay.of("2026-01-01", zone)).toThrow(expect.objectContaining({ code: "unknown-zone" }));
    expect(() => LocalDay.at(Instant.ofEpochMs(0), zone)).toThrow(expect.objectContaining({ code: "unknown-zone" }));
  }
});

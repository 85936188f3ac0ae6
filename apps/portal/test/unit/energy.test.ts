/** Energy of slots from totals: every state that a slot can have. */

import { type Instant, ScaledValue } from "@siegel/readings";
import { expect, test } from "vitest";

import { dayEnergies, quarterHours } from "../../src/core/energy.ts";
import { day, fullDay, later, total } from "./totals.ts";

test.each([
  { date: "2026-06-17", count: 96 },
  { date: "2026-03-29", count: 92 },
  { date: "2026-10-25", count: 100 },
])("a day has its quarter hours where the clock is changed, too: $date", ({ date, count }) => {
  // Four quarter hours a year would be drawn that never were, or four would be left out of somebody's bill.
  const slots = quarterHours(day(date), fullDay(day(date)), { now: later });
  expect(slots).toHaveLength(count);
  expect(slots.every(({ state, energy }) => state === "valid" && String(energy) === "100.0")).toBe(true);
});

test("energy is exact where doubles are not", () => {
  // 9007199254740993 and its neighbour are one double: the page would show 0 for what was used.
  const totals = [
    total("2026-06-16T22:00:00Z", "9007199254740992.1"),
    total("2026-06-16T22:15:00Z", "9007199254740993.2"),
  ];
  expect(String(quarterHours(day("2026-06-17"), totals, { now: later })[0]?.energy)).toBe("1.1");
});

test("a quarter hour without one of its ends is missing, never 0 and never interpolated", () => {
  // A reader would take a gap for a night without use, or an invention for a measurement.
  const totals = fullDay(day("2026-06-17")).filter((_, index) => index !== 10);
  const slots = quarterHours(day("2026-06-17"), totals, { now: later });
  expect(slots.slice(8, 12).map(({ state, energy }) => [state, energy && String(energy)])).toEqual([
    ["valid", "100.0"],
    ["missing", undefined],
    ["missing", undefined],
    ["valid", "100.0"],
  ]);
});

test("a total that is told to be missing is no value", () => {
  // The 0 that stands for "nothing" would become a register that fell to zero.
  const totals = fullDay(day("2026-06-17"));
  totals[10] = total(totals[10]!.at, "0", { quality: "missing" });
  expect(quarterHours(day("2026-06-17"), totals, { now: later })[9]).toMatchObject({
    state: "missing",
    energy: undefined,
  });
});

test("what comes after the newest total is late for a day, then missing; what is not over is to come", () => {
  // "Missing" would alarm a reader whose gateway just delivers every quarter of an hour.
  const of = day("2026-06-17");
  const totals = fullDay(of).slice(0, 5);
  const states = (now: Instant): string[] => quarterHours(of, totals, { now }).map(({ state }) => state);
  expect(states(of.start.plus(6 * 900_000)).slice(3, 8)).toEqual(["valid", "late", "late", "future", "future"]);
  expect(states(of.end.plus(25 * 3_600_000))[4]).toBe("missing");
});

test.each(["suspect", "estimated", "substituted"] as const)("a slot is as good as its weaker end: %s", (quality) => {
  // An estimate would be shown as a measurement.
  const totals = fullDay(day("2026-06-17"));
  totals[10] = { ...totals[10]!, quality };
  const slots = quarterHours(day("2026-06-17"), totals, { now: later });
  expect(slots.slice(8, 12).map(({ state }) => state)).toEqual(["valid", quality, quality, "valid"]);
});

test("a total that falls gives no energy", () => {
  // After a meter exchange a household would have fed a mountain of energy into the grid.
  const totals = fullDay(day("2026-06-17"));
  totals[10] = total(totals[10]!.at, "1.0");
  expect(quarterHours(day("2026-06-17"), totals, { now: later })[9]).toMatchObject({
    state: "decreased",
    energy: undefined,
  });
});

test("a changed total marks both quarter hours that it bounds", () => {
  // The reader who tries the check would not see what he changed.
  const totals = fullDay(day("2026-06-17"));
  totals[10] = { ...totals[10]!, changed: true };
  const slots = quarterHours(day("2026-06-17"), totals, { now: later });
  expect(slots.map(({ changed }, index) => (changed ? index : -1)).filter((index) => index >= 0)).toEqual([9, 10]);
});

test("days of a week: whole, running, without readings", () => {
  // A week would end with a day of 0 kWh, or a running day would pass for a whole one.
  const days = [day("2026-06-15"), day("2026-06-16"), day("2026-06-17"), day("2026-06-18")];
  const totals = [
    ...fullDay(days[0]!),
    ...fullDay(days[2]!)
      .slice(0, 41)
      .map((one) => ({ ...one, value: one.value.plus(ScaledValue.of(20_000)) })),
  ];
  const slots = dayEnergies(days, totals, { now: days[2]!.start.plus(41 * 900_000) });
  expect(slots.map(({ state, energy }) => [state, energy && String(energy)])).toEqual([
    ["valid", "9600.0"],
    ["valid", "10400.0"],
    ["partial", "4000.0"],
    ["future", undefined],
  ]);
  expect(String(slots[2]?.known?.to)).toBe(String(days[2]!.start.plus(40 * 900_000)));
});

test("what was before the first delivery is not missing", () => {
  // Everybody's first day would begin with an alarm.
  const of = day("2026-06-17");
  const totals = fullDay(of).slice(24);
  const slots = quarterHours(of, totals, { now: later, firstAt: totals[0]!.at });
  expect([0, 23, 24].map((index) => slots[index]?.state)).toEqual(["before", "before", "valid"]);
  expect(
    dayEnergies([of.previous(), of], totals, { now: later, firstAt: totals[0]!.at }).map(({ state }) => state),
  ).toEqual(["before", "partial"]);
});

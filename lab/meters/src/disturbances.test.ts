import fc from "fast-check";
import { expect, test } from "vitest";
import { type Disturbance, endOf, listedDisturbances, seededDisturbances } from "./disturbances.ts";
import { Household } from "./household/household.ts";

const start = Date.UTC(2025, 0, 1) / 1000;
const day = 86_400;

test("a disturbance is found from every span that it touches, once", () => {
  // A meter would notice that power failed but never that it came back.
  const schedule = seededDisturbances("a hard decade");
  const all = schedule.touching(start, start + 3_650 * day);
  expect(all.length).toBeGreaterThan(50);
  fc.assert(
    fc.property(fc.nat(3_649 * day), fc.nat(3 * day), (from, length) => {
      const [first, last] = [start + from, start + from + length];
      const expected = all.filter((one) => one.at <= last && endOf(one) >= first);
      const found = seededDisturbances("a hard decade").touching(first, last);
      expect(sorted(found.filter((one) => one.at >= start && endOf(one) <= start + 3_650 * day))).toEqual(
        sorted(expected.filter((one) => endOf(one) <= start + 3_650 * day)),
      );
    }),
  );
});

test("every kind but the reversed field happens within a life, none longer than a day", () => {
  // A part of the meter would never be exercised by a seed.
  const all = seededDisturbances(1).touching(start, start + 40_000 * day);
  expect([...new Set(all.map((one) => one.kind))].toSorted()).toEqual([
    "clock-set",
    "cover-open",
    "firmware-update",
    "magnetic-field",
    "over-voltage",
    "phase-loss",
    "power-failure",
    "under-voltage",
  ]);
  expect(all.filter((one) => endOf(one) - one.at > day)).toEqual([]);
});

test("a drawn voltage out of band leaves the band of 230 V ± 10 %", () => {
  // The log would name an over-voltage that no telegram shows.
  const household = new Household({ seed: 3, people: 5, photovoltaics: { peakWatts: 10_000 }, electricVehicle: true });
  const shown = { "over-voltage": 0, "under-voltage": 0 };
  for (const one of seededDisturbances(5).touching(start, start + 2_000 * day)) {
    if (one.kind !== "over-voltage" && one.kind !== "under-voltage") continue;
    const millivolts = household.voltages(one.at, household.load(one.at))[one.phase];
    if (one.kind === "over-voltage") expect(millivolts + one.byMillivolts).toBeGreaterThan(253_000);
    else expect(millivolts - one.byMillivolts).toBeLessThan(207_000);
    shown[one.kind]++;
  }
  expect(Math.min(...Object.values(shown))).toBeGreaterThan(10);
});

test("versions of firmware count up, in every year", () => {
  // A meter would go back to a program before its first one.
  const all = seededDisturbances(1).touching(Date.UTC(1971, 0, 1) / 1000, Date.UTC(2100, 0, 1) / 1000);
  const versions = all.flatMap((one) => (one.kind === "firmware-update" ? [one.version] : []));
  expect(versions.length).toBeGreaterThan(20);
  const minor = versions.map((version) => Number(/^1\.(\d+)\.0$/.exec(version)?.[1]));
  expect(minor).toEqual(minor.toSorted((a, b) => a - b));
  expect(minor[0]).toBeGreaterThan(0);
});

test("a list gives exactly its members", () => {
  // A test that raises a power failure would test something else.
  const failure: Disturbance = { kind: "power-failure", at: 100, seconds: 50 };
  const schedule = listedDisturbances([failure]);
  expect(schedule.touching(0, 99)).toEqual([]);
  expect(schedule.touching(150, 200)).toEqual([failure]); // its end is an event too
  expect(schedule.touching(151, 200)).toEqual([]);
});

function sorted(list: readonly Disturbance[]): string[] {
  return list.map((one) => JSON.stringify(one)).toSorted();
}

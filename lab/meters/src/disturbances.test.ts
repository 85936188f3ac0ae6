import fc from "fast-check";
import { expect, test } from "vitest";
import { type Disturbance, endOf, listedDisturbances, seededDisturbances } from "./disturbances.ts";

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

import fc from "fast-check";
import { expect, test } from "vitest";
import { daySeconds } from "./local-time.ts";
import { ModelError } from "./model-error.ts";
import { doubleTariff, singleTariff } from "./tariffs.ts";

test("between two switches the tariff does not change", () => {
  // A quarter hour would be counted in the wrong register around a clock change.
  const changes = [Date.UTC(2025, 2, 30, 1) / 1000, Date.UTC(2025, 9, 26, 1) / 1000, Date.UTC(2025, 6, 1) / 1000];
  const time = fc.integer({ min: 0, max: daySeconds - 1 });
  const near = fc.integer({ min: -daySeconds, max: daySeconds });
  fc.assert(
    fc.property(
      time,
      time,
      fc.constantFrom(...changes),
      near,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (from, to, change, ahead, share) => {
        fc.pre(from !== to);
        const clock = doubleTariff({ from, to });
        const second = change + ahead;
        const next = clock.nextSwitch(second);
        expect(next).toBeGreaterThan(second);
        expect(clock.tariffAt(second + Math.floor((next - second) * share))).toBe(clock.tariffAt(second));
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a night tariff from 22 to 6 counts eight hours low", () => {
  // Customers with storage heating would pay the day's price.
  const clock = doubleTariff({ from: 22 * 3_600, to: 6 * 3_600 });
  const midnight = Date.UTC(2025, 6, 1) / 1000 - 7_200; // summer time
  const tariffs = Array.from({ length: 24 }, (_, hour) => clock.tariffAt(midnight + hour * 3_600)).join("");
  expect(tariffs).toBe("222222111111111111111122");
});

test("an empty span or a time outside of the day is refused", () => {
  // A clock that never or always switches would look like a working one.
  for (const low of [
    { from: 5, to: 5 },
    { from: -1, to: 5 },
    { from: 0, to: daySeconds },
    { from: 0.5, to: 5 },
  ]) {
    expect(() => doubleTariff(low)).toThrow(ModelError);
  }
});

test("a single tariff never switches", () => {
  // T2 of a meter without a second tariff would count.
  expect([singleTariff.tariffAt(0), singleTariff.nextSwitch(0)]).toEqual([1, Infinity]);
});

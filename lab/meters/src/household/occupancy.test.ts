import { expect, test } from "vitest";
import { localDay } from "../local-time.ts";
import { Random } from "../random.ts";
import { isAwake, occupancyOf } from "./occupancy.ts";

const days = Array.from({ length: 20 * 366 }, (_, index) => localDay(18_000 + index));

test("a household is away for whole weeks from Saturday on, some three a year", () => {
  // In the week of the first of July half of the family would be gone.
  const random = Random.of("away");
  const away = days.map((day) => occupancyOf(random, day).awake.length === 0);
  for (let at = 1; at < days.length; at++) {
    if (away[at] !== away[at - 1]) expect(days[at]?.weekday).toBe(5);
  }
  const weeksPerYear = away.filter(Boolean).length / 7 / 20;
  expect(weeksPerYear).toBeGreaterThan(1.5);
  expect(weeksPerYear).toBeLessThan(5);
});

test("the spans of a day ascend, do not overlap, and lie between getting up and going to bed", () => {
  // Somebody would cook while nobody is there.
  for (let seed = 0; seed < 4; seed++) {
    for (const day of days.slice(0, 1_000)) {
      const { awake, wakes, sleeps } = occupancyOf(Random.of(seed), day);
      const edges = awake.flatMap(({ from, to }) => [from, to]);
      expect(edges).toEqual(edges.toSorted((a, b) => a - b));
      for (const { from, to } of awake) expect(from >= wakes && to <= sleeps && from < to).toBe(true);
      expect(isAwake({ awake, wakes, sleeps }, day.start + 3 * 3_600)).toBe(false);
    }
  }
});

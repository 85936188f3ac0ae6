import fc from "fast-check";
import { expect, test } from "vitest";
import { localDay } from "../local-time.ts";
import { DayPlan } from "./day-plan.ts";
import { noLoad, type Phase, type Run } from "./load.ts";

const days = [localDay(20_177), localDay(20_387), localDay(20_200)]; // 23, 25 and 24 hours
const day = fc.constantFrom(...days);
const runs = fc.array(
  fc.record({
    start: fc.integer({ min: -4_000, max: 95_000 }),
    seconds: fc.nat(50_000),
    phase: fc.constantFrom<Phase>(0, 1, 2),
    milliwatts: fc.integer({ min: -5_000_000, max: 5_000_000 }),
    millivars: fc.integer({ min: -5_000_000, max: 5_000_000 }),
  }),
  { maxLength: 30 },
);

test("the staircase is the sum of the runs at every second, and says how long it holds", () => {
  // An appliance would never be switched off.
  fc.assert(
    fc.property(day, runs, fc.array(fc.nat(100_000), { minLength: 1, maxLength: 20 }), (day, drawn, moments) => {
      const all: Run[] = drawn.map(({ start, seconds, ...power }) => {
        return { from: day.start + start, to: day.start + start + seconds, ...power };
      });
      const plan = new DayPlan(day, all);
      for (const moment of moments) {
        const second = day.start + (moment % (day.end - day.start));
        const sum = noLoad();
        const until = plan.addTo(sum, second);
        expect(sum).toEqual(sumOf(all, second));
        expect(sumOf(all, until - 1)).toEqual(sum);
        expect(until > second && until <= day.end).toBe(true);
      }
    }),
  );
});

function sumOf(all: readonly Run[], second: number) {
  const sum = noLoad();
  for (const run of all) {
    if (second < run.from || second >= run.to) continue;
    sum.activeMilliwatts[run.phase] += run.milliwatts;
    sum.reactiveMillivars[run.phase] += run.millivars;
  }
  return sum;
}

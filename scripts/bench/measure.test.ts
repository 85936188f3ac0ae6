/** The arithmetic of the benchmark, with a clock that the work itself moves. */

import { expect, test } from "vitest";

import { measure, rateText } from "./measure.ts";
import { tableOf } from "./table.ts";
import type { BenchWork } from "./types.ts";

/** A CPU clock, and work that takes the given microseconds each time it is called, the last one again and again. */
function bench() {
  let now = 0;
  const calls: string[] = [];
  const taking = (name: string, ...microseconds: number[]) => {
    let call = 0;
    return () => {
      calls.push(name);
      now += microseconds[Math.min(call++, microseconds.length - 1)] ?? 0;
      return 100;
    };
  };
  return { effort: { rounds: 3, leastMicroseconds: 0, cpu: () => now }, taking, calls };
}

test("rates are medians after the warm-up, ratios are taken within a round", async () => {
  // We would print what the compiler did, or compare a good round of ours with a bad one of theirs.
  const { effort, taking } = bench();
  const work: BenchWork = {
    name: "w",
    unit: "values",
    ours: taking("ours", 9000, 9000, 100, 200, 400),
    others: [{ name: "them", run: taking("them", 9000, 9000, 200, 400, 800) }],
  };
  const { ours, others } = await measure(work, effort);
  expect(ours.median).toBe(500_000);
  expect(ours.spread).toBeCloseTo(0.375);
  expect(others[0]?.ratio).toBe(2);
  expect(others[0]?.rate.median).toBe(250_000);
});

test("rounds are interleaved, and who begins changes", async () => {
  // Whoever runs first would pay for cold caches in every round.
  const { effort, taking, calls } = bench();
  const others = [{ name: "b", run: taking("b", 1) }];
  await measure({ name: "w", unit: "values", ours: taking("a", 1), others }, effort);
  expect(calls.join("")).toBe("abbaabbaab");
});

test("a round is repeated until it uses enough CPU time", async () => {
  // A round of a few microseconds would measure the clock.
  const { effort, taking, calls } = bench();
  await measure(
    { name: "w", unit: "values", ours: taking("a", 10), others: [] },
    { ...effort, rounds: 1, leastMicroseconds: 35 },
  );
  expect(calls.length).toBe(3 * 4);
});

test("a bound that does not hold is marked, one without its rival is refused", async () => {
  // The README would state a speed that is not there.
  const { effort, taking } = bench();
  const work: BenchWork = {
    name: "w",
    unit: "bytes",
    ours: taking("a", 100),
    others: [{ name: "them", run: taking("b", 150) }],
    atLeast: { perCpuSecond: 900_000, timesOther: { them: 2 } },
  };
  const result = await measure(work, effort);
  expect(result.bounds.map((one) => one.holds)).toEqual([true, false]);
  expect(tableOf([result])).toContain("≥ 2 × them MISSED");
  await expect(measure({ ...work, atLeast: { timesOther: { nobody: 1 } } }, effort)).rejects.toThrow("nobody");
});

test.each([
  [142_300_000, "bytes", "142 MB/s"],
  [1_470_000_000, "bytes", "1470 MB/s"],
  [61_234_000, "values", "61.2 M values/s"],
  [2812, "files", "2.81 k files/s"],
  [12, "files", "12.0 files/s"],
])("%d %s per second reads %s", (rate, unit, text) => {
  // A figure would be off by a thousand.
  expect(rateText(rate, unit)).toBe(text);
});

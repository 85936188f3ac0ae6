import fc from "fast-check";
import { expect, test } from "vitest";
import { Random, xoshiro128 } from "./random.ts";

test("the generator is xoshiro128**", () => {
  // A seed in a failure report would name another world on another machine.
  const state = Uint32Array.of(1, 2, 3, 4);
  const drawn = Array.from({ length: 10 }, () => xoshiro128(state));
  // known answers of the reference implementation for the state 1, 2, 3, 4
  expect(drawn).toEqual([
    11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492, 1_287_239_034, 3_734_860_849, 3_729_100_597,
    4_258_142_804,
  ]);
});

test("a fork hangs on its name, not on what was drawn before or beside it", () => {
  // Adding an appliance would change the washing days of all others.
  const names = fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(fc.string(), names, fc.nat(50), (seed, name, draws) => {
      const parent = Random.of(seed);
      const first = parent.fork(name);
      for (let draw = 0; draw < draws; draw++) parent.next();
      parent.fork("another").next();
      const second = parent.fork(name);
      expect([second.next(), second.next(), second.at(7)]).toEqual([first.next(), first.next(), first.at(7)]);
    }),
  );
});

test("forks of different names differ", () => {
  // Two households, or two days of one, would be copies of each other.
  const firsts = new Set<number>();
  for (let name = 0; name < 20_000; name++) firsts.add(Random.of(1).fork(name).next());
  for (const name of ["", "a", "b", "ab", "ba", "1", "kettle", "hob"]) firsts.add(Random.of(1).fork(name).next());
  firsts.add(Random.of(1).next());
  firsts.add(Random.of("1").next());
  expect(firsts.size).toBeGreaterThan(20_010 - 4); // of 2^32 values, a rare pair may meet by chance
});

test.each([
  ["next", (random: Random) => Array.from({ length: 40_000 }, () => random.next())],
  ["at", (random: Random) => Array.from({ length: 40_000 }, (_, index) => random.at(index - 20_000))],
])("%s is even over [0, 1)", (_, draw) => {
  // Habits would cluster where nobody put them.
  const counts = Array.from({ length: 20 }, () => 0);
  for (const value of draw(Random.of("even"))) {
    expect(value >= 0 && value < 1).toBe(true);
    counts[Math.floor(value * 20)]!++;
  }
  const chiSquared = counts.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
  expect(chiSquared).toBeLessThan(50); // 19 degrees of freedom: beyond 50 once in 10 000 seeds
});

test("a value around a mean stays near it", () => {
  // People would get up in the afternoon once a year.
  const random = Random.of(3);
  const drawn = Array.from({ length: 20_000 }, () => random.around(100, 10));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
  expect(mean).toBeCloseTo(100, 0);
  expect(Math.sqrt(variance)).toBeGreaterThan(9.7);
  expect(Math.sqrt(variance)).toBeLessThan(10.3);
  expect(Math.max(...drawn.map((value) => Math.abs(value - 100)))).toBeLessThan(35);
});

import { expect, test } from "vitest";

import { importTotal, quarterMs } from "./profiles.ts";
import { totalAt, World } from "./simulation.ts";

const noon = Date.UTC(2026, 10, 22, 11);
const seeds = Array.from({ length: 300 }, (_, index) => ({ seed: index + 1 }));

const title = "a power cut at any point loses nothing and doubles nothing, seed $seed";
test.each(seeds)(title, { timeout: 300_000 }, async ({ seed }) => {
  // A quarter hour would be billed twice, or never.
  const world = new World({ seed, startMs: noon + (seed % 7) * 1_234, faults: { cut: 0.01, link: 0.3, line: 0.002 } });
  await world.pass(100 * 60_000);
  await world.quiet();
  expect(world.headend.doubled).toEqual([]);
  expect(world.headend.values).toEqual(world.taken);
  // And the meter's memory fills what was not heard: from the first slot to the last, none is left out.
  const slots = [...world.taken.keys()]
    .filter((key) => key.includes(importTotal))
    .map((key) => Date.parse(key.slice(-24)))
    .sort((a, b) => a - b);
  expect(slots.length).toBeGreaterThan(96);
  expect((slots.at(-1)! - slots[0]!) / quarterMs + 1).toBe(slots.length);
  for (const slot of slots) {
    const value = Number(world.taken.get(`TAF-7 ${importTotal} ${new Date(slot).toISOString()}`));
    expect(value - totalAt(slot)).toBeLessThanOrEqual(8 * 27);
    expect(value).toBeGreaterThanOrEqual(totalAt(slot));
  }
  cuts += world.cuts;
});

test.each(["forgets-deliveries", "believes-any-receipt"] as const)("a gateway that %s is found out", async (broken) => {
  // The test above would pass whatever the gateway does.
  const lost: number[] = [];
  for (const { seed } of seeds.slice(0, 20)) {
    const world = new World({ seed, startMs: noon, faults: { cut: 0.01, link: 0.3, line: 0.002 }, broken });
    await world.pass(60 * 60_000);
    await world.quiet().catch(() => lost.push(1)); // a delivery that nobody knows any more never settles
    lost.push(world.taken.size - world.headend.values.size);
  }
  expect(Math.max(...lost)).toBeGreaterThan(0);
});

test("the cuts of this run came", () => {
  // Without a cut, the test above would show nothing.
  expect(cuts).toBeGreaterThan(1_000);
});

let cuts = 0;

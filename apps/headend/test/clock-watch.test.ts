/** A clock that is set is told, and nothing is erased by it until it has rested. */

import { expect, test } from "vitest";

import { ClockWatch } from "../src/core/clock-watch.ts";

test("a clock that was set is told once, and has not rested for six hours", () => {
  // A head-end whose clock ran three days ahead for an hour would have erased what it was to keep for two.
  const clock = { wall: 1_000_000, mono: 50 };
  const pass = (ms: number): void => void ((clock.wall += ms), (clock.mono += ms));
  const watch = new ClockWatch({ wallMs: () => clock.wall, monoMs: () => clock.mono });
  pass(10_000);
  clock.wall += 20_000; // a time service
  expect(watch.look()).toBe(0);
  expect(watch.hasRested).toBe(true);
  pass(10_000);
  clock.wall += 3 * 86_400_000;
  expect(watch.look()).toBe(3 * 86_400_000);
  expect(watch.look()).toBe(0);
  expect(watch.hasRested).toBe(false);
  pass(6 * 3_600_000 - 1);
  expect(watch.hasRested).toBe(false);
  pass(1);
  expect(watch.look()).toBe(0);
  expect(watch.hasRested).toBe(true);
});

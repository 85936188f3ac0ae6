/** Current values: newest wins, gaps stay gaps. */

import type { CurrentValue } from "@siegel/contract";
import { expect, test } from "vitest";

import { newestTotals, newLive, nextLive, unbroken } from "../../src/core/live.ts";

function power(second: number, value: string, more: Partial<CurrentValue> = {}): CurrentValue {
  const at = new Date(Date.parse("2026-06-17T12:00:00Z") + second * 1000).toISOString();
  return { obis: "1-0:16.7.0*255", value, unit: "W", at, quality: "valid", trust: "clear", blockId: "b", ...more };
}

test("an older value does not replace a newer one, whatever the order of events", () => {
  // After a reconnect the page would jump back in time.
  let state = newLive;
  for (const reading of [power(5, "10"), power(0, "20"), power(5, "30"), power(5.25, "40")]) {
    state = nextLive(state, { on: "reading", reading });
  }
  expect(state.byRegister.get("1-0:16.7.0*255")?.value).toBe("40");
  expect(state.trail.map((point) => point.power)).toEqual([10, 40]);
});

test("what was before the page was opened comes before what came after", () => {
  // The line would run backwards.
  let state = nextLive(newLive, { on: "reading", reading: power(60, "3") });
  const points = [0, 5, 60, 65].map((second) => ({ atMs: Date.parse(power(second, "1").at), power: second }));
  state = nextLive(state, { on: "past", points });
  expect(state.trail.map((point) => point.power)).toEqual([0, 5, 3]);
});

test("a gap breaks the line", () => {
  // The line would show values that nobody measured.
  const trail = [0, 5, 60, 65].map((second) => ({ atMs: second * 1000, power: 1 }));
  expect(unbroken(trail).map((piece) => piece.length)).toEqual([2, 2]);
});

test("another meter starts from nothing", () => {
  // The power of the neighbour's flat would stand beside this one's readings.
  const state = nextLive(newLive, { on: "reading", reading: power(0, "1") });
  expect(nextLive(state, { on: "meter" })).toEqual(newLive);
});

test("missing is no point of the line", () => {
  // A value that is not there would be drawn.
  const state = nextLive(newLive, { on: "reading", reading: power(0, "0", { quality: "missing" }) });
  expect(state.trail).toEqual([]);
});

test("a new total is noticed, a new power is not", () => {
  // The page would load the day again every five seconds, or never.
  const total = power(0, "1", { obis: "1-0:1.8.0*255", unit: "Wh" });
  const before = newestTotals([total, power(0, "1")]);
  expect(newestTotals([power(5, "2"), total])).toBe(before);
  expect(newestTotals([{ ...total, at: power(900, "1").at }])).not.toBe(before);
});

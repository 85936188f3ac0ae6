import { describe, expect, test } from "vitest";

import { Slots } from "../src/core/slots.ts";
import { quarterMs, zone } from "./profiles.ts";

const quarters = new Slots({ zone, periodMs: quarterMs });
const at = (text: string): number => Date.parse(text);

test("midnight is the last slot of the day before", () => {
  // A day would begin with the end of the one before, and its consumption would be that of another quarter hour.
  const midnight = at("2026-11-22T23:00:00Z");
  expect(quarters.dayOf(midnight).date).toBe("2026-11-22");
  expect(quarters.dayOf(midnight + quarterMs).date).toBe("2026-11-23");
  expect(quarters.atOrBefore(midnight)).toBe(midnight);
  expect(quarters.atOrBefore(midnight + 1)).toBe(midnight);
  expect(quarters.atOrBefore(midnight - 1)).toBe(midnight - quarterMs);
});

describe.each([
  { date: "2026-03-29", first: "2026-03-28T23:15:00Z", end: "2026-03-29T22:00:00Z", count: 92 },
  { date: "2026-10-25", first: "2026-10-24T22:15:00Z", end: "2026-10-25T23:00:00Z", count: 100 },
  { date: "2026-11-22", first: "2026-11-21T23:15:00Z", end: "2026-11-22T23:00:00Z", count: 96 },
])("the day $date", ({ date, first, end, count }) => {
  test("has its slots, each once", () => {
    // On the days of the clock changes an hour would be lost or billed twice.
    const slots = [...quarters.between(at(first) - quarterMs, at(end))];
    expect(slots).toHaveLength(count);
    expect([slots[0], slots.at(-1)]).toEqual([at(first), at(end)]);
    expect(new Set(slots.map((slot) => quarters.dayOf(slot).date))).toEqual(new Set([date]));
  });
});

test("every instant of two years has one slot at or before it, less than a period away", () => {
  // Somewhere around a change of the clock a reading would fall between two days.
  for (const periodMs of [1_000, 5_000, 60_000, quarterMs, 3_600_000]) {
    const slots = new Slots({ zone, periodMs });
    for (let atMs = at("2025-12-31T20:00:00Z"); atMs < at("2027-12-31T00:00:00Z"); atMs += 7 * 3_600_000 + 12_345) {
      const slot = slots.atOrBefore(atMs);
      expect(atMs - slot).toBeGreaterThanOrEqual(0);
      expect(atMs - slot).toBeLessThan(periodMs);
      expect(slots.isSlot(slot)).toBe(true);
      const day = slots.dayOf(slot);
      expect(day.start.epochMs < slot && slot <= day.end.epochMs).toBe(true);
    }
  }
});

test("slots between two instants are those that each instant names", () => {
  // A gap would be asked for at instants at which nothing is ever kept.
  const [from, to] = [at("2026-03-28T20:00:00Z"), at("2026-03-30T03:00:00Z")];
  const between = [...quarters.between(from, to)];
  const named = new Set<number>();
  for (let atMs = from + 1; atMs <= to; atMs += 60_000) named.add(quarters.atOrBefore(atMs));
  named.delete(from);
  expect(between.filter((slot) => !named.has(slot) && slot !== to)).toEqual([]);
  expect(between.every((slot, index) => index === 0 || slot > between[index - 1]!)).toBe(true);
});

test("zones whose offset is no whole hour have their slots, too", () => {
  // In Nepal every slot would lie beside the meter's quarter hours.
  const nepal = new Slots({ zone: "Asia/Kathmandu", periodMs: quarterMs });
  expect(nepal.isSlot(at("2026-11-22T18:15:00Z"))).toBe(true); // midnight there
  expect(nepal.isSlot(at("2026-11-22T18:00:00Z"))).toBe(true);
  const hours = new Slots({ zone: "Asia/Kathmandu", periodMs: 3_600_000 });
  expect(hours.isSlot(at("2026-11-22T18:00:00Z"))).toBe(false);
});

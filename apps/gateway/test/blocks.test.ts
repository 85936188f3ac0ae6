import { decodeDayBlock, instantAt, qualityAt, statusAt, valueAt } from "@siegel/readings";
import { expect, test } from "vitest";

import { batchOf } from "../src/core/blocks.ts";
import { defaultToleranceMs } from "../src/core/profile.ts";
import type { SlotValue } from "../src/core/slot-value.ts";
import { Slots } from "../src/core/slots.ts";
import { exportTotal, importTotal, power, quarterMs, taf14, taf7, zone } from "./profiles.ts";
import { meter } from "./telegrams.ts";

const midnight = Date.UTC(2026, 10, 22, 23); // the end of 22 November in Berlin
const value = (index: number, more: Partial<SlotValue> = {}): SlotValue => ({
  profile: "TAF-7",
  meter,
  obis: importTotal,
  slotMs: midnight + index * quarterMs,
  capturedMs: midnight + index * quarterMs,
  raw: 100 + index,
  scaler: -1,
  unit: "Wh",
  status: 4,
  quality: "valid",
  trust: "clear",
  ...more,
});
const blocksOf = (values: readonly SlotValue[], profile = taf7()) =>
  batchOf(profile, values).blocks.map((bytes) => decodeDayBlock(bytes));
const shape = (values: readonly SlotValue[], profile = taf7()): string[] =>
  blocksOf(values, profile).map((block) => `${block.day.date} ${String(block.obis)} ${block.values.length}`);

test("a run ends with its local day", () => {
  // A block would say which day it is and hold the values of two.
  expect(shape([-2, -1, 0, 1, 2].map((index) => value(index)))).toEqual([
    `2026-11-22 ${importTotal} 3`,
    `2026-11-23 ${importTotal} 2`,
  ]);
});

test("over the change of the clocks no value is lost and none comes twice", () => {
  // An hour of October would be sealed under the wrong day.
  const slots = new Slots({ zone, periodMs: quarterMs });
  const all = [...slots.between(Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 27))];
  const values = all.map((slotMs, index) => value(0, { slotMs, raw: index }));
  const blocks = blocksOf(values);
  expect(blocks.map(({ day, values: { length } }) => `${day.date} ${length}`)).toContain("2026-10-25 100");
  const back = blocks.flatMap((block) => [...block.values.keys()].map((index) => instantAt(block, index).epochMs));
  expect(back).toEqual(all);
});

test("a slot that is open splits a load profile, one that is missing stands in it", () => {
  // A gap that the meter may still fill would be sealed as a gap.
  expect(shape([value(1), value(3), value(4)])).toEqual([`2026-11-23 ${importTotal} 1`, `2026-11-23 ${importTotal} 2`]);
  const [block] = blocksOf([value(1), value(2, { raw: undefined, quality: "missing", status: undefined }), value(3)]);
  expect(block?.values.length).toBe(3);
  expect([0, 1, 2].map((index) => qualityAt(block!, index))).toEqual(["valid", "missing", "valid"]);
  expect([0, 1, 2].map((index) => statusAt(block!, index))).toEqual([4, undefined, 4]);
  expect(valueAt(block!, 1)).toBeUndefined();
});

test("a short hole among samples is written as missing, a long one splits", () => {
  // A minute without a line would cost a block, or an hour without one be said slot by slot.
  const sample = (index: number): SlotValue =>
    value(0, { profile: "TAF-14", obis: power, unit: "W", slotMs: midnight + index * 5_000 });
  const [block, ...more] = blocksOf([sample(1), sample(4)], taf14());
  expect(more).toEqual([]);
  expect([0, 1, 2, 3].map((index) => qualityAt(block!, index))).toEqual(["valid", "missing", "missing", "valid"]);
  expect(shape([sample(1), sample(80)], taf14())).toHaveLength(2);
});

test("a change of unit, scaler or trust begins another block", () => {
  // Values of the PIN-less display would look ten thousand times finer; unsigned ones as good as signed.
  expect(shape([value(1), value(2, { scaler: 3 }), value(3, { scaler: 3 })])).toHaveLength(2);
  expect(shape([value(1), value(2, { trust: "signed" })])).toHaveLength(2);
  expect(shape([value(1), value(2, { unit: "kWh" })])).toHaveLength(2);
  expect(shape([value(1), value(1, { obis: exportTotal })])).toHaveLength(2);
  const [clear, signed] = blocksOf([value(1), value(2, { trust: "signed" })]);
  expect([clear?.trust, signed?.trust]).toEqual(["clear", "signed"]);
});

test("numbers beyond 2^53 and statuses of 64 bits are sealed to the last bit", () => {
  // A register of many digits would be rounded by us.
  const raw = 2n ** 64n - 1n;
  const [block] = blocksOf([value(1, { raw, status: raw }), value(2, { raw: 5 })]);
  expect(valueAt(block!, 0)?.raw).toBe(raw);
  expect(valueAt(block!, 1)?.raw).toBe(5);
  expect(statusAt(block!, 0)).toBe(raw);
});

test("a meter that changes its scaler with each value fills a delivery, and the rest waits for the next", () => {
  // A delivery would become too large to be taken, and stop all that follow.
  const values = Array.from({ length: 200 }, (_, index) => value(index - 90, { scaler: index % 2 }));
  const { blocks, values: included } = batchOf(taf7(), values);
  expect(blocks).toHaveLength(64);
  expect(included).toEqual(values.slice(0, 64));
});

test("the tolerance is below the period, however short that is", () => {
  // One reading would stand for two slots.
  for (const periodMs of [1_000, 2_000, 5_000, quarterMs]) expect(defaultToleranceMs(periodMs)).toBeLessThan(periodMs);
  expect(defaultToleranceMs(quarterMs)).toBe(27_000);
});

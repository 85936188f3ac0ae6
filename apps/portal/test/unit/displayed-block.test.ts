/** The bytes of a block with the values on display. */

import {
  dayBlockOf,
  decodeDayBlock,
  encodeDayBlock,
  MeterId,
  ObisCode,
  quarterHourGrid,
  type Quality,
  ScaledValue,
  unitOfCode,
  valueAt,
} from "@siegel/readings";
import fc from "fast-check";
import { expect, test } from "vitest";

import { displayedBlock } from "../../src/check/displayed-block.ts";
import type { ShownBlock, ShownValue } from "../../src/check/messages.ts";
import { day } from "./totals.ts";

const meter = MeterId.ofLabel("1DZG0060694613");
const obis = ObisCode.parse("1-0:1.8.0");
const of = day("2026-06-17");
const grid = quarterHourGrid(of);

/** A block, and what a page shows of it: `raws` in 0.1 Wh, null where a value is missing. */
function sample(raws: readonly (number | bigint | null)[]): { signed: Uint8Array; shown: ShownBlock } {
  const readings = raws.map((raw, index) => ({
    kind: "number" as const,
    meter,
    obis,
    unit: unitOfCode(30),
    at: grid.firstAt.plus(index * grid.periodMs),
    value: ScaledValue.of(raw ?? 0, -1),
    quality: (raw === null ? "missing" : "valid") satisfies Quality as Quality, // widened: the runs differ
    trust: "signed" as const,
  }));
  const block = dayBlockOf(
    { meter, obis, unit: unitOfCode(30), kind: "total", readings },
    { ...grid, count: raws.length },
  );
  const values: ShownValue[] = readings.map(({ at, value, quality }) => ({
    atMs: at.epochMs,
    value: quality === "missing" ? null : String(value),
    quality,
  }));
  const shown = { blockId: "b", meter: meter.id, obis: String(obis), unit: "Wh", gateway: null, values };
  return { signed: encodeDayBlock(block).slice(), shown };
}

function change(shown: ShownBlock, index: number, to: Partial<ShownValue>): ShownBlock {
  return { ...shown, values: shown.values.map((one, at) => (at === index ? { ...one, ...to } : one)) };
}

const raws = fc.array(fc.option(fc.oneof(fc.nat(), fc.bigInt(2n ** 53n, 2n ** 63n)), { nil: null }), {
  minLength: 1,
  maxLength: 96,
});

test("what is shown as it was signed gives the signed bytes", () => {
  // Every genuine reading would be called changed.
  fc.assert(
    fc.property(raws, (values) => {
      const { signed, shown } = sample(values);
      const displayed = displayedBlock(signed, shown);
      expect(displayed.bytes).toEqual(signed);
      expect(displayed).toMatchObject({ mismatch: undefined, count: values.length, fromMs: grid.firstAt.epochMs });
    }),
  );
});

test("any other value, however small the difference, gives other bytes", () => {
  // A server could show more than the meter measured, and the page would call it genuine.
  fc.assert(
    fc.property(raws, fc.nat(), fc.constantFrom("0.1", "0.01", "-0.1", "1000000"), (values, place, by) => {
      const { signed, shown } = sample(values);
      const index = place % values.length;
      const before = shown.values[index]!.value;
      const value = before === null ? "0.0" : String(ScaledValue.parse(before).plus(ScaledValue.parse(by)));
      const quality = "valid" as const;
      expect(displayedBlock(signed, change(shown, index, { value, quality })).bytes).not.toEqual(signed);
      if (before !== null)
        expect(displayedBlock(signed, change(shown, index, { value: null })).bytes).not.toEqual(signed);
    }),
  );
});

test("another quality gives other bytes", () => {
  // An estimate could be shown as a measurement.
  const { signed, shown } = sample([1, 2, 3]);
  expect(displayedBlock(signed, change(shown, 1, { quality: "estimated" })).bytes).not.toEqual(signed);
});

test("the same number written with more zeros is the same number", () => {
  // A server that writes 1.10 for 1.1 would be accused of forgery.
  const { signed, shown } = sample([11, 12]);
  expect(displayedBlock(signed, change(shown, 0, { value: "1.100" })).bytes).toEqual(signed);
});

test("values that are not on display stay as they were signed", () => {
  // A page that shows the first and last total of a block could not check it.
  const { signed, shown } = sample([1, 2, 3, 4]);
  const part = { ...shown, values: shown.values.slice(3) };
  expect(displayedBlock(signed, part).bytes).toEqual(signed);
  expect(String(valueAt(decodeDayBlock(displayedBlock(signed, change(part, 0, { value: "9" })).bytes!), 0))).toBe(
    "0.1",
  );
});

test.each([
  ["meter", { meter: "0a01" }],
  ["register", { obis: "1-0:2.8.0*255" }],
  ["unit", { unit: "varh" }],
] as const)("a proof of another %s is told", (mismatch, other) => {
  // The neighbour's genuine readings would be proof of mine.
  const { signed, shown } = sample([1, 2]);
  expect(displayedBlock(signed, { ...shown, ...other }).mismatch).toBe(mismatch);
});

test("a proof of another time is told", () => {
  // Yesterday's genuine readings would be proof of today's.
  const { signed, shown } = sample([1, 2]);
  const values = shown.values.map((one) => ({ ...one, atMs: one.atMs + 86_400_000 }));
  expect(displayedBlock(signed, { ...shown, values }).mismatch).toBe("instants");
});

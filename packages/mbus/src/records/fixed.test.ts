import { fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFixed, encodeFixed, recordsOfFixed } from "./fixed.ts";

function told(hex: string): readonly string[] {
  return recordsOfFixed(fromHex(hex)).map(({ quantity, unit, storage, value }) => {
    const text = value.kind === "number" ? value.value.toString() : value.kind;
    return `${quantity} ${text}${unit === undefined ? "" : ` ${unit.symbol}`} @${storage}`;
  });
}

test("a water meter with its value at the due date", () => {
  // Old meters in cellars would not be read.
  const data = fromHex("78563412 0a 00 e9 7e 01000000 35010000");
  expect(decodeFixed(data)).toEqual({
    identification: "12345678",
    access: 10,
    status: 0,
    medium: "water",
    units: [0x29, 0x3e],
    counters: [1, 135],
  });
  expect(told("78563412 0a 00 e9 7e 01000000 35010000")).toEqual(["volume 0.001 m3 @0", "volume 0.135 m3 @1"]);
});

test.each([
  ["00", "02", "energy 16 Wh @0"],
  ["00", "0a", "energy 1600000000 Wh @0"],
  ["00", "0b", "energy 16000 J @0"],
  ["00", "13", "energy 1600000000000 J @0"],
  ["00", "14", "power 16 W @0"],
  ["00", "1c", "power 1600000000 W @0"],
  ["00", "1d", "power 16000 J/h @0"],
  ["00", "25", "power 1600000000000 J/h @0"],
  ["00", "26", "volume 0.000016 m3 @0"],
  ["00", "2e", "volume 1600 m3 @0"],
  ["00", "2f", "volume-flow 0.000016 m3/h @0"],
  ["00", "37", "volume-flow 1600 m3/h @0"],
  ["00", "38", "temperature 0.016 °C @0"],
  ["00", "39", "hca 16 @0"],
  ["00", "3a", "unknown 16 @0"],
  ["00", "3f", "dimensionless 16 @0"],
  ["00", "00", "time octets @0"],
  ["00", "01", "date octets @0"],
  ["01", "02", "energy 22 Wh @0"],
])("status %s, unit %s: %s", (status, unit, text) => {
  // A wrong row of the table misscales every old meter with that unit.
  expect(told(`78563412 0a ${status} ${unit} 3f 16000000 00000000`)[0]).toBe(text);
});

test("blank digits are no value, and the due date is told", () => {
  // A blank display would be billed.
  expect(told("78563412 0a 02 02 02 eeeeeeee 01000000")).toEqual(["energy invalid Wh @0", "energy 1 Wh @1"]);
});

test("16 octets only", () => {
  // A compact frame has the same CI.
  expect(decodeFixed(new Uint8Array(15))).toBeUndefined();
  expect(recordsOfFixed(new Uint8Array(17))).toEqual([]);
});

test("fields are the same after writing and reading", () => {
  // A virtual meter would send what it does not have.
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const fixed = decodeFixed(bytes)!;
      if (fixed.counters.includes(undefined)) return;
      expect(toHex(encodeFixed(fixed))).toBe(toHex(bytes));
    }),
    { numRuns: 2000 },
  );
  const blank = fromHex("78563412 0a 00 02 02 eeeeeeee 01000000");
  expect(encodeFixed(decodeFixed(blank)!)).toEqual(blank);
});

import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { payloads } from "../../test/payloads.ts";
import { annotateRecords } from "./records.ts";

function told(hex: string): readonly string[] {
  return annotateRecords(fromHex(hex)).map(({ bytes, depth, field, meaning, error }) => {
    return `${" ".repeat(depth)}${toHex(bytes)} ${field}: ${meaning}${error === undefined ? "" : ` !${error.code}`}`;
  });
}

test("every octet with its field", () => {
  // Who looks for a fault would look at the wrong octet.
  expect(told("2f 8c1004 78563412 02fdc8ff04 6400 0dfd0c03 333231 046db2371f15 1f aa")).toMatchInlineSnapshot(`
    [
      "2f filler: ",
      " records[0]: energy = 123456780 Wh",
      " 8c DIF: instantaneous, bcd8",
      " 10 DIFE: adds tariff 1",
      " 04 VIF: energy, 10^1 Wh",
      " 78563412 data: 123456780",
      " records[1]: voltage-manufacturer-04 = 10.0 V",
      " 02 DIF: instantaneous, int16",
      " fd VIF: voltage, 10^-1 V",
      " c8 VIFE: ",
      " ff VIFE: ",
      " 04 VIFE: ",
      " 6400 data: 10.0",
      " records[2]: model-version = 123",
      " 0d DIF: instantaneous, variable",
      " fd VIF: model-version",
      " 0c VIFE: ",
      " 03 LVAR: text or octets",
      " 333231 data: 123",
      " records[3]: date-time = 2008-05-31T23:50, clock not valid",
      " 04 DIF: instantaneous, int32",
      " 6d VIF: date-time",
      " b2371f15 data: 2008-05-31T23:50, clock not valid",
      "1f DIF: data of the maker, and more telegrams follow",
      " aa manufacturer data: ",
    ]
  `);
});

test.each([
  ["04130000", "truncated"],
  ["3f", "reserved-dif"],
  ["0d13ff", "reserved-lvar"],
])("%s ends with %s", (hex, code) => {
  // The place where reading stopped would be unmarked.
  expect(annotateRecords(fromHex(hex)).at(-1)?.error).toEqual({ code, path: "records[0]" });
});

test("each octet stands in just one line, in order", () => {
  // Octets would be hidden from whoever inspects.
  const covers = (data: Uint8Array): void => {
    const lines = annotateRecords(data, { offset: 5, depth: 2 });
    expect(toHex(concatBytes(...lines.map(({ bytes }) => bytes)))).toBe(toHex(data));
    let at = 5;
    for (const { offset, bytes, depth } of lines) {
      expect(offset).toBe(at);
      expect(depth).toBeGreaterThanOrEqual(2);
      at += bytes.length;
    }
  };
  for (const data of payloads) for (let length = 0; length <= data.length; length++) covers(data.subarray(0, length));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), covers), { numRuns: 500 });
  covers(fromHex("7f 2f 7f 011305 7f 0f"));
});

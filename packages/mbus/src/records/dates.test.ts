import { fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dates } from "../../test/records.arbitrary.ts";
import { dateText, readDate, writeDate } from "./dates.ts";

function told(hex: string): string | undefined {
  const bytes = fromHex(hex);
  const date = readDate(bytes, 0, bytes.length);
  return date === undefined ? undefined : dateText(date);
}

test.each([
  ["1f15", "2008-05-31"],
  ["ffff", undefined],
  ["0000", undefined],
  ["e1f1", "*-01-01"],
  ["011f", "2008-*-01"],
  ["0011", "2008-01-*"],
  ["5e12", undefined], // 30 February
  ["5d12", undefined], // 29 February 2010
  ["1d12", "2008-02-29"],
  ["1d1d", undefined], // month 13
  ["21a1", "1981-01-01"],
  ["01a1", "2080-01-01"],
  ["81c1", undefined], // year 100
])("type G %s is %s", (hex, text) => {
  // A due date would be wrong, or a date that is none be shown.
  expect(told(hex)).toBe(text);
});

test.each([
  ["32371f15", "2008-05-31T23:50"],
  ["32171f15", "2008-05-31T23:50"],
  ["32b71f15", "2008-05-31T23:50"],
  ["b2371f15", "2008-05-31T23:50"],
  ["3f3f1f15", "2008-05-31T*:*"],
  ["3c371f15", undefined], // minute 60
  ["32391f15", undefined], // hour 25
  ["32771f15", "2208-05-31T23:50"],
  ["ffffffff", undefined],
  ["00000000", undefined],
])("type F %s is %s", (hex, text) => {
  // The meter's clock would be wrong by a century, an hour, or for ever.
  expect(told(hex)).toBe(text);
});

test("type F keeps what the meter says of its clock", () => {
  // A clock that is not set would look like one that is.
  const at = (hex: string) => readDate(fromHex(hex), 0, 4);
  expect(at("32b71f15")).toMatchObject({ summerTime: true, hundredYear: 1 });
  expect(at("32171f15")).toMatchObject({ summerTime: false, hundredYear: 0 });
  expect(at("b2371f15")).toMatchObject({ isInvalid: true });
});

test.each([
  ["3a3217", "23:50:58"],
  ["3f3f1f", "*:*:*"],
  ["400000", undefined],
  ["ffffff", undefined],
])("type J %s is %s", (hex, text) => {
  // As above.
  expect(told(hex)).toBe(text);
});

test.each([
  ["7a72d71f1556", "2008-05-31T23:50:58"],
  ["7af2d71f1556", "2008-05-31T23:50:58"],
  ["7a72d7001556", "2008-05-*T23:50:58"],
  ["000000000000", undefined],
])("type I %s is %s", (hex, text) => {
  // As above.
  expect(told(hex)).toBe(text);
});

test("other lengths are no dates", () => {
  // A length that a stranger chose must not be read as a date.
  for (const length of [0, 1, 5, 7, 8]) expect(readDate(new Uint8Array(8), 0, length)).toBeUndefined();
});

test("dates are the same after writing and reading", () => {
  // A meter's clock would be set wrong.
  fc.assert(
    fc.property(dates, (date) => {
      const bytes = writeDate(date);
      expect(readDate(bytes, 0, bytes.length)).toEqual(date);
    }),
  );
});

test("octets are the same after reading and writing, where no bit is reserved", () => {
  // As above. All days of type G; types F and I by drawing.
  for (let value = 0; value < 0x1_0000; value++) {
    const bytes = Uint8Array.of(value & 0xff, value >> 8);
    const date = readDate(bytes, 0, 2);
    if (date !== undefined) expect(toHex(writeDate(date))).toBe(toHex(bytes));
  }
  for (const length of [3, 4, 6]) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), (bytes) => {
        if (length === 4) bytes[0]! &= 0xbf;
        if (length === 6 && bytes[5]! < 0x40) bytes[1]! &= 0xbf;
        const date = readDate(bytes, 0, length);
        if (date !== undefined) expect(toHex(writeDate(date))).toBe(toHex(bytes));
      }),
      { numRuns: 5000 },
    );
  }
});

test.each([
  { type: "G", year: 2081, month: 1, day: 1 },
  { type: "G", year: 1980, month: 1, day: 1 },
  { type: "G", year: 2008, month: 2, day: 30 },
  { type: "F", year: 2008, month: 1, day: 1, hour: 24, minute: 0 },
  { type: "F", year: 2008, month: 1, day: 1, hour: 1, minute: 0, hundredYear: 3 },
  { type: "F", year: 2008, month: 1, day: 1, hour: 1, minute: 0, hundredYear: 4 },
] as const)("%o cannot be written", (date) => {
  // A clock command would set another date than the one asked for.
  expect(() => writeDate(date)).toThrow(expect.objectContaining({ code: "out-of-range" }));
});

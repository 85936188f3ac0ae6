import { readFileSync } from "node:fs";
import { DecodeError, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type DayBlock,
  decodeDayBlock,
  encodeDayBlock,
  instantAt,
  LocalDay,
  maxDayValues,
  ObisCode,
  qualityAt,
  statusAt,
  unitOfSymbol,
  valueAt,
} from "../src/index.ts";
import { anyBlock, blockOf, household, quarterHourTotals } from "./blocks.ts";

/** What a block says, in plain data: days of different classes with the same instants are the same day. */
function contentOf(block: DayBlock): unknown {
  const { day } = block;
  const values = Array.from<unknown>(block.values as ArrayLike<unknown>); // either kind of array
  return {
    ...block,
    obis: String(block.obis),
    unit: block.unit?.symbol,
    day: [day.date, day.epochDay, String(day.start), String(day.end)],
    values: values.map((value) =>
      Number.isNaN(value) || value === undefined ? undefined : String(value as bigint | number),
    ),
    statuses: block.statuses.map(({ value, count }) => [value === undefined ? undefined : String(value), count]),
  };
}

test("the example of the documentation is what the code writes and reads", () => {
  // Who writes a reader from docs/formats/day-block.md must be able to check it.
  const page = readFileSync(new URL("../../../docs/formats/day-block.md", import.meta.url), "utf8");
  const bytes = fromHex(/```hex\n([^`]+)```/.exec(page)![1]!);
  const day = LocalDay.of("2026-03-29", "Europe/Berlin");
  const block = blockOf({
    day,
    firstAt: day.start.plus(900_000),
    values: Float64Array.of(23_536_569, 23_536_981, Number.NaN, 23_537_742, 23_538_160, 23_538_175),
    qualities: [
      { value: "valid", count: 2 },
      { value: "missing", count: 1 },
      { value: "valid", count: 3 },
    ],
  });
  expect(toHex(encodeDayBlock(block))).toBe(toHex(bytes));
  expect(contentOf(decodeDayBlock(bytes))).toEqual(contentOf(block));
  for (const row of [
    "824 | 2048 | 8 | 1080",
    "698 | 2360 | 8 | 954",
    "685 | 2468 | 8 | 941",
    "805 | 2536 | 8 | 1061",
  ]) {
    expect(page.replaceAll(/ +/g, " ")).toContain(row);
  }
});

test("a block comes back as it was, whatever it holds", () => {
  // A stored reading that changes is a wrong bill and a broken seal.
  fc.assert(
    fc.property(anyBlock, (block) => {
      const bytes = encodeDayBlock(block);
      const back = decodeDayBlock(bytes);
      expect(contentOf(back)).toEqual(contentOf(block));
      expect(back.values instanceof Float64Array).toBe(block.values instanceof Float64Array);
      expect(toHex(encodeDayBlock(back))).toBe(toHex(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("both arithmetics write the same bytes", () => {
  // Else the hash of a block depended on how its values were held in memory.
  fc.assert(
    fc.property(anyBlock, (block) => {
      if (!(block.values instanceof Float64Array)) return;
      const bigints = Array.from(block.values, (value) => (Number.isNaN(value) ? undefined : BigInt(value)));
      expect(toHex(encodeDayBlock({ ...block, values: bigints }))).toBe(toHex(encodeDayBlock(block)));
    }),
    { numRuns: 1000 },
  );
});

test("bytes that are decoded are the only bytes of their content", () => {
  // Two encodings of one content would let a store break a proof without changing a value.
  const change = fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(anyBlock, fc.array(change, { minLength: 1, maxLength: 3 }), (block, changes) => {
      const bytes = encodeDayBlock(block);
      for (const [at, bits] of changes) bytes[at % bytes.length]! ^= bits;
      expectCanonicalOrRefused(bytes);
    }),
    { numRuns: 5000 },
  );
});

test("every bit flip and every prefix of a block is another block or refused", () => {
  // As above, and a damaged store must be noticed where it is read.
  const block = quarterHourTotals(household(7, 3500));
  const bytes = encodeDayBlock({ ...block, revision: 3, unit: unitOfSymbol("kWh") });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeDayBlock(bytes.subarray(0, length))).toThrow(DecodeError);
  }
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
    expectCanonicalOrRefused(flipped);
  }
});

test("bytes of a stranger are a block or our error", () => {
  // A delivery must not be able to stop the head-end.
  const start = fc.constantFrom("", "db01", "db01000a0a01445a4700039e20550100010800ff1eff", "db01600101010001080000");
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 60 }), (hex, tail) => {
      expectCanonicalOrRefused(Uint8Array.from([...fromHex(hex), ...tail]));
    }),
    { numRuns: 5000 },
  );
});

function expectCanonicalOrRefused(bytes: Uint8Array): void {
  let block: DayBlock;
  try {
    block = decodeDayBlock(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return;
  }
  expect(toHex(encodeDayBlock(block))).toBe(toHex(bytes));
}

/** The example block in parts, so that one of them can be written otherwise. */
const parts = {
  head: "db01",
  flags: "00",
  revision: "",
  meter: "0a0a01445a4700039e2055",
  obis: "0100010800ff",
  unit: "1eff",
  day: "bda001",
  span: "9f389f38",
  times: "84078407",
  count: "02",
  qualities: "00",
  statuses: "858270",
  values: "f28eb91621c0",
};

test("the parts that the next tests change are a block", () => {
  // Else those tests would show nothing.
  const block = decodeDayBlock(fromHex(Object.values(parts).join("")));
  expect(Array.from(block.values as Float64Array)).toEqual([23_536_569, 23_536_981]); // two small values: doubles
});

test.each<[string, Partial<typeof parts>, string]>([
  ["a later version", { head: "db02" }, "unsupported-version"],
  ["something else", { head: "1b1b" }, "wrong-type"],
  ["no kind", { flags: "03" }, "out-of-range"],
  ["a revision of 0 written out", { flags: "10", revision: "00" }, "not-canonical"],
  ["a longer number", { day: "bda08100" }, "not-canonical"],
  ["an empty meter id", { meter: "00" }, "out-of-range"],
  ["a long meter id", { meter: "41" + "00".repeat(65) }, "too-long"],
  ["a unit that is not in the table", { unit: "80ff" }, "out-of-range"],
  ["no unit as 255", { unit: "ffff" }, "out-of-range"],
  ["a unit with a code as text", { unit: "fe025768ff" }, "not-canonical"],
  ["a unit in another spelling", { unit: "fe034b5748ff" }, "not-canonical"],
  ["a unit that nobody knows", { unit: "fe0178ff" }, "out-of-range"],
  ["a date beyond the calendar", { day: "ffffff01" }, "out-of-range"],
  ["a day that starts a day early", { span: "ffc50a9f38" }, "out-of-range"],
  ["milliseconds that are seconds", { flags: "80", times: "a0f736a0f736" }, "not-canonical"],
  ["no period", { times: "840700" }, "out-of-range"],
  ["an interval that began the day before", { flags: "01", times: "83078407" }, "out-of-range"],
  ["no slots", { count: "00" }, "out-of-range"],
  ["slots behind the end of the day", { count: "5d" }, "out-of-range"],
  ["too many slots", { times: "0001", count: "818008" }, "too-long"],
  ["slots without bits", { times: "0001", count: "8010" }, "truncated"],
  ["an unknown quality", { qualities: "05" }, "out-of-range"],
  ["one run of quality with a length", { flags: "20", qualities: "0002" }, "not-canonical"],
  ["two equal runs of quality", { flags: "20", qualities: "00010001" }, "not-canonical"],
  ["an empty run of quality", { flags: "20", qualities: "000001010001" }, "out-of-range"],
  ["a run of quality that is too long", { flags: "20", qualities: "0003" }, "out-of-range"],
  ["one run of status with a length", { flags: "40", statuses: "0102" }, "not-canonical"],
  ["a status in more than seven bytes that needs three", { statuses: "8582f08080808000" }, "not-canonical"],
  ["a first value in more than seven bytes that needs one", { values: "828080808080808000 00" }, "not-canonical"],
  ["two equal runs of status", { flags: "40", statuses: "01010101" }, "not-canonical"],
  ["a status beyond 64 bits", { statuses: "82808080808080808002" }, "out-of-range"],
  ["a number that does not end", { statuses: "ff".repeat(11) }, "out-of-range"],
  ["fill bits that are not zero", { values: "f28eb91621c1" }, "not-canonical"],
  ["a byte too many", { values: "f28eb91621c000" }, "trailing-bytes"],
  ["values though all are missing", { qualities: "04" }, "trailing-bytes"],
  ["a first value beyond 64 bits", { values: "8080808080808080800421c0" }, "out-of-range"],
  ["a residual that no 64-bit value has", { values: "f28eb916" + "00".repeat(12) + "ff".repeat(20) }, "out-of-range"],
])("%s is refused", (_, changed, code) => {
  // Each of these is a second way to write a content, or no content at all.
  const bytes = fromHex(Object.values({ ...parts, ...changed }).join(""));
  expect(() => decodeDayBlock(bytes)).toThrow(expect.objectContaining({ code }));
});

test.each<[string, Partial<DayBlock>, string, string]>([
  ["no values", { values: new Float64Array(0) }, "out-of-range", "values"],
  ["too many values", { values: new Float64Array(maxDayValues + 1) }, "too-long", "values"],
  ["a fraction", { values: Float64Array.of(1, 1.5) }, "out-of-range", "values"],
  ["an infinite value", { values: Float64Array.of(1, Number.POSITIVE_INFINITY) }, "out-of-range", "values"],
  ["a double above 2^53", { values: Float64Array.of(2 ** 53) }, "out-of-range", "values"],
  ["a double that comes above 2^53", { values: Float64Array.of(2 ** 53 - 1, 2 ** 53 + 2) }, "out-of-range", "values"],
  ["more than 64 bits", { values: [2n ** 64n] }, "out-of-range", "values"],
  ["a missing value that is called valid", { values: Float64Array.of(1, Number.NaN) }, "out-of-range", "values"],
  ["a value that is called missing", { qualities: [{ value: "missing", count: 3 }] }, "out-of-range", "values"],
  ["runs that are too short", { qualities: [{ value: "valid", count: 2 }] }, "wrong-length", "qualities"],
  ["runs that are too long", { statuses: [{ value: 1, count: 4 }] }, "wrong-length", "statuses"],
  ["a negative status", { statuses: [{ value: -1, count: 3 }] }, "out-of-range", "statuses"],
  ["a status above 64 bits", { statuses: [{ value: 2n ** 64n, count: 3 }] }, "out-of-range", "statuses"],
  ["a scaler of 200", { scaler: 200 }, "out-of-range", "scaler"],
  ["a negative revision", { revision: -1 }, "out-of-range", "revision"],
  ["half a millisecond", { periodMs: 0.5 }, "out-of-range", "periodMs"],
  ["slots behind the end of the day", { periodMs: 86_000_000 }, "out-of-range", "periodMs"],
  ["a period longer than a day", { values: Float64Array.of(1), periodMs: 200_000_000 }, "out-of-range", "periodMs"],
  [
    "a unit of another table",
    { unit: { symbol: "Wh", code: 200, quantity: "", name: { en: "", de: "" } } },
    "out-of-range",
    "unit",
  ],
  ["a unit in another spelling", { unit: { ...unitOfSymbol("kWh")!, symbol: "KWH" } }, "out-of-range", "unit"],
  ["a unit that nobody knows", { unit: { ...unitOfSymbol("kWh")!, symbol: "x".repeat(300) } }, "out-of-range", "unit"],
  ["a date that is not that of the day", { day: misdated("2026-06-02") }, "out-of-range", "day"],
  ["a day before 1970", { day: LocalDay.of("1969-07-20", "UTC") }, "out-of-range", "day"],
])("%s cannot be encoded", (_, fields, code, path) => {
  // A block that says something wrong must not come into being, since its seal would hold.
  const block = blockOf(fields);
  const withDay = fields.day === undefined ? block : { ...block, firstAt: fields.day.start };
  expect(() => encodeDayBlock(withDay)).toThrow(expect.objectContaining({ code, path: `DayBlock.${path}` }));
});

/** The day of `blockOf` under another date. */
function misdated(date: string): DayBlock["day"] {
  const { epochDay, start, end } = LocalDay.of("2026-06-01", "Europe/Berlin");
  return { date, epochDay, start, end };
}

test("words that the format does not know cannot be encoded", () => {
  // Blocks are also made from data that no compiler has seen.
  for (const [field, value] of [
    ["kind", "average"],
    ["trust", "hoped"],
    ["qualities", [{ value: "fine", count: 3 }]],
  ] as const) {
    const block = JSON.parse(JSON.stringify({ [field]: value })) as Partial<DayBlock>; // that is the point
    expect(() => encodeDayBlock(blockOf(block))).toThrow(expect.objectContaining({ path: `DayBlock.${field}` }));
  }
});

test("equal runs next to each other cannot be encoded", () => {
  // The same content would get a second encoding.
  const runs = (a: number | bigint, b: number | bigint): Partial<DayBlock> => ({
    statuses: [
      { value: a, count: 1 },
      { value: b, count: 2 },
    ],
  });
  expect(() => encodeDayBlock(blockOf(runs(5, 5)))).toThrow(expect.objectContaining({ path: "DayBlock.statuses" }));
  expect(() => encodeDayBlock(blockOf(runs(5, 5n)))).toThrow(expect.objectContaining({ path: "DayBlock.statuses" }));
  expect(encodeDayBlock(blockOf(runs(5, 6))).length).toBeGreaterThan(0);
});

test("an interval needs its period within the day", () => {
  // Energy of the day before would be billed with this one.
  const block = blockOf({ kind: "interval" });
  expect(decodeDayBlock(encodeDayBlock(block)).kind).toBe("interval");
  const early = { ...block, firstAt: block.day.start };
  expect(() => encodeDayBlock(early)).toThrow(expect.objectContaining({ path: "DayBlock.firstAt" }));
});

test.each([1500, 3500, 5500])(
  "quarter hours of %i kWh a year take at most two bytes each, header and all",
  (yearly) => {
    // Ten million meters for ten years: each byte more is another data centre. A busy day may take 5 % more.
    const lengths = Array.from({ length: 40 }, (_, day) => {
      return encodeDayBlock(quarterHourTotals(household(7919 * day + 1, yearly))).length;
    });
    expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeLessThanOrEqual(2 * 96);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2.1 * 96);
  },
);

test("totals and intervals of the same consumption take nearly the same room", () => {
  // Else operators would choose the form of their data by its price.
  const steps = household(3, 3500);
  const totals = encodeDayBlock(quarterHourTotals(steps)).length;
  const intervals = encodeDayBlock({
    ...quarterHourTotals(steps),
    kind: "interval",
    values: Float64Array.from(steps),
  }).length;
  expect(Math.abs(totals - intervals)).toBeLessThan(8);
});

test("a day of seconds is short and comes back", () => {
  // High-resolution days must not need another format.
  const day = LocalDay.of("2026-10-25", "Europe/Berlin");
  let total = 1;
  const values = Float64Array.from({ length: 90_000 }, (_, index) => (total += index % 7 === 0 ? 2 : 1));
  const block = blockOf({ day, firstAt: day.start.plus(1000), periodMs: 1000, values });
  const bytes = encodeDayBlock(block);
  expect(bytes.length).toBeLessThan(90_000 / 2);
  expect(decodeDayBlock(bytes).values).toEqual(values);
});

test("small blocks keep their own bytes and values", () => {
  // They are cut from a common buffer; a later block must not write into an earlier one.
  const blocks = Array.from({ length: 200 }, (_, index) => quarterHourTotals(household(index, 3000)));
  const encoded = blocks.map((block) => encodeDayBlock(block));
  const decoded = encoded.map((bytes) => decodeDayBlock(bytes));
  for (const [index, block] of blocks.entries()) expect(decoded[index]!.values).toEqual(block.values);
});

test("a slot is asked for by its number", () => {
  // A wrong slot is a quarter hour's error, and "missing" must never read as 0.
  const block = blockOf({
    values: Float64Array.of(10, Number.NaN, 2),
    qualities: [
      { value: "valid", count: 1 },
      { value: "missing", count: 1 },
      { value: "suspect", count: 1 },
    ],
    statuses: [
      { value: 7, count: 2 },
      { value: undefined, count: 1 },
    ],
  });
  const slots = [-1, 0, 1, 2, 3].map((slot) => [
    valueAt(block, slot)?.toString(),
    qualityAt(block, slot),
    statusAt(block, slot),
  ]);
  expect(slots).toEqual([
    [undefined, "missing", undefined],
    ["1.0", "valid", 7],
    [undefined, "missing", 7],
    ["0.2", "suspect", undefined],
    [undefined, "missing", undefined],
  ]);
  expect(String(instantAt(block, 2))).toBe("2026-05-31T22:45:00Z");
  expect(valueAt(blockOf({ values: [2n ** 63n, undefined, 1n] }), 0)?.toString()).toBe("922337203685477580.8");
  expect(String(block.obis)).toBe(String(ObisCode.parse("1.8.0")));
});

import { expect, test } from "vitest";
import {
  billingZone,
  dayBlockOf,
  type DayGrid,
  decodeDayBlock,
  encodeDayBlock,
  type Instant,
  LocalDay,
  MeterId,
  type NumberReading,
  ObisCode,
  quarterHourGrid,
  ScaledValue,
  type Series,
  seriesOf,
  unitOfCode,
  unitOfSymbol,
} from "../src/index.ts";

const day = LocalDay.of("2026-03-29", billingZone);
const grid = quarterHourGrid(day);
const meter = MeterId.ofLabel("1DZG0060694613");
const obis = ObisCode.parse("1-0:1.8.0");
const unit = unitOfCode(30);

function reading(at: Instant, value: string, more: Partial<NumberReading> = {}): NumberReading & { at: Instant } {
  const plain = { kind: "number", meter, obis, unit, status: 4, quality: "valid", trust: "signed" } as const;
  return { ...plain, value: ScaledValue.parse(value), ...more, at };
}

function series(...readings: (NumberReading & { at: Instant })[]): Series {
  return { meter, obis, unit, kind: "total", readings };
}

test("the quarter hours of a day end at its end", () => {
  // The last quarter hour of a day is billed with that day.
  expect([grid.count, String(grid.firstAt)]).toEqual([92, "2026-03-28T23:15:00Z"]);
  const last = grid.firstAt.plus(91 * grid.periodMs);
  expect(last).toEqual(day.end);
  expect(quarterHourGrid(LocalDay.of("2026-10-25", billingZone)).count).toBe(100);
});

test("readings become a block and come back with every digit, status and quality", () => {
  // The way from meter to bill and back to the proof.
  const given = series(
    reading(grid.firstAt, "2353656.9"),
    reading(grid.firstAt.plus(900_000), "2353657.25", { status: 2n ** 60n, trust: "authenticated" }),
    reading(day.end, "2353700", { quality: "estimated", status: undefined }),
  );
  const block = decodeDayBlock(encodeDayBlock(dayBlockOf(given, grid, 1)));
  expect([block.scaler, block.trust, block.revision, block.values.length]).toEqual([-2, "authenticated", 1, 92]);
  const back = seriesOf(block).readings.map(({ at, value, status, quality }) => [
    String(at),
    String(value),
    status,
    quality,
  ]);
  expect(back).toEqual([
    ["2026-03-28T23:15:00Z", "2353656.90", 4, "valid"],
    ["2026-03-28T23:30:00Z", "2353657.25", 2n ** 60n, "valid"],
    ["2026-03-29T22:00:00Z", "2353700.00", undefined, "estimated"],
  ]);
});

test("a reading that says it is missing leaves its slot empty and keeps its status", () => {
  // The status says why there is no value.
  const block = dayBlockOf(series(reading(grid.firstAt, "0", { quality: "missing", status: 9 })), grid);
  expect(seriesOf(block).readings).toEqual([]);
  expect(block.statuses[0]).toEqual({ value: 9, count: 1 });
});

test("values beyond 2^53 stay exact", () => {
  // Registers in small units reach that far.
  const block = dayBlockOf(series(reading(grid.firstAt, "1"), reading(day.end, "9007199254740993")), grid);
  expect(String(seriesOf(decodeDayBlock(encodeDayBlock(block))).readings[1]?.value)).toBe("9007199254740993");
});

test("a reading beside the grid is refused, not moved", () => {
  // Moving it would invent a value for an instant at which nobody measured.
  const beside = series(reading(grid.firstAt.plus(1000), "1"));
  expect(() => dayBlockOf(beside, grid)).toThrow(expect.objectContaining({ code: "not-on-grid" }));
  const outside = series(reading(day.end.plus(900_000), "1"));
  expect(() => dayBlockOf(outside, grid)).toThrow(expect.objectContaining({ code: "not-on-grid" }));
  const before = series(reading(day.start, "1"));
  expect(() => dayBlockOf(before, grid)).toThrow(expect.objectContaining({ code: "not-on-grid" }));
});

test("two readings of one instant are refused", () => {
  // Which of them counts is a decision that nobody may make silently.
  const twice = series(reading(grid.firstAt, "1"), reading(grid.firstAt, "2"));
  expect(() => dayBlockOf(twice, grid)).toThrow(expect.objectContaining({ code: "out-of-order" }));
  const backwards = series(reading(day.end, "1"), reading(grid.firstAt, "2"));
  expect(() => dayBlockOf(backwards, grid)).toThrow(expect.objectContaining({ code: "out-of-order" }));
});

test("a day without readings is a block of missing values", () => {
  // "We have nothing" is said and sealed, too.
  const hourly: DayGrid = { day, firstAt: day.start, periodMs: 3_600_000, count: 24 };
  const block = decodeDayBlock(encodeDayBlock(dayBlockOf(series(), hourly)));
  expect([block.values.length, block.qualities, block.trust]).toEqual([24, [{ value: "missing", count: 24 }], "clear"]);
});

test.each([
  ["unit", { unit: unitOfSymbol("kWh") }],
  ["unit", { unit: undefined }],
  ["register", { obis: ObisCode.parse("1-0:2.8.0") }],
  ["meter", { meter: MeterId.ofLabel("1ESY1160123456") }],
])("a reading with another %s than its series is refused", (_, more) => {
  // Kilowatt hours would be stored and billed as watt hours, export as import, the neighbour's energy as ours.
  const mixed = series(reading(grid.firstAt, "1"), reading(day.end, "2", more));
  expect(() => dayBlockOf(mixed, grid)).toThrow(expect.objectContaining({ code: "mixed-series" }));
});

test("a reading of a telegram that names no meter takes the series' word for it", () => {
  // Meters that send no id could not be stored at all.
  const block = dayBlockOf(series(reading(day.end, "2", { meter: undefined })), grid);
  expect(block.meter).toBe(meter);
});

/** Day blocks for tests: any content the format can carry, and plausible ones. */

import fc from "fast-check";
import {
  allUnits,
  type DayBlock,
  Instant,
  LocalDay,
  MeterId,
  ObisCode,
  qualities,
  type Quality,
  type Run,
  runsOf,
  seriesKinds,
  trustLevels,
  unitOfCode,
} from "../src/index.ts";

const zones = ["Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"];

/** Integers from small to all of 64 bits, with the edges that break arithmetic. */
const anyRaw: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -300n, max: 300n }),
  fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.constantFrom(
    2n ** 53n - 1n,
    2n ** 53n,
    -(2n ** 53n),
    1n - 2n ** 53n,
    2n ** 29n,
    -(2n ** 29n),
    2n ** 64n - 1n,
    -(2n ** 63n),
    0n,
  ),
);
const householdRaw = fc.integer({ min: 0, max: 20_000 }).map(BigInt);
const anyStatus = fc.option(
  fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom(0x1c0104, Number.MAX_SAFE_INTEGER, 2n ** 53n, 2n ** 64n - 1n),
  ),
  { nil: undefined },
);

/** Any block that can be encoded, raws as `DayValues` has them. */
export const anyBlock: fc.Arbitrary<DayBlock> = fc
  .record({
    octets: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    obis: fc.uint8Array({ minLength: 6, maxLength: 6 }),
    kind: fc.constantFrom(...seriesKinds),
    unit: fc.constantFrom(undefined, ...allUnits()),
    scaler: fc.integer({ min: -128, max: 127 }),
    trust: fc.constantFrom(...trustLevels),
    revision: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
    zone: fc.constantFrom(...zones),
    dayNumber: fc.integer({ min: 1, max: 40_000 }),
    periodMs: fc.constantFrom(1, 250, 1000, 60_000, 900_000, 3_600_000),
    delay: fc.nat(5),
    slots: fc.array(
      fc.tuple(fc.oneof(anyRaw, householdRaw), fc.constantFrom<Quality>("valid", "valid", ...qualities), anyStatus),
      { minLength: 1, maxLength: 20 },
    ),
    isCumulative: fc.boolean(),
  })
  .map(({ octets, obis, zone, dayNumber, slots, isCumulative, delay, ...rest }) => {
    const day = LocalDay.at(Instant.ofEpochMs(dayNumber * 86_400_000), zone);
    const firstAt = day.start.plus(
      (rest.kind === "interval" ? 1 : 0) * rest.periodMs + delay * (rest.periodMs === 1 ? 1 : 500),
    );
    const fitting = slots.slice(0, Math.floor(day.end.since(firstAt) / rest.periodMs) + 1);
    let total = 0n;
    const raws = fitting.map(([raw, quality]) => {
      total = isCumulative && total + raw < 2n ** 63n && total + raw > -(2n ** 62n) ? total + raw : raw;
      return quality === "missing" ? undefined : total;
    });
    return {
      ...rest,
      meter: MeterId.of(octets),
      obis: ObisCode.of(obis),
      day,
      firstAt,
      values: valuesOf(raws),
      qualities: runsOf(fitting.map(([, quality]) => quality)),
      statuses: runsOf(fitting.map(([, , status]) => status)),
    };
  });

/** Doubles when every raw is a safe integer. */
function valuesOf(raws: readonly (bigint | undefined)[]): DayBlock["values"] {
  const isSafe = raws.every((raw) => raw === undefined || Number.isSafeInteger(Number(raw)));
  return isSafe ? Float64Array.from(raws, (raw) => (raw === undefined ? Number.NaN : Number(raw))) : raws;
}

/** A block of totals at the end of each quarter hour, all valid, with the status of a meter under load. */
export function quarterHourTotals(steps: readonly number[], date = "2026-06-01"): DayBlock {
  const day = LocalDay.of(date, "Europe/Berlin");
  let total = 23_536_569;
  return blockOf({
    day,
    firstAt: day.start.plus(900_000),
    values: Float64Array.from(steps, (step) => (total += step)),
  });
}

/** A valid block with the fields given and plausible others. */
export function blockOf(fields: Partial<DayBlock>): DayBlock {
  const day = LocalDay.of("2026-06-01", "Europe/Berlin");
  const values = fields.values ?? Float64Array.of(1, 2, 3);
  const all = <T>(value: T): Run<T>[] => [{ value, count: values.length }];
  return {
    meter: MeterId.ofLabel("1DZG0060694613"),
    obis: ObisCode.parse("1-0:1.8.0"),
    kind: "total",
    unit: unitOfCode(30),
    scaler: -1,
    trust: "clear",
    revision: 0,
    day,
    firstAt: day.start.plus(900_000),
    periodMs: 900_000,
    qualities: all("valid"),
    statuses: all(0x1c0104),
    ...fields,
    values,
  };
}

/** Consumption of a household in 0.1 Wh a quarter hour: base load, a refrigerator, people at home, now and then a stove. */
export function household(seed: number, yearlyKWh: number): number[] {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const shape = Array.from({ length: 96 }, (_, index) => {
    const hour = index / 4;
    const atHome = hour > 6 && hour < 9 ? 0.5 : hour > 17 && hour < 23 ? 0.9 : 0.2;
    const appliances = random() < atHome ? 20 + 100 * random() : 0;
    const stove = random() < atHome / 5 ? 600 * random() : 0;
    return 40 + 15 * Math.abs(Math.sin(index)) * random() + appliances + stove;
  });
  const factor = (yearlyKWh * 10_000) / 365 / shape.reduce((sum, wh) => sum + wh, 0);
  return shape.map((wh) => Math.round(wh * factor));
}

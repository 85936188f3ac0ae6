/**
 * The load profile on display: up to two lanes (from the grid, into the grid), their slots and sums.
 *
 * In: the registers of a meter, their totals, a period and the present.  Out: all that chart, table and cards show.
 */

import type { CurrentValue, MeterDetail, Register, SeriesValue } from "@siegel/contract";
import { Instant, ObisCode, ScaledValue } from "@siegel/readings";

import { dayEnergies, quarterHours, type Slot, type Total } from "./energy.ts";
import type { Period } from "./period.ts";
import { type Sum, sumOf } from "./sum.ts";

export type Direction = "import" | "export";

/** A register whose totals are drawn. */
export interface LaneRegister {
  readonly direction: Direction;
  readonly obis: string;
  /** As the register counts, `Wh`; empty for a count. */
  readonly unit: string;
  readonly firstAt: Instant;
}

export interface Lane extends LaneRegister {
  readonly totals: readonly Total[];
  readonly slots: readonly Slot[];
  readonly sum: Sum;
}

/** The registers to draw: energy in and out over all tariffs; of other media whatever counts first. */
export function laneRegisters(registers: readonly Register[]): LaneRegister[] {
  const totals = registers
    .filter(({ kind }) => kind === "total")
    .map((register) => ({ register, code: ObisCode.parse(register.obis) }));
  const lanes: LaneRegister[] = [];
  for (const [direction, c] of [["import", 1] as const, ["export", 2] as const]) {
    const found = totals.find(({ code }) => code.a === 1 && code.c === c && code.d === 8 && code.e === 0);
    if (found !== undefined) lanes.push(laneOf(direction, found.register));
  }
  const first = totals[0];
  return lanes.length === 0 && first !== undefined ? [laneOf("import", first.register)] : lanes;
}

/** The newest value of the register with current power, signed: negative is into the grid. */
export function currentPower(latest: readonly CurrentValue[]): CurrentValue | undefined {
  return latest.find(({ obis, unit }) => {
    const { a, c, d } = ObisCode.parse(obis);
    return unit === "W" && a === 1 && (c === 16 || c === 1) && d === 7;
  });
}

/** Values of the API as totals, ascending. A value without a number is kept: missing is something that is known. */
export function totalsOf(values: readonly SeriesValue[]): Total[] {
  return values
    .map(({ at, value, quality, trust, blockId }) => ({
      at: Instant.parse(at),
      value: value === null ? nothing : ScaledValue.parse(value),
      quality: value === null ? ("missing" as const) : quality,
      trust,
      blockId,
    }))
    .sort((a, b) => a.at.epochMs - b.at.epochMs);
}

export function laneWith(register: LaneRegister, totals: readonly Total[], period: Period, now: Instant): Lane {
  const when = { now, firstAt: register.firstAt };
  const slots =
    period.view === "day" ? quarterHours(period.days[0]!, totals, when) : dayEnergies(period.days, totals, when);
  return { ...register, totals, slots, sum: sumOf(period, totals, slots, now) };
}

/** Meter's registers whose newest value is worth a line: totals, in the order of the meter. */
export function readingsOnDisplay(meter: MeterDetail, latest: readonly CurrentValue[]): Register[] {
  const known = new Set(latest.map(({ obis }) => obis));
  return meter.registers.filter(({ kind, obis }) => kind === "total" && known.has(obis));
}

function laneOf(direction: Direction, { obis, unit, firstAt }: Register): LaneRegister {
  return { direction, obis, unit: unit ?? "", firstAt: Instant.parse(firstAt) };
}

/** Stands where quality is "missing"; nothing reads it. */
const nothing = ScaledValue.of(0);

/**
 * From readings to a day block and back.
 *
 * In: readings of one register, and the slots that the day should have.  Out: a block with every slot filled or missing.
 * Nothing is moved or interpolated: a reading stands at its slot or is refused. Whoever reads a meter a second late and
 * may call that quarter past (PTB-A 50.8 allows a deviation) decides so before.
 */

import { ReadingError } from "../errors.ts";
import type { Instant } from "../instant.ts";
import { type LocalDay, quarterHourMs } from "../local-day.ts";
import { lowestTrust, type NumberReading, type Quality, type Series } from "../reading.ts";
import {
  type DayBlock,
  type DaySpan,
  type DayValues,
  instantAt,
  qualityAt,
  runsOf,
  statusAt,
  valueAt,
} from "./block.ts";

/** The slots of a day. */
export interface DayGrid {
  readonly day: DaySpan;
  /** Instant of slot 0. */
  readonly firstAt: Instant;
  readonly periodMs: number;
  readonly count: number;
}

/**
 * The ends of the quarter hours of a day: 92, 96 or 100 in Europe; the last one is the start of the next day. A shorter
 * quarter hour at the end of a day (see `LocalDay.quarterHourCount`) has no slot: its end lies on no quarter hour.
 */
export function quarterHourGrid(day: LocalDay): DayGrid {
  const count = Math.floor(day.durationMs / quarterHourMs);
  return { day, firstAt: day.start.plus(quarterHourMs), periodMs: quarterHourMs, count };
}

/**
 * The readings of a series as the block of a day. All get the finest scaler among them; trust is that of the weakest.
 *
 * @param revision  0 as measured; a correction counts up.
 * @throws {ReadingError} "not-on-grid" when a reading lies on no slot, "out-of-order" unless they ascend strictly,
 *   "mixed-series" when one has another register, meter or unit: a block says these once, for all its values.
 */
export function dayBlockOf(series: Series, grid: DayGrid, revision = 0): DayBlock {
  const { readings } = series;
  const scaler = readings.reduce((finest, { value }) => Math.min(finest, value.scaler), readings[0]?.value.scaler ?? 0);
  const raws: (number | bigint | undefined)[] = Array.from({ length: grid.count }, () => undefined);
  const qualities: Quality[] = Array.from({ length: grid.count }, () => "missing");
  const statuses: (number | bigint | undefined)[] = Array.from({ length: grid.count }, () => undefined);
  let before = -1;
  for (const reading of readings) {
    if (!belongs(reading, series)) throw new ReadingError("mixed-series");
    const slot = reading.at.since(grid.firstAt) / grid.periodMs;
    if (!Number.isInteger(slot) || slot < 0 || slot >= grid.count) throw new ReadingError("not-on-grid");
    if (slot <= before) throw new ReadingError("out-of-order");
    before = slot;
    qualities[slot] = reading.quality;
    statuses[slot] = reading.status;
    if (reading.quality !== "missing") raws[slot] = reading.value.withScaler(scaler).raw;
  }
  return {
    meter: series.meter,
    obis: series.obis,
    kind: series.kind,
    unit: series.unit,
    scaler,
    trust: lowestTrust(readings.map((reading) => reading.trust)),
    revision,
    day: grid.day,
    firstAt: grid.firstAt,
    periodMs: grid.periodMs,
    values: valuesOf(raws),
    qualities: runsOf(qualities),
    statuses: runsOf(statuses),
  };
}

/** The readings of a block in order. A missing slot gives none. */
export function seriesOf(block: DayBlock): Series {
  const { meter, obis, unit, kind, trust } = block;
  const readings: (NumberReading & { at: Instant })[] = [];
  for (let index = 0; index < block.values.length; index++) {
    const value = valueAt(block, index);
    if (value === undefined) continue;
    const at = instantAt(block, index);
    const [quality, status] = [qualityAt(block, index), statusAt(block, index)];
    readings.push({ kind: "number", meter, obis, unit, at, value, quality, status, trust });
  }
  return { meter, obis, unit, kind, readings };
}

function belongs({ obis, meter, unit }: NumberReading, series: Series): boolean {
  if (!obis.equals(series.obis) || unit?.symbol !== series.unit?.symbol) return false;
  return meter === undefined || meter.equals(series.meter); // a telegram that names no meter is the caller's to assign
}

function valuesOf(raws: readonly (number | bigint | undefined)[]): DayValues {
  if (raws.some((raw) => typeof raw === "bigint")) return raws.map((raw) => (raw === undefined ? raw : BigInt(raw)));
  return Float64Array.from(raws, (raw) => (raw === undefined ? Number.NaN : Number(raw)));
}

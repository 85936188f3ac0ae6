/**
 * Day block: all values of one register of one meter in one local day, as a gateway seals and a head-end stores them.
 *
 * Here: what a block holds, its limits, and how to ask it for one value. Bytes: ./encode and ./decode.
 * Format byte by byte: docs/formats/day-block.md.
 */

import { Instant } from "../instant.ts";
import type { MeterId } from "../meter-id.ts";
import type { ObisCode } from "../obis.ts";
import type { Quality, SeriesKind, Trust } from "../reading.ts";
import { ScaledValue } from "../scaled-value.ts";
import type { Unit } from "../unit.ts";

/** A value that holds for `count` slots in a row. */
export interface Run<T> {
  readonly value: T;
  readonly count: number;
}

/**
 * A date and the instants it had. A `LocalDay` is one; a decoded block has one without the name of a zone: what counts
 * decades later is which instants were meant, not what a zone's rules say by then.
 */
export interface DaySpan {
  /** `2026-03-29`. */
  readonly date: string;
  /** Days from 1970-01-01 to the date. */
  readonly epochDay: number;
  readonly start: Instant;
  /** First instant of the next day. */
  readonly end: Instant;
}

/**
 * The raw integers by slot; the number meant is raw · 10^scaler. Doubles while every raw is a safe integer, NaN where a
 * value is missing; otherwise bigints of 64 bits, `undefined` where one is missing.
 */
export type DayValues = Float64Array | readonly (bigint | undefined)[];

export interface DayBlock {
  readonly meter: MeterId;
  readonly obis: ObisCode;
  /** total: the register at each instant. interval: the amount within the period that ends there. sample: momentary. */
  readonly kind: SeriesKind;
  readonly unit: Unit | undefined;
  readonly scaler: number;
  /** What protected the values between meter and gateway. */
  readonly trust: Trust;
  /** 0 as measured; a correction is a new block with the next number. */
  readonly revision: number;
  readonly day: DaySpan;
  /** Instant of slot 0. Slot i lies i periods later; all lie within the day, its end included. */
  readonly firstAt: Instant;
  readonly periodMs: number;
  readonly values: DayValues;
  /** Quality of every slot in order; "missing" exactly where there is no value. Neighbours differ. */
  readonly qualities: readonly Run<Quality>[];
  /** The meter's status of every slot in order, up to 64 bits; `undefined` where it sent none. Neighbours differ. */
  readonly statuses: readonly Run<number | bigint | undefined>[];
}

/** Most slots of a block: one a second in a day of 25 hours, and room to spare. */
export const maxDayValues = 1 << 17;

/** Instant of a slot. */
export function instantAt(block: DayBlock, index: number): Instant {
  return Instant.ofEpochMs(block.firstAt.epochMs + index * block.periodMs);
}

/** Value of a slot; `undefined` where it is missing or there is no such slot. */
export function valueAt(block: DayBlock, index: number): ScaledValue | undefined {
  const raw = block.values[index];
  return raw === undefined || Number.isNaN(raw) ? undefined : ScaledValue.of(raw, block.scaler);
}

/** Quality of a slot; "missing" where there is no such slot. */
export function qualityAt(block: DayBlock, index: number): Quality {
  return runAt(block.qualities, index) ?? "missing";
}

/** Status of a slot; `undefined` where the meter sent none. */
export function statusAt(block: DayBlock, index: number): number | bigint | undefined {
  return runAt(block.statuses, index);
}

/** Slots in order as runs: equal neighbours become one. */
export function runsOf<T extends number | bigint | string | undefined>(slots: readonly T[]): Run<T>[] {
  const runs: { value: T; count: number }[] = [];
  for (const value of slots) {
    const last = runs.at(-1);
    if (last !== undefined && last.value === value) last.count++;
    else runs.push({ value, count: 1 });
  }
  return runs;
}

function runAt<T>(runs: readonly Run<T>[], index: number): T | undefined {
  let left = index;
  for (const run of runs) {
    if (left < run.count) return left < 0 ? undefined : run.value;
    left -= run.count;
  }
  return undefined;
}

/**
 * What flows through a gas, water or heat meter, as spans of constant rates.
 *
 * Rates are whole numbers, so that counters over any cut of time are equal to the last microlitre and joule.
 */

import { localDay, localDayOf } from "../local-time.ts";

/** Rates that hold over a span. */
export interface Flow {
  /** Microlitres a second through the meter. */
  readonly microlitresPerSecond: number;
  /** Heat taken out, in W; 0 for gas and water. */
  readonly watts: number;
  /** Hundredths of a degree Celsius; absent for gas and water. */
  readonly flowCentidegrees?: number;
  readonly returnCentidegrees?: number;
}

/** Rates over `[from, to)`. */
export interface FlowRun extends Flow {
  readonly from: number;
  readonly to: number;
}

/** A consumption model: everything that begins on a day, from its seed alone, so that any day may be asked for first. */
export interface FlowModel {
  /** Rates where no run says otherwise. */
  readonly rest: Flow;
  /** Ascending, not overlapping, within the local day. */
  runsOfDay(dayIndex: number): readonly FlowRun[];
}

/** The spans that fill `[from, to)` without a gap. */
export function* flowsBetween(model: FlowModel, from: number, to: number): Generator<FlowRun> {
  let at = from;
  for (let day = localDayOf(from).index; at < to; day++) {
    const { end } = localDay(day);
    for (const run of model.runsOfDay(day)) {
      if (run.to <= at || run.from >= to) continue;
      if (run.from > at) yield { ...model.rest, from: at, to: run.from };
      at = Math.max(at, run.from);
      yield { ...run, from: at, to: Math.min(run.to, to) };
      at = Math.min(run.to, to);
    }
    // No run passes midnight.
    if (at < Math.min(end, to) && end > at) {
      const until = Math.min(end, to);
      yield { ...model.rest, from: at, to: until };
      at = until;
    }
  }
}

/** What flows at this second. */
export function flowAt(model: FlowModel, second: number): Flow {
  const [now] = flowsBetween(model, second, second + 1);
  return now ?? model.rest;
}

/** Runs that overlap are one run with the sum of their flows: two taps share a pipe. */
export function merged(runs: readonly FlowRun[], rest: Flow): FlowRun[] {
  const edges = [...new Set(runs.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => a - b);
  const result: FlowRun[] = [];
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1];
    if (to === undefined) break;
    const open = runs.filter((run) => run.from <= from && run.to >= to);
    if (open.length === 0) continue;
    const microlitresPerSecond = open.reduce((sum, run) => sum + run.microlitresPerSecond, 0);
    const watts = open.reduce((sum, run) => sum + run.watts, 0);
    result.push({ ...rest, from, to, microlitresPerSecond, watts });
  }
  return result;
}

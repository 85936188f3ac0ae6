/**
 * A heating element under a thermostat: full power until hot, then pulses.
 *
 * Hob, oven, iron and washing machine differ only in the numbers.
 */

import { type Phase, type Run, runOf } from "./load.ts";

export interface Heating {
  readonly phase: Phase;
  readonly watts: number;
  /** Seconds at full power before the first pause. */
  readonly heatUpSeconds: number;
  /** From pulse to pulse afterwards. */
  readonly periodSeconds: number;
  /** Share of the period that is on, 0 … 1. */
  readonly duty: number;
}

/** Runs of a heating element that is switched on over `[from, to)`. */
export function thermostatRuns(from: number, to: number, heating: Heating): Run[] {
  const { phase, watts, heatUpSeconds, periodSeconds, duty } = heating;
  const hot = Math.min(from + heatUpSeconds, to);
  const runs = [runOf(from, hot, { phase, watts })];
  for (let at = hot + periodSeconds * (1 - duty); at < to; at += periodSeconds) {
    runs.push(runOf(at, Math.min(at + periodSeconds * duty, to), { phase, watts }));
  }
  return runs;
}

/**
 * Fridge and freezer: a compressor that starts with a short peak and runs for a third of the time, day and night.
 *
 * Cycles are counted from 1970 and each draws its own length, so that midnight is not visible in the curve.
 */

import type { Random } from "../random.ts";
import type { Appliance } from "./appliance.ts";
import { type Phase, type Run, runOf } from "./load.ts";

export interface Compressor {
  readonly name: string;
  readonly phase: Phase;
  readonly watts: number;
  /** Mean time from start to start. */
  readonly cycleSeconds: number;
  /** Share of the time it runs at 10 °C outside; more in summer. */
  readonly duty: number;
}

export function compressor(random: Random, settings: Compressor): Appliance {
  const { name, phase, watts, cycleSeconds, duty } = settings;
  const jitter = random.fork("start");
  const length = random.fork("length");
  const offset = Math.round(random.fork("offset").next() * cycleSeconds);
  const startOf = (cycle: number) =>
    Math.round(cycle * cycleSeconds + offset + 0.2 * cycleSeconds * (jitter.at(cycle) - 0.5));
  return {
    name,
    runs({ day, weather }) {
      const runs: Run[] = [];
      let cycle = Math.floor((day.start - offset) / cycleSeconds) - 1;
      while (startOf(cycle) < day.start) cycle++;
      for (; startOf(cycle) < day.end; cycle++) {
        const start = startOf(cycle);
        const warmth = 1 + 0.018 * (weather.temperatureCelsius(start) - 10);
        const seconds = cycleSeconds * duty * warmth * (0.85 + 0.3 * length.at(cycle)); // stays below 0.8 cycles
        runs.push(runOf(start, start + 1, { phase, watts: watts * 6, tanPhi: 0.9 })); // the rotor stands still
        runs.push(runOf(start + 1, start + seconds * 0.2, { phase, watts: watts * 1.15, tanPhi: 0.6 }));
        runs.push(runOf(start + seconds * 0.2, start + seconds, { phase, watts, tanPhi: 0.65 }));
      }
      return runs;
    },
  };
}

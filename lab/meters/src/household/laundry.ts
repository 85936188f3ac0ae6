/**
 * Washing machine and tumble dryer: long programmes whose phases show in the curve.
 *
 * A washing is water in, heat, tumble, rinse, spin; the drum turns for a few seconds and rests for a few.
 */

import { atWall, hourSeconds } from "../local-time.ts";
import type { Random } from "../random.ts";
import type { Appliance, DayPlanInput } from "./appliance.ts";
import { type Phase, type Run, runOf } from "./load.ts";
import { isAwake, isDayOff } from "./occupancy.ts";

export interface Laundry {
  readonly washerPhase: Phase;
  readonly dryerPhase: Phase;
  readonly people: number;
}

/** A washing on some days, and the dryer behind it where the line outside does not do. */
export function laundry({ washerPhase, dryerPhase, people }: Laundry): Appliance {
  return {
    name: "laundry",
    runs(input) {
      const { random, weather } = input;
      const from = startOfWash(input, people);
      if (from === undefined) return [];
      const dryingWeather = weather.temperatureCelsius(from) > 14;
      const dries = random.chance(dryingWeather ? 0.25 : 0.7);
      const loads = from + random.between(7_200, 9_000);
      return [...washRuns(from, random, washerPhase), ...(dries ? dryRuns(loads, random, dryerPhase) : [])];
    },
  };
}

/** The second at which a washing begins on this day, if one does. */
function startOfWash({ occupancy, random, day }: DayPlanInput, people: number): number | undefined {
  if (!random.chance((isDayOff(day) ? 0.25 : 0.12) * Math.sqrt(people))) return undefined;
  const from = atWall(day, random.between(8.5, 17.5) * hourSeconds);
  return isAwake(occupancy, from) ? from : occupancy.awake.at(-1)?.from;
}

/** Heater and motor for an hour and a half, with pauses to turn the drum the other way; the end is cold. */
function dryRuns(from: number, random: Random, phase: Phase): Run[] {
  const to = from + random.between(4_200, 6_000);
  const runs: Run[] = [];
  for (let at = from; at < to; at += 310) {
    const heats = at < to - 600;
    runs.push(runOf(at, Math.min(at + 300, to), { phase, watts: heats ? 2_150 : 210, tanPhi: heats ? 0.05 : 0.7 }));
  }
  return runs;
}

function washRuns(from: number, random: Random, phase: Phase): Run[] {
  const heatSeconds = random.chance(0.3) ? random.between(1_300, 1_700) : random.between(500, 950); // 60 °C or 40 °C
  const heated = from + 150 + heatSeconds;
  const rinsed = heated + random.between(2_400, 3_000);
  const spins = rinsed + 90;
  return [
    runOf(from, from + 150, { phase, watts: 18 }), // valves
    runOf(from + 150, heated, { phase, watts: 1_950 }),
    ...drumRuns(from + 150, rinsed, phase),
    runOf(rinsed, spins, { phase, watts: 35, tanPhi: 0.6 }), // pump
    runOf(spins, spins + 60, { phase, watts: 240, tanPhi: 0.8 }),
    runOf(spins + 60, spins + 120, { phase, watts: 620, tanPhi: 0.8 }),
    runOf(spins + 120, spins + 480, { phase, watts: 380, tanPhi: 0.8 }),
  ];
}

/** Twelve seconds of turning, eight of rest. */
function drumRuns(from: number, to: number, phase: Phase): Run[] {
  const runs: Run[] = [];
  for (let at = from; at < to; at += 20) {
    runs.push(runOf(at, Math.min(at + 12, to), { phase, watts: 165, tanPhi: 0.85 }));
  }
  return runs;
}

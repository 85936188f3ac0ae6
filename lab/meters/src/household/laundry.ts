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

export function washingMachine(settings: { phase: Phase; people: number }): Appliance {
  return {
    name: "washing machine",
    runs(input) {
      const from = startOfWash(input, settings.people);
      return from === undefined ? [] : washRuns(from, input.random, settings.phase);
    },
  };
}

/** Heater and motor for an hour and a half, with pauses to turn the drum the other way. */
export function tumbleDryer(settings: { phase: Phase; people: number }): Appliance {
  const { phase, people } = settings;
  return {
    name: "tumble dryer",
    runs(input) {
      const { random, weather, day } = input;
      const outside = weather.temperatureCelsius(day.start + 43_200) > 14; // the line is free
      const wash = startOfWash(input, people);
      if (wash === undefined || !random.chance(outside ? 0.25 : 0.7)) return [];
      const from = wash + random.between(7_200, 9_000);
      const to = from + random.between(4_200, 6_000);
      const runs: Run[] = [];
      for (let at = from; at < to; at += 310) {
        const heats = at < to - 600; // the end is cold
        runs.push(runOf(at, Math.min(at + 300, to), { phase, watts: heats ? 2_150 : 210, tanPhi: heats ? 0.05 : 0.7 }));
      }
      return runs;
    },
  };
}

/** The second at which a washing begins on this day, if one does. */
function startOfWash({ occupancy, random, day }: DayPlanInput, people: number): number | undefined {
  if (!random.chance((isDayOff(day) ? 0.25 : 0.12) * Math.sqrt(people))) return undefined;
  const from = atWall(day, random.between(8.5, 17.5) * hourSeconds);
  return isAwake(occupancy, from) ? from : occupancy.awake.at(-1)?.from;
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

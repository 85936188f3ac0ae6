/**
 * What heating costs in electricity: the pump of a gas boiler, or a heat pump.
 *
 * The heat pump modulates between a minimum and a maximum and pulses below the minimum, as inverter-driven ones do.
 */

import { atWall, hourSeconds } from "../local-time.ts";
import { slowNoise } from "../noise.ts";
import type { Random } from "../random.ts";
import type { Appliance, DayPlanInput } from "./appliance.ts";
import { type Phase, type Run, runOf, threePhaseRuns } from "./load.ts";

/** Circulation pump and burner of a boiler; the burner also makes hot water in summer. */
export function boilerPump(settings: { phase: Phase }): Appliance {
  return {
    name: "boiler pump",
    runs({ day, weather, random }) {
      const noon = atWall(day, 12 * hourSeconds);
      const cold = weather.temperatureCelsius(noon) < 14;
      const from = atWall(day, (cold ? 5.5 : 6) * hourSeconds);
      const to = atWall(day, (cold ? 22.5 : 6.4) * hourSeconds) + random.whole(0, 300);
      return [runOf(from, to, { phase: settings.phase, watts: cold ? 42 : 65, tanPhi: 0.5 })];
    },
  };
}

/** Air to water, three-phase, for a house that needs 150 W of heat per kelvin. */
export function heatPump(random: Random): Appliance {
  const need = random.fork("need");
  return {
    name: "heat pump",
    runs(input) {
      const runs: Run[] = [];
      for (let at = input.day.start; at < input.day.end; at += slotSeconds) {
        const watts = spaceHeatingWatts(input, at) * (1 + 0.08 * slowNoise(need, at, 2_000));
        if (watts <= 0) continue;
        const share = Math.min(1, watts / minimumWatts); // below the minimum it pulses
        const to = share < 1 ? Math.round(at + slotSeconds * share) : at + slotSeconds;
        runs.push(
          ...threePhaseRuns(at, to, { watts: Math.min(Math.max(watts, minimumWatts), maximumWatts), tanPhi: 0.2 }),
        );
      }
      const hotWater = atWall(input.day, 13 * hourSeconds) + input.random.whole(0, 1_800);
      runs.push(
        ...threePhaseRuns(hotWater, hotWater + input.random.whole(1_800, 3_000), { watts: 1_900, tanPhi: 0.2 }),
      );
      return runs;
    },
  };
}

/** Electric power for the heat that the house loses now, in W. */
function spaceHeatingWatts({ weather, day }: DayPlanInput, second: number): number {
  const outside = weather.temperatureCelsius(second);
  const night = second < atWall(day, 5 * hourSeconds) || second > atWall(day, 22 * hourSeconds);
  const heat = 150 * (16 - outside) * (night ? 0.75 : 1); // people, sun and appliances do the last four kelvins
  const coefficient = 3.4 + 0.07 * (outside - 2); // of performance, falls with the cold
  return Math.max(0, heat) / Math.max(1.8, coefficient);
}

/** Period of the control: below its minimum the compressor runs for a share of it. */
const slotSeconds = 600;
const minimumWatts = 600;
const maximumWatts = 3_200;

/**
 * An electric car on a wall box: 11 kW on three phases, every few evenings, until what was driven is charged again.
 */

import { atWall, hourSeconds, type CalendarDay, localDay } from "../local-time.ts";
import type { Random } from "../random.ts";
import type { Appliance } from "./appliance.ts";
import { type Run, threePhaseRuns } from "./load.ts";
import { isDayOff } from "./occupancy.ts";

export function electricVehicle(random: Random): Appliance {
  const plugs = random.fork("plugs in");
  const drives = random.fork("drives");
  const isPlugged = (index: number) => plugs.at(index) < 0.45;
  return {
    name: "electric vehicle",
    runs({ day, occupancy, random: today }) {
      const evening = occupancy.awake.at(-1);
      if (evening === undefined || !isPlugged(day.index)) return [];
      let kilometres = kilometresOf(drives, day);
      for (let index = day.index - 1; !isPlugged(index) && index > day.index - 7; index--) {
        kilometres += kilometresOf(drives, localDay(index));
      }
      const arrives = Math.max(evening.from, atWall(day, 15.5 * hourSeconds)) + today.between(60, 1_800);
      return chargingRuns(arrives, Math.min(kilometres * wattSecondsPerKilometre, batteryWattSeconds));
    },
  };
}

/** Full power for most of it, then less as the battery fills. */
function chargingRuns(from: number, wattSeconds: number): Run[] {
  const runs: Run[] = [];
  let at = from;
  for (const [share, watts] of charging) {
    const seconds = (wattSeconds * share) / watts;
    runs.push(...threePhaseRuns(at, at + seconds, { watts, tanPhi: -0.02 }));
    at += seconds;
  }
  return runs;
}

function kilometresOf(drives: Random, day: CalendarDay): number {
  const draw = drives.at(day.index);
  return isDayOff(day) ? 90 * draw * draw : 14 + 38 * draw;
}

/** Share of the energy, and power. */
const charging: readonly (readonly [number, number])[] = [
  [0.92, 11_000],
  [0.05, 7_000],
  [0.03, 3_000],
];
const wattSecondsPerKilometre = 190 * 3_600; // with charging losses
const batteryWattSeconds = 55_000 * 3_600;

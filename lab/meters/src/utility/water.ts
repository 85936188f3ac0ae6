/**
 * Cold water of a household: what people draw when they are at home and awake.
 *
 * Some 120 litres a head and day as German households have it: toilet, shower, taps, machines, and the garden in a dry
 * summer. A leak, when one is asked for, never stops: that is how it is known.
 */

import { hourSeconds, localDay } from "../local-time.ts";
import { isAwake, type Occupancy, occupancyOf } from "../household/occupancy.ts";
import type { Random } from "../random.ts";
import { type FlowModel, type FlowRun, merged } from "./flow.ts";

export interface WaterOptions {
  /** 1 to 6; 3 unless told. */
  readonly people?: number;
  readonly garden?: boolean;
  /** Litres an hour that run always; 0 unless told. */
  readonly leakLitresPerHour?: number;
}

export function waterModel(random: Random, options: WaterOptions = {}): FlowModel {
  const { people = 3, garden = false, leakLitresPerHour = 0 } = options;
  const rest = { microlitresPerSecond: Math.round((leakLitresPerHour * 1e6) / hourSeconds), watts: 0 };
  const known = new Map<number, readonly FlowRun[]>();
  return {
    rest,
    runsOfDay(dayIndex) {
      let runs = known.get(dayIndex);
      if (runs === undefined) {
        runs = drawsOf(random, dayIndex, { people, garden });
        runs = runs.map((run) => ({
          ...run,
          microlitresPerSecond: run.microlitresPerSecond + rest.microlitresPerSecond,
        }));
        if (known.size > 4) known.clear();
        known.set(dayIndex, runs);
      }
      return runs;
    },
  };
}

function drawsOf(
  random: Random,
  dayIndex: number,
  { people, garden }: Required<Pick<WaterOptions, "people" | "garden">>,
) {
  const day = localDay(dayIndex);
  const occupancy = occupancyOf(random, day);
  if (occupancy.awake.length === 0) return [];
  const draw = random.fork("water").fork(dayIndex);
  const runs: FlowRun[] = [];
  const open = (at: number, litres: number, litresPerMinute: number): void => {
    const seconds = Math.max(1, Math.round((litres / litresPerMinute) * 60));
    const from = Math.round(at);
    // Whatever is open at midnight is closed then: a day ends with its last second.
    const to = Math.min(from + seconds, day.end);
    if (from < day.start || to <= from) return;
    runs.push({ from, to, microlitresPerSecond: Math.round((litresPerMinute * 1e6) / 60), watts: 0 });
  };
  const whileAwake = (): number => momentOf(draw, occupancy);
  for (let head = 0; head < people; head++) {
    if (draw.chance(0.9)) open(occupancy.wakes + draw.between(300, 2_400), draw.between(25, 65), draw.between(7, 11));
    for (let flush = draw.whole(3, 6); flush > 0; flush--) open(whileAwake(), draw.between(5, 8), 8);
    for (let tap = draw.whole(12, 26); tap > 0; tap--) open(whileAwake(), draw.between(0.3, 2.5), draw.between(4, 8));
  }
  if (draw.chance(0.15 * people)) open(whileAwake(), draw.between(38, 55), 9); // washing machine
  if (draw.chance(0.15 + 0.15 * people)) open(whileAwake(), draw.between(8, 12), 6); // dishwasher
  const summer = day.month >= 5 && day.month <= 9;
  if (garden && summer && draw.chance(0.3)) open(whileAwake(), draw.between(60, 250), 12);
  return merged(runs, { microlitresPerSecond: 0, watts: 0 });
}

/** A second at which somebody is awake at home. */
function momentOf(draw: Random, occupancy: Occupancy): number {
  for (let tries = 0; tries < 8; tries++) {
    const moment = draw.between(occupancy.wakes, occupancy.sleeps);
    if (isAwake(occupancy, moment)) return moment;
  }
  return occupancy.wakes + 60;
}

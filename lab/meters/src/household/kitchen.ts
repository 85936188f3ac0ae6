/**
 * Kettle, hob, oven, dishwasher: short and strong, at the hours of meals.
 *
 * People cook when they are awake at home; who comes home late cooks late.
 */

import { atWall, hourSeconds, type CalendarDay } from "../local-time.ts";
import type { Random } from "../random.ts";
import type { Appliance } from "./appliance.ts";
import { type Phase, type Run, runOf } from "./load.ts";
import { isAwake, isDayOff, type Occupancy } from "./occupancy.ts";
import { thermostatRuns } from "./thermostat.ts";

export function kettle(settings: { phase: Phase; people: number }): Appliance {
  return {
    name: "kettle",
    runs({ occupancy, random }) {
      if (occupancy.awake.length === 0) return [];
      const moments = [occupancy.wakes + random.between(300, 1_500)];
      const cups = random.whole(0, 1 + settings.people);
      for (let cup = 0; cup < cups; cup++) moments.push(random.between(occupancy.wakes, occupancy.sleeps - 1_800));
      return moments
        .filter((moment) => isAwake(occupancy, moment))
        .map((moment) => runOf(moment, moment + random.between(80, 230), { phase: settings.phase, watts: 2_050 }));
    },
  };
}

/** Two plates on two phases, as a hob is wired. */
export function hob(settings: { phases: readonly [Phase, Phase]; people: number }): Appliance {
  return {
    name: "hob",
    runs({ day, occupancy, random }) {
      const runs: Run[] = [];
      for (const meal of meals(random, day, occupancy)) {
        if (!random.chance(meal.warm)) continue;
        const plates = random.whole(1, settings.people > 2 ? 3 : 2);
        for (let plate = 0; plate < plates; plate++) {
          const from = meal.at + random.between(0, 600);
          const phase = settings.phases[plate % 2 === 0 ? 0 : 1];
          runs.push(...thermostatRuns(from, from + random.between(600, 2_100), plateHeating(random, phase)));
        }
      }
      return runs;
    },
  };
}

export function oven(settings: { phase: Phase }): Appliance {
  return {
    name: "oven",
    runs({ day, occupancy, random }) {
      const evening = meals(random, day, occupancy).at(-1);
      if (evening === undefined || !random.chance(isDayOff(day) ? 0.4 : 0.2)) return [];
      const from = evening.at - random.between(300, 1_500);
      const heating = {
        phase: settings.phase,
        watts: 2_350,
        heatUpSeconds: random.between(420, 660),
        periodSeconds: 75,
        duty: 0.3,
      };
      return thermostatRuns(from, from + random.between(1_800, 3_600), heating);
    },
  };
}

/** Fill, heat, wash, rinse, heat again, dry. Runs after the evening meal. */
export function dishwasher(settings: { phase: Phase; people: number }): Appliance {
  const { phase, people } = settings;
  return {
    name: "dishwasher",
    runs({ occupancy, random }) {
      if (occupancy.awake.length === 0 || !random.chance(Math.min(0.9, 0.15 + 0.15 * people))) return [];
      let at = occupancy.sleeps - random.between(1_800, 9_000);
      const runs: Run[] = [];
      for (const [seconds, watts] of dishwasherPhases) {
        const length = seconds * random.between(0.9, 1.1);
        runs.push(runOf(at, at + length, { phase, watts, tanPhi: watts < 500 ? 0.5 : 0 }));
        at += length;
      }
      return runs;
    },
  };
}

interface Meal {
  readonly at: number;
  /** Probability that something is cooked. */
  readonly warm: number;
}

/** Meals for which someone is awake at home: breakfast, lunch, dinner. */
function meals(random: Random, day: CalendarDay, occupancy: Occupancy): Meal[] {
  const planned: Meal[] = [
    { at: occupancy.wakes + random.between(600, 2_000), warm: isDayOff(day) ? 0.5 : 0.15 },
    { at: atWall(day, random.around(12.2 * hourSeconds, 1_500)), warm: isDayOff(day) ? 0.75 : 0.6 },
    { at: atWall(day, random.around(18.4 * hourSeconds, 2_000)), warm: 0.75 },
  ];
  return planned.filter((meal) => isAwake(occupancy, meal.at));
}

function plateHeating(random: Random, phase: Phase) {
  const watts = random.chance(0.5) ? 1_800 : 1_200;
  return {
    phase,
    watts,
    heatUpSeconds: random.between(120, 300),
    periodSeconds: random.between(28, 42),
    duty: random.between(0.2, 0.6),
  };
}

/** Seconds and watts of one programme, about 1 kWh. */
const dishwasherPhases: readonly (readonly [number, number])[] = [
  [240, 60],
  [1_080, 1_950],
  [2_100, 70],
  [420, 15],
  [300, 65],
  [780, 1_950],
  [600, 65],
  [1_500, 8],
];

/**
 * Lights, screens and the small things of the day: they follow people and dusk.
 */

import { hourSeconds } from "../local-time.ts";
import type { Appliance } from "./appliance.ts";
import { type Phase, phases, type Run, runOf } from "./load.ts";

/** A light is on where someone is awake and the sky outside is dark; rooms on different phases. */
export function lights(settings: { people: number }): Appliance {
  const rooms = 2 + settings.people;
  return {
    name: "lights",
    runs({ occupancy, sun, random }) {
      const runs: Run[] = [];
      for (let room = 0; room < rooms; room++) {
        const phase = phases[room % 3] ?? 0;
        const watts = random.between(20, 62);
        for (const span of occupancy.awake) {
          const morningDark = sun.rises + random.between(-600, 2_400);
          const eveningDark = sun.sets - random.between(-900, 2_400);
          for (const dark of [
            { from: span.from + random.between(0, 1_200), to: Math.min(span.to, morningDark) },
            { from: Math.max(span.from, eveningDark), to: span.to - random.between(0, 4_500) },
          ]) {
            if (dark.to - dark.from < 60) continue;
            const share = random.between(0.35, 1); // a room is not used all the evening
            runs.push(runOf(dark.from, dark.from + (dark.to - dark.from) * share, { phase, watts, tanPhi: -0.35 }));
          }
        }
      }
      return runs;
    },
  };
}

/** Television in the evening, computers during the day; switched-mode supplies, slightly capacitive. */
export function screens(settings: { phase: Phase; people: number }): Appliance {
  const { phase, people } = settings;
  return {
    name: "screens",
    runs({ occupancy, random }) {
      const runs: Run[] = [];
      const evening = occupancy.awake.at(-1);
      if (evening === undefined) return [];
      const television = Math.max(evening.from, occupancy.sleeps - random.between(2, 5) * hourSeconds);
      runs.push(runOf(television, occupancy.sleeps - random.between(0, 2_000), { phase, watts: 135, tanPhi: -0.3 }));
      for (let person = 0; person < people; person++) {
        for (const span of occupancy.awake) {
          const from = random.between(span.from, span.to);
          const to = Math.min(span.to, from + random.between(0.5, 6) * hourSeconds);
          runs.push(runOf(from, to, { phase, watts: random.between(35, 120), tanPhi: -0.25 }));
        }
      }
      return runs;
    },
  };
}

/** Vacuum cleaner, hair dryer, iron, toaster, coffee machine: a few minutes each, anywhere in the day. */
export function smallAppliances(settings: { phase: Phase; people: number }): Appliance {
  return {
    name: "small appliances",
    runs({ occupancy, random }) {
      const runs: Run[] = [];
      for (const span of occupancy.awake) {
        const uses = Math.round(random.between(0.5, 1.2) * settings.people * Math.sqrt((span.to - span.from) / 10_000));
        for (let use = 0; use < uses; use++) {
          const [watts, seconds, tanPhi] = smallThings[random.whole(0, smallThings.length - 1)] ?? [0, 0, 0];
          const from = random.chance(0.4) ? span.from + random.between(300, 3_000) : random.between(span.from, span.to);
          runs.push(runOf(from, from + seconds * random.between(0.5, 1.6), { phase: settings.phase, watts, tanPhi }));
        }
      }
      return runs;
    },
  };
}

/** Watts, seconds, reactive over active. */
const smallThings: readonly (readonly [number, number, number])[] = [
  [1_450, 260, 0.05], // hair dryer
  [750, 900, 0.25], //   vacuum cleaner
  [900, 170, 0], //      toaster
  [1_300, 120, 0.02], // coffee machine
  [1_100, 420, 0], //    iron
  [800, 180, 0.3], //    microwave
];

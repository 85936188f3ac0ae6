/**
 * What goes wrong around a meter, as a schedule: given by a test, or drawn from a seed.
 *
 * In: a seed.  Out: the disturbances that touch a span of time, always the same for the same seed.
 * Not here: what the meter makes of them (./virtual-meter).
 * Each day is drawn for itself, so that any day of any year can be asked for first.
 */

import type { Phase } from "./household/load.ts";
import { daySeconds, hourSeconds } from "./local-time.ts";
import { Random } from "./random.ts";

/** Holds over `[at, at + seconds)`. */
export type LastingDisturbance = { readonly at: number; readonly seconds: number } & (
  | { readonly kind: "power-failure" | "magnetic-field" | "cover-open" | "reversed-field" }
  | { readonly kind: "phase-loss"; readonly phase: Phase }
  // Logged as out of band by its kind, whatever the voltage is then; undisturbed it is 223 to 241 V.
  | { readonly kind: "over-voltage" | "under-voltage"; readonly phase: Phase; readonly byMillivolts: number }
);

/** Happens at one second. */
export type MomentaryDisturbance = { readonly at: number } & (
  | { readonly kind: "clock-set"; readonly bySeconds: number }
  | { readonly kind: "firmware-update"; readonly version: string }
);

export type Disturbance = LastingDisturbance | MomentaryDisturbance;

export interface DisturbanceSchedule {
  /** All that begin, hold or end within `[from, to]`. */
  touching(from: number, to: number): readonly Disturbance[];
}

export const undisturbed: DisturbanceSchedule = { touching: () => [] };

/** Exactly these. */
export function listedDisturbances(list: readonly Disturbance[]): DisturbanceSchedule {
  return { touching: (from, to) => list.filter((one) => one.at <= to && endOf(one) >= from) };
}

/** As they come in a life: a power failure or two a year, a lost phase, voltages out of band, a clock set, an opened cover. */
export function seededDisturbances(seed: number | string): DisturbanceSchedule {
  const random = Random.of(seed).fork("disturbances");
  const drawn = new Map<number, Disturbance[]>();
  const ofDay = (day: number) => {
    const list = drawn.get(day) ?? drawDay(random, day);
    if (drawn.size > 8) drawn.clear(); // a memory of what was just asked, not of history
    drawn.set(day, list);
    return list;
  };
  return {
    touching(from, to) {
      const found: Disturbance[] = [];
      for (let day = Math.floor(from / daySeconds) - 1; day <= Math.floor(to / daySeconds); day++) {
        for (const one of ofDay(day)) if (one.at <= to && endOf(one) >= from) found.push(one);
      }
      return found;
    },
  };
}

/** The second at which it is over; of a momentary one, its own. */
export function endOf(disturbance: Disturbance): number {
  return "seconds" in disturbance ? disturbance.at + disturbance.seconds : disturbance.at;
}

/** Disturbances of one UTC day. None lasts longer than a day. */
function drawDay(random: Random, day: number): Disturbance[] {
  const draw = random.fork(day);
  const at = () => day * daySeconds + draw.whole(0, daySeconds - 1);
  const phase = (): Phase => (draw.chance(1 / 3) ? 0 : draw.chance(0.5) ? 1 : 2);
  const drawn: Disturbance[] = [];
  if (draw.chance(1.5 / 365)) drawn.push({ kind: "power-failure", at: at(), seconds: draw.whole(20, 3 * hourSeconds) });
  if (draw.chance(0.5 / 365))
    drawn.push({ kind: "phase-loss", phase: phase(), at: at(), seconds: draw.whole(60, 2 * hourSeconds) });
  if (draw.chance(4 / 365)) {
    drawn.push({
      kind: "over-voltage",
      phase: phase(),
      byMillivolts: draw.whole(32_000, 40_000),
      at: at(),
      seconds: draw.whole(5, 900),
    });
  }
  if (draw.chance(4 / 365)) {
    drawn.push({
      kind: "under-voltage",
      phase: phase(),
      byMillivolts: draw.whole(34_000, 60_000),
      at: at(),
      seconds: draw.whole(2, 600),
    });
  }
  if (draw.chance(4 / 365))
    drawn.push({ kind: "clock-set", at: at(), bySeconds: draw.whole(1, 12) * (draw.chance(0.5) ? 1 : -1) });
  if (draw.chance(0.3 / 365)) drawn.push({ kind: "cover-open", at: at(), seconds: draw.whole(60, 2 * hourSeconds) });
  if (draw.chance(0.1 / 365))
    drawn.push({ kind: "magnetic-field", at: at(), seconds: draw.whole(30, 6 * hourSeconds) });
  if (draw.chance(0.3 / 365))
    drawn.push({ kind: "firmware-update", at: at(), version: `1.${Math.floor(day / 365)}.0` });
  return drawn;
}

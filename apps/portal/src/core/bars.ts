/**
 * What a chart draws: one bar up and one down per slot, labels of the axis, and marks that do not need colour.
 *
 * Here energy becomes a number of the screen: the last step, and the only place.
 */

import { offsetAt } from "@siegel/readings";

import { forPeople, type Language } from "./decimal.ts";
import type { Slot } from "./energy.ts";
import { type Period, shortDay } from "./period.ts";
import type { Lane } from "./profile.ts";

/** none: as measured. gap: there should be a value. doubt: not as measured. part: of a part of the time. changed: by the reader. */
export type Mark = "none" | "gap" | "waiting" | "doubt" | "part" | "changed";

export interface Bars {
  /** Upwards, null where there is no value. */
  readonly up: readonly (number | null)[];
  /** Downwards: negative, null where there is none. Empty without that lane. */
  readonly down: readonly (number | null)[];
  readonly upMarks: readonly Mark[];
  readonly downMarks: readonly Mark[];
  /** Labels by their place on the axis, on which slot i goes from i to i + 1: hours where they begin, days in the middle. */
  readonly labels: ReadonlyMap<number, string>;
}

export function barsOf(period: Period, lanes: readonly Lane[], language: Language): Bars {
  const up = lanes.find(({ direction }) => direction === "import");
  const down = lanes.find(({ direction }) => direction === "export");
  return {
    up: up === undefined ? [] : up.slots.map((slot) => pixel(slot, up.unit)),
    down: down === undefined ? [] : down.slots.map((slot) => negative(pixel(slot, down.unit))),
    upMarks: up?.slots.map(markOf) ?? [],
    downMarks: down?.slots.map(markOf) ?? [],
    labels: period.view === "day" ? hourLabels(period) : dayLabels(period, language),
  };
}

function pixel({ energy }: Slot, unit: string): number | null {
  return energy === undefined ? null : forPeople(energy, unit).value.toNumber();
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

function markOf({ state, changed }: Slot): Mark {
  if (changed) return "changed";
  switch (state) {
    case "valid":
    case "future":
    case "before":
      return "none";
    case "missing":
    case "decreased":
      return "gap";
    case "late":
      return "waiting";
    case "partial":
      return "part";
    case "suspect":
    case "estimated":
    case "substituted":
      return "doubt";
  }
}

/** Every third hour of the wall clock, where it is on that day: at 23 and 25 hours, too. */
function hourLabels(period: Period): Map<number, string> {
  const day = period.days[0]!;
  const labels = new Map<number, string>();
  const seen = new Set<number>();
  day.quarterHours().forEach((at, index) => {
    const localMs = at.epochMs + offsetAt(day.zone, at.epochMs);
    const minutes = Math.floor(localMs / 60_000) % 1440;
    if (minutes % 180 !== 0 || seen.has(minutes)) return; // an hour that comes twice gets its label once
    seen.add(minutes);
    labels.set(index, String(minutes / 60).padStart(2, "0"));
  });
  labels.set(day.quarterHourCount, "24");
  return labels;
}

function dayLabels({ days, view }: Period, language: Language): Map<number, string> {
  const shown = days.map((_, index) => index).filter((index) => view === "week" || index === 0 || index % 5 === 4);
  return new Map(shown.map((index) => [index + 0.5, shortDay(days[index]!, view, language)]));
}

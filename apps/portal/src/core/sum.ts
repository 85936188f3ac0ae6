/**
 * The sum of a period, with how far it can be trusted to be whole.
 *
 * It is not the sum of the slots but the total at the end minus the total at the beginning: a missing quarter hour in
 * between then costs nothing but its own bar.
 */

import type { Instant, Quality, ScaledValue } from "@siegel/readings";

import { type Slot, type Total, weaker } from "./energy.ts";
import type { Period } from "./period.ts";

export interface Sum {
  /** complete: both ends of the period. soFar: the period runs, and its beginning is known. partial: an end lacks. */
  readonly extent: "complete" | "soFar" | "partial" | "empty" | "decreased";
  readonly energy: ScaledValue | undefined;
  /** The weakest of all totals in the period. */
  readonly quality: Quality;
  /** What the energy lies between. */
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  /** Slots that are missing, and slots that are late. */
  readonly missingCount: number;
  readonly lateCount: number;
  readonly changed: boolean;
}

export function sumOf(period: Period, totals: readonly Total[], slots: readonly Slot[], now: Instant): Sum {
  const known = totals.filter(
    ({ at, quality }) =>
      quality !== "missing" && period.start.epochMs <= at.epochMs && at.epochMs <= period.end.epochMs,
  );
  const [first, last] = [known[0], known.at(-1)];
  const missingCount = slots.filter(({ state }) => state === "missing").length;
  const lateCount = slots.filter(({ state }) => state === "late").length;
  const changed = slots.some((slot) => slot.changed);
  const counts = { missingCount, lateCount, changed };
  if (first === undefined || last === undefined || first === last) {
    const quality = first?.quality ?? "missing";
    return { extent: "empty", energy: undefined, quality, from: undefined, to: undefined, ...counts };
  }
  const energy = last.value.minus(first.value);
  const quality = known.map((total) => total.quality).reduce(weaker);
  const [from, to] = [first.at, last.at];
  if (energy.raw < 0) return { extent: "decreased", energy: undefined, quality, from, to, ...counts };
  const startsWell = from.equals(period.start);
  const extent =
    startsWell && to.equals(period.end)
      ? "complete"
      : startsWell && now.epochMs < period.end.epochMs
        ? "soFar"
        : "partial";
  return { extent, energy, quality, from, to, ...counts };
}

/**
 * One value of a day changed on the page, to see how the check notices.
 *
 * The change is small and plausible on purpose: a total between its neighbours, so that nothing but the seal tells.
 */

import { type Instant, ScaledValue } from "@siegel/readings";

import type { Total } from "./energy.ts";

export interface Change {
  readonly totals: readonly Total[];
  readonly at: Instant;
  readonly before: ScaledValue;
  readonly after: ScaledValue;
}

/**
 * Raises one total: that at `preferred` if it can be, else the last one that can. A quarter hour gains what the next one
 * loses; the newest total has none after it and gains 100 units.
 *
 * @returns  `undefined` where no total may rise.
 */
export function changeOne(totals: readonly Total[], preferred: Instant | undefined): Change | undefined {
  const chosen = totals.findIndex(({ at }) => preferred !== undefined && at.equals(preferred));
  const others = totals.map((_, index) => index).toReversed();
  for (const index of [chosen, ...others]) {
    const [total, next] = [totals[index], totals[index + 1]];
    // The first total belongs to the day before, whose bar is not on display.
    if (total === undefined || index === 0 || total.quality === "missing" || next?.quality === "missing") continue;
    const after = raised(total.value, next?.value);
    if (after === undefined) continue;
    const changed = totals.map((one, place) => (place === index ? { ...one, value: after, changed: true } : one));
    return { totals: changed, at: total.at, before: total.value, after };
  }
  return undefined;
}

function raised(value: ScaledValue, next: ScaledValue | undefined): ScaledValue | undefined {
  if (next === undefined) return value.plus(ScaledValue.of(100, 0));
  const gap = next.minus(value);
  const half = BigInt(gap.raw) / 2n;
  return half > 0n ? value.plus(ScaledValue.of(half, gap.scaler)) : undefined;
}

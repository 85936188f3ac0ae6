/** The two profiles that `siegel up` runs, for the tests of this room. */

import { defaultToleranceMs, type Profile } from "../src/core/profile.ts";
import { Slots } from "../src/core/slots.ts";

export const zone = "Europe/Berlin";
export const quarterMs = 900_000;
export const dayMs = 86_400_000;
export const importTotal = "1-0:1.8.0*255";
export const exportTotal = "1-0:2.8.0*255";
export const power = "1-0:16.7.0*255";

export function taf7(more: Partial<Profile> = {}): Profile {
  return {
    name: "TAF-7",
    kind: "total",
    registers: new Set([importTotal, exportTotal]),
    slots: new Slots({ zone, periodMs: quarterMs }),
    toleranceMs: defaultToleranceMs(quarterMs),
    deliverEveryMs: quarterMs,
    historyMs: dayMs,
    ...more,
  };
}

export function taf14(more: Partial<Profile> = {}): Profile {
  const periodMs = more.slots?.periodMs ?? 5_000;
  return {
    name: "TAF-14",
    kind: "sample",
    registers: new Set([power]),
    slots: new Slots({ zone, periodMs }),
    toleranceMs: defaultToleranceMs(periodMs),
    deliverEveryMs: periodMs,
    historyMs: 0,
    ...more,
  };
}

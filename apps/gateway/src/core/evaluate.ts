/**
 * From a telegram to the slots that it can fill: the evaluation profile as a function.
 *
 * In: a telegram, when it came, a profile.  Out: at most one value a register, each at its slot.
 * Not here: whether the slot is free and the value plausible (./admit).
 * A slot takes the first reading at or after its instant within the tolerance; nothing is interpolated or moved. What
 * the meter says about a value goes with it: status, quality, trust.
 */

import type { NumberReading, ScaledValue } from "@siegel/readings";
import type { MeterTelegram } from "./meter-telegram.ts";
import type { Profile } from "./profile.ts";
import type { SlotValue } from "./slot-value.ts";

export interface Received {
  /** Which meter it is; whoever read the line has compared it. Hex. */
  readonly meter: string;
  readonly telegram: Pick<MeterTelegram, "values">;
  /** By the gateway's clock. */
  readonly receivedMs: number;
}

/** How far a meter's clock may be from ours before its dates are not believed: 3 % of a quarter hour. */
export const maxClockDeviationMs = 27_000;

/** Whether a pushed value is dated by a clock that we cannot believe. A meter without a clock has none to disagree. */
export function clockDeviates(atMs: number | undefined, receivedMs: number): boolean {
  return atMs !== undefined && Math.abs(atMs - receivedMs) > maxClockDeviationMs;
}

/** Values that a meter has just pushed. Dated by the meter when its clock agrees with ours, else by when they came. */
export function liveValues(profile: Profile, { meter, telegram, receivedMs }: Received): SlotValue[] {
  return valuesIn(profile, { meter, telegram }, (reading) => {
    const atMs = reading.at?.epochMs;
    return atMs === undefined || clockDeviates(atMs, receivedMs) ? receivedMs : atMs;
  });
}

/** Values out of a meter's memory, dated by its clock; undated ones and such of the future are left out. */
export function memoryValues(profile: Profile, { meter, telegram, receivedMs }: Received): SlotValue[] {
  if (profile.kind !== "total" || profile.historyMs === 0) return [];
  return valuesIn(profile, { meter, telegram }, (reading) => {
    const atMs = reading.at?.epochMs;
    return atMs === undefined || atMs > receivedMs + maxClockDeviationMs ? undefined : atMs;
  });
}

function valuesIn(
  profile: Profile,
  { meter, telegram }: Pick<Received, "meter" | "telegram">,
  dated: (reading: NumberReading) => number | undefined,
): SlotValue[] {
  const found = new Map<string, SlotValue>();
  for (const { obis, reading } of telegram.values) {
    const register = String(obis);
    if (!profile.registers.has(register) || found.has(register)) continue;
    if (reading?.kind !== "number" || reading.quality === "missing" || !isWritable(reading.value)) continue;
    const capturedMs = dated(reading);
    if (capturedMs === undefined || !isDate(capturedMs)) continue;
    const slotMs = profile.slots.atOrBefore(capturedMs);
    if (capturedMs - slotMs > profile.toleranceMs) continue;
    const { value, unit, status, quality, trust } = reading;
    const { raw, scaler } = value;
    const form = { raw, scaler, unit: unit?.symbol, status, quality, trust };
    found.set(register, { profile: profile.name, meter, obis: register, slotMs, capturedMs, ...form });
  }
  return [...found.values()];
}

/** A register of a meter has few digits behind or before its integer; a stranger's exponent would only cost memory. */
function isWritable({ raw, scaler }: ScaledValue): boolean {
  return Math.abs(scaler) <= maxScaler && raw >= -(2n ** 63n) && raw < 2n ** 64n;
}

/** Within the years that a day block can name. */
function isDate(atMs: number): boolean {
  return atMs > 0 && atMs < latestMs;
}

const maxScaler = 9;
const latestMs = Date.UTC(9000, 0);

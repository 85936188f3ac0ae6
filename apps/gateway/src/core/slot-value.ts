/** What a slot of a series holds once it is decided. It is never changed afterwards: a seal may stand over it. */

import { type Quality, ScaledValue, type Trust } from "@siegel/readings";
import type { SeriesKey } from "./profile.ts";

export interface SlotValue extends SeriesKey {
  readonly slotMs: number;
  /** When it was measured, by the meter's clock if that agrees with ours, else when its last byte came. */
  readonly capturedMs: number;
  /** Number meant: raw · 10^scaler; `undefined` exactly when the quality is "missing". */
  readonly raw: number | bigint | undefined;
  readonly scaler: number;
  /** Symbol of the unit, or none. */
  readonly unit: string | undefined;
  readonly status: number | bigint | undefined;
  readonly quality: Quality;
  readonly trust: Trust;
}

/** The number meant, or nothing for a slot that stays empty. */
export function numberOf(value: Pick<SlotValue, "raw" | "scaler">): ScaledValue | undefined {
  return value.raw === undefined ? undefined : ScaledValue.of(value.raw, value.scaler);
}

/**
 * Whether a value may take its slot, and how good it is beside its neighbours.
 *
 * In: a value, where it came from, and what the store knows of its series.  Out: the value to keep, or why not.
 * Two rules make one value a slot, whatever the clocks do:
 * - what is pushed is dated by a clock that may have gone back, so it only takes a slot after the newest one decided (by the
 *   clock as it is now: ./collector);
 * - what comes from the meter's memory carries its own date and may fill a gap, but nothing that is decided and nothing
 *   before the floor, where values may have been pruned after their receipt.
 * A total that falls is kept, marked suspect: what a meter showed is a fact, and a billed one; who judges it is told.
 */

import { numberOf, type SlotValue } from "./slot-value.ts";
import type { Quality, ScaledValue } from "@siegel/readings";

export type Origin = "live" | "memory";

/** What the store knows around one slot of one series. */
export interface Surroundings {
  /** The newest slot decided; `undefined` for a series that is new. */
  readonly newestMs: number | undefined;
  /** Whether this slot is decided. */
  readonly decided: boolean;
  /** Slots before it are closed. */
  readonly floorMs: number;
  /** The nearest values before and after. */
  readonly previous: Neighbour | undefined;
  readonly next: Neighbour | undefined;
}

export interface Neighbour {
  readonly slotMs: number;
  readonly number: ScaledValue;
  readonly quality: Quality;
}

export type Refusal = "decided" | "before-newest" | "before-floor";

export type Admission =
  | { readonly is: "kept"; readonly value: SlotValue; readonly decreased: boolean }
  | { readonly is: "refused"; readonly why: Refusal };

export function admit(
  value: SlotValue,
  {
    origin,
    kind,
    around,
  }: { readonly origin: Origin; readonly kind: "total" | "sample"; readonly around: Surroundings },
): Admission {
  if (around.decided) return { is: "refused", why: "decided" };
  if (value.slotMs < around.floorMs) return { is: "refused", why: "before-floor" };
  if (origin === "live" && around.newestMs !== undefined && value.slotMs <= around.newestMs) {
    return { is: "refused", why: "before-newest" };
  }
  const decreased = kind === "total" && falls(numberOf(value), around);
  const quality = decreased && value.quality === "valid" ? "suspect" : value.quality;
  return { is: "kept", value: { ...value, quality }, decreased };
}

/** A value as the neighbour of another one; an empty slot is none. */
export function neighbourOf(value: SlotValue): Neighbour | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : { slotMs: value.slotMs, number, quality: value.quality };
}

/** A fall that was already found at the later value is not told again at those before it. */
function falls(number: ScaledValue | undefined, { previous, next }: Surroundings): boolean {
  if (number === undefined) return false;
  if (previous !== undefined && number.compare(previous.number) < 0) return true;
  return next !== undefined && next.quality !== "suspect" && next.number.compare(number) < 0;
}

/**
 * Whether the wall clock can be believed at this moment.
 *
 * In: wall clock and monotonic clock, looked at again and again.  Out: steps, and whether the clock is settled.
 * A step is a wall clock that moved by more than 27 s against the monotonic one since the last look: somebody set it, or the
 * machine slept. Right or wrong, for a minute after it nothing that is dated by this clock takes a slot: a short fault leaves
 * no trace, and what is lost of a load profile comes from the meter's memory. Slower drift is what time services do.
 * Not here: whether a clock that does not step is right. The gateway asks no time service yet (docs/limits.md).
 * Source: 27 s are 3 % of the shortest registration period (PTB-A 50.8 in the facts); the minute is ours.
 */

import { maxClockDeviationMs } from "./evaluate.ts";

export interface Look {
  /** Milliseconds since 1970 UTC; may jump. */
  readonly wallMs: number;
  /** Of any origin, never going back. */
  readonly monoMs: number;
}

export interface TimeKeeping {
  readonly last: Look;
  /** Monotonic; the clock is believed from here on. */
  readonly settledAtMs: number;
}

/** A clock at its first look is believed: there is nothing to compare it with. */
export function firstLook(look: Look): TimeKeeping {
  return { last: look, settledAtMs: look.monoMs };
}

export function lookAgain(now: TimeKeeping, look: Look): { readonly next: TimeKeeping; readonly stepMs: number } {
  const stepMs = look.wallMs - now.last.wallMs - (look.monoMs - now.last.monoMs);
  if (Math.abs(stepMs) <= maxClockDeviationMs) return { next: { ...now, last: look }, stepMs: 0 };
  return { next: { last: look, settledAtMs: look.monoMs + settlingMs }, stepMs };
}

export function isSettled({ last, settledAtMs }: TimeKeeping): boolean {
  return last.monoMs >= settledAtMs;
}

export const settlingMs = 60_000;

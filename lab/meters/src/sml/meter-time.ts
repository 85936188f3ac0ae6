/**
 * The times that the meter says: its running time, and its clock with the offsets to the wall.
 *
 * Source: SML 1.04, `SML_Time`; the local form is new in 1.04.
 */

import type { SmlTime } from "@siegel/sml";
import { utcOffset } from "../local-time.ts";

/** Seconds since first use. A meter that is not yet in use stands at zero. */
export function secondsIndex(second: number, firstUse: number): number {
  return Math.min(Math.max(0, second - firstUse), 0xffff_ffff);
}

/** @param clock  Seconds since 1970 UTC. */
export function localTime(clock: number): SmlTime & { kind: "localTimestamp" } {
  const seasonTimeOffset = utcOffset(clock) / 60 - standardMinutes;
  return { kind: "localTimestamp", value: { timestamp: clock, localOffset: standardMinutes, seasonTimeOffset } };
}

/** What the wall shows, as if it were UTC. ISA meters send the times of their signed values so. */
export function wallTime(clock: number): SmlTime {
  return { kind: "timestamp", value: clock + utcOffset(clock) };
}

/** Central European time without summer, minutes east of UTC. */
const standardMinutes = 60;

/** From a meter's time to an instant, or to none: a second index is no date, and a clock that was never set is none either. */

import { Instant } from "@siegel/readings";
import { isPlausibleOffset, type SmlTime } from "../messages/time.ts";

/**
 * UTC, when the meter's clock gives it.
 *
 * @returns `undefined` for a second index (running time of the meter) and for instants before the year 2000, which
 *   come from clocks that started at zero and were never set.
 */
export function instantOf(time: SmlTime | undefined): Instant | undefined {
  const seconds = utcSeconds(time);
  return seconds === undefined || seconds < year2000 ? undefined : Instant.ofEpochSeconds(seconds);
}

/** Whether the meter sends a date that cannot be one. */
export function clockNotSet(time: SmlTime | undefined): boolean {
  const seconds = utcSeconds(time);
  return seconds !== undefined && seconds < year2000;
}

/**
 * The time of a register of an ISA-EDL-40P: local seconds under the tag of UTC, as all genuine files show. The list's
 * clock carries the offsets to UTC; without them the instant is not known.
 */
export function unmarkedLocal(time: SmlTime | undefined, clock: SmlTime | undefined): SmlTime | undefined {
  if (time?.kind !== "timestamp") return time;
  if (clock?.kind !== "localTimestamp" || !isPlausibleOffset(clock.value)) return undefined;
  const { localOffset, seasonTimeOffset } = clock.value;
  const timestamp = time.value - (localOffset + seasonTimeOffset) * 60;
  return { kind: "localTimestamp", value: { timestamp, localOffset, seasonTimeOffset } };
}

function utcSeconds(time: SmlTime | undefined): number | undefined {
  if (time === undefined || time.kind === "secIndex") return undefined;
  return time.kind === "timestamp" ? time.value : time.value.timestamp;
}

/** Unix seconds of 2000-01-01T00:00:00Z. */
const year2000 = 946_684_800;

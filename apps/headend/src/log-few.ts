/**
 * A log for what strangers can cause as often as they like: the first few of each kind a minute, the others as a number.
 *
 * So a flood at the door fills no disk, and still shows: with the next line of its kind stands how many were left out.
 */

import type { Log } from "./log.ts";

interface Minute {
  startMs: number;
  written: number;
  left: number;
}

/** @param kindOf  What counts together: one of few, never what a stranger says. */
export function logFew(
  log: Log,
  clock: { nowMs(): number },
  kindOf: (fields: Parameters<Log>[2]) => string,
  perMinute = 10,
): Log {
  const minutes = new Map<string, Minute>();
  return (level, event, fields = {}) => {
    const kind = `${event} ${kindOf(fields)}`;
    const nowMs = clock.nowMs();
    let minute = minutes.get(kind);
    if (minute === undefined || Math.abs(nowMs - minute.startMs) >= minuteMs) {
      minute = { startMs: nowMs, written: 0, left: minute?.left ?? 0 };
      minutes.set(kind, minute);
    }
    if (minute.written >= perMinute) {
      minute.left++;
      return;
    }
    minute.written++;
    const { left } = minute;
    minute.left = 0;
    log(level, event, left === 0 ? fields : { ...fields, leftOut: left });
  };
}

const minuteMs = 60_000;

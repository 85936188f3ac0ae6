/**
 * Live values as server-sent events.
 *
 * Event "reading", data = `CurrentValue` as JSON. On connecting, the newest value of each register comes first, unless
 * Last-Event-ID names an event that can be followed up. An event without `id` belongs to a group whose last one has it: a
 * client that was cut off sees the group again, so it keys values by register and instant. A comment line is a heartbeat.
 */

import type { CurrentValue } from "./meters.ts";

export const live = {
  contentType: "text/event-stream",
  event: "reading",
  heartbeatMs: 15_000,
} as const;

export type LiveReading = CurrentValue;

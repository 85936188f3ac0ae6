/**
 * Instants as the clock on the wall of the meter shows them.
 *
 * In the hour that comes twice in autumn a time alone means two instants: it gets the name of its zone (CEST, CET).
 */

import { type Instant, offsetAt } from "@siegel/readings";

import { type Language, localeOf } from "./decimal.ts";

/** `14:15`; `02:15 CEST` where 02:15 comes twice that night. */
export function timeText(at: Instant, zone: string, language: Language): string {
  const isTwofold = comesTwice(at.epochMs, zone);
  return format(at, language, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    ...(isTwofold ? { timeZoneName: "short" } : {}),
  });
}

/** `29 March 2026 at 14:15:07`. */
export function instantText(at: Instant, zone: string, language: Language): string {
  return format(at, language, { timeZone: zone, dateStyle: "long", timeStyle: "medium" });
}

/** `29/03/2026, 14:15`. */
export function shortInstantText(at: Instant, zone: string, language: Language): string {
  return format(at, language, { timeZone: zone, dateStyle: "short", timeStyle: "short" });
}

export function dateText(at: Instant, zone: string, language: Language): string {
  return format(at, language, { timeZone: zone, dateStyle: "long" });
}

function format(at: Instant, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(localeOf(language), options);
    formatters.set(key, formatter);
  }
  return formatter.format(at.epochMs);
}

/** Does another instant within three hours show the same time? Clocks go back by one hour, in Lord Howe by half. */
function comesTwice(epochMs: number, zone: string): boolean {
  const offset = offsetAt(zone, epochMs);
  return [-3, -2, -1, 1, 2, 3].some((hours) => {
    const other = offsetAt(zone, epochMs + hours * 3_600_000);
    return other !== offset && offsetAt(zone, epochMs + offset - other) === other;
  });
}

const formatters = new Map<string, Intl.DateTimeFormat>();

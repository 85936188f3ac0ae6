/** Totals of a register as the tests write them: an instant, a decimal, and what is special about it. */

import { Instant, LocalDay, quarterHourMs, ScaledValue } from "@siegel/readings";

import type { Total } from "../../src/core/energy.ts";

export const zone = "Europe/Berlin";

export function day(date: string): LocalDay {
  return LocalDay.of(date, zone);
}

export function total(at: Instant | string, value: string, more: Partial<Total> = {}): Total {
  const instant = typeof at === "string" ? Instant.parse(at) : at;
  return { at: instant, value: ScaledValue.parse(value), quality: "valid", trust: "signed", blockId: "b1", ...more };
}

/** A total at the start of the day and after each quarter hour, 100 Wh apart. */
export function fullDay(of: LocalDay): Total[] {
  return Array.from({ length: of.quarterHourCount + 1 }, (_, index) =>
    total(of.start.plus(index * quarterHourMs), `${1_000_000 + index * 100}.0`),
  );
}

/** Long after everything: nothing is late. */
export const later = Instant.parse("2026-12-01T00:00:00Z");

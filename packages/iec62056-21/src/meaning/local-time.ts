/**
 * The local times of P1: `YYMMDDhhmmss` and a letter for summer or winter → an instant.
 *
 * In: the text, and what the meter's clock shows in winter.  Out: an instant, or `undefined` for what is no time.
 * Without the letter (P1 before version 4) the rule of the European Union says which half of the year it was: the clock
 * moves on the last Sundays of March and October at 01:00 UTC. Of the hour that comes twice, the later one is meant.
 * Source: DSMR P1 companion standard 5.0.2 §6.4 (TST); directive 2000/84/EC.
 */

import { Instant } from "@siegel/readings";

/** What a meter's clock is ahead of UTC in winter, in minutes: 60 in the countries of DSMR, 120 in Estonia. */
export const centralEuropeMinutes = 60;

/**
 * @param text            `101209113020W`, `230923090000S`, `161107190000`; the seconds may be absent.
 * @param winterMinutes   East of Greenwich in winter.
 * @returns               `undefined` for a date outside of the calendar: meters fill up with zeros, `63` and `25`.
 */
export function instantOfLocal(text: string, winterMinutes = centralEuropeMinutes): Instant | undefined {
  const parts = localTime.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second = "00", letter = ""] = parts;
  const utcAsLocal = Date.UTC(
    2000 + Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const shown = new Date(utcAsLocal).toISOString();
  if (shown.slice(2, 19) !== `${year}-${month}-${day}T${hour}:${minute}:${second}`) return undefined;
  const winter = utcAsLocal - winterMinutes * 60_000;
  const isSummer = letter === "" ? isEuropeanSummer(winter - hourMs) : letter.toUpperCase() === "S";
  return Instant.ofEpochMs(isSummer ? winter - hourMs : winter);
}

/** Whether the text has the form of a P1 time, in or outside of the calendar. */
export function isLocalTime(text: string): boolean {
  return localTime.test(text);
}

/** The inverse: local time with its letter. */
export function localTextOf(instant: Instant, winterMinutes = centralEuropeMinutes): string {
  const isSummer = isEuropeanSummer(instant.epochMs);
  const local = new Date(instant.epochMs + (winterMinutes + (isSummer ? 60 : 0)) * 60_000);
  return local.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14) + (isSummer ? "S" : "W");
}

/** Whether summer time holds at this instant. */
function isEuropeanSummer(epochMs: number): boolean {
  const year = new Date(epochMs).getUTCFullYear();
  return lastSunday(year, 2) <= epochMs && epochMs < lastSunday(year, 9);
}

/** 01:00 UTC on the last Sunday of a month of 31 days. */
function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month, 31, 1));
  return last.getTime() - last.getUTCDay() * 24 * hourMs;
}

const hourMs = 3_600_000;
const localTime = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?([SWsw])?$/;

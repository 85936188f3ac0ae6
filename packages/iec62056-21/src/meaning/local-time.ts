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
  if (!localTime.test(text)) return undefined;
  const pair = (at: number) => (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero;
  const [month, day, hour, minute] = [pair(2), pair(4), pair(6), pair(8)];
  const hasSeconds = text.length >= 12;
  const second = hasSeconds ? pair(10) : 0;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const utcAsLocal = Date.UTC(2000 + pair(0), month - 1, day, hour, minute, second);
  if (day < 1 || new Date(utcAsLocal).getUTCDate() !== day) return undefined; // 30 February
  const winter = utcAsLocal - winterMinutes * 60_000;
  const letter = text.charCodeAt(hasSeconds ? 12 : 10) | 0x20; // NaN | 0x20 is a blank
  const isSummer = letter === letterS || (letter !== letterW && isEuropeanSummer(winter));
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
const zero = 0x30;
const letterS = 0x73;
const letterW = 0x77;
const localTime = /^(?:\d{10}|\d{12})[SWsw]?$/;

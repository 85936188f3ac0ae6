/**
 * Dates and times of data records: types F, G, I and J ⇄ their parts and an ISO text.
 *
 * In: 2, 3, 4 or 6 octets.  Out: `MbusDate`, or `undefined` for the invalid mark and for what no calendar has.
 * Not here: instants. A meter's clock is local and says no zone; who knows the zone makes an instant of it.
 * A part may stand for "every" (a due date of every year): it is absent, and the text has `*` in its place.
 * Type M (universal time, EN 13757-3:2018) is not read: its layout is not in our facts, and a guessed time is worse than
 * none; types K and L neither. They stay octets.
 * Source: EN 13757-3:2018, annex A, tables A.5 to A.9; the rule for years as the facts page states it.
 */

import { EncodeError } from "@siegel/wire";
import { isInvalidUnsigned } from "./numbers.ts";

export interface MbusDate {
  /** F date and minute, G date, I date and second, J time of day. */
  readonly type: "F" | "G" | "I" | "J";
  /** Four digits; absent: every year, or not told (J). */
  readonly year?: number;
  /** 1 to 12; absent: every month. */
  readonly month?: number;
  /** 1 to 31; absent: every day. */
  readonly day?: number;
  /** 0 to 23; absent: every hour. */
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  /** F and I: the meter says that this is summer time. */
  readonly summerTime?: boolean;
  /** F and I: the meter marks its clock as not valid. The parts are kept. */
  readonly isInvalid?: boolean;
  /** F: the two bits as sent. Meters write 2008 with 0 and with 1. */
  readonly hundredYear?: number;
  /** I: parts that a receiver can compute, as sent. */
  readonly leapYear?: boolean;
  /** 1 Monday to 7; 0: not told. */
  readonly weekday?: number;
  readonly week?: number;
  /** Hours by which the meter's summer time deviates, −3 to 3. */
  readonly summerDeviation?: number;
}

/** Octets of a date for each length. */
export const dateTypeOfLength: Readonly<Record<number, MbusDate["type"]>> = { 2: "G", 3: "J", 4: "F", 6: "I" };

/** The date at `at`, of 2 (G), 3 (J), 4 (F) or 6 (I) octets; `undefined` when it is marked invalid or impossible. */
export function readDate(data: Uint8Array, at: number, byteLength: number): MbusDate | undefined {
  // The mark of type G. Meters write it in all types, where it would else be a time that recurs.
  if (isInvalidUnsigned(data, at, byteLength)) return undefined;
  switch (byteLength) {
    case 2:
      return checked({ type: "G", ...dayParts(data, at, 0) });
    case 3:
      if (data[at]! > 63 || data[at + 1]! > 63 || data[at + 2]! > 31) return undefined;
      return checked({ type: "J", ...clockParts(data[at + 2]!, data[at + 1]!, data[at]) });
    case 4: {
      const hundredYear = (data[at + 1]! >> 5) & 3;
      return checked({
        type: "F",
        ...dayParts(data, at + 2, hundredYear),
        ...clockParts(data[at + 1]! & 0x1f, data[at]! & 0x3f),
        summerTime: data[at + 1]! >= 0x80,
        ...(data[at]! >= 0x80 ? { isInvalid: true } : {}),
        hundredYear,
      });
    }
    case 6: {
      const hours = data[at + 5]! >> 6;
      return checked({
        type: "I",
        ...dayParts(data, at + 3, 0),
        ...clockParts(data[at + 2]! & 0x1f, data[at + 1]! & 0x3f, data[at]! & 0x3f),
        summerTime: (data[at]! & 0x40) !== 0,
        ...(data[at + 1]! >= 0x80 ? { isInvalid: true } : {}),
        leapYear: data[at]! >= 0x80,
        weekday: data[at + 2]! >> 5,
        week: data[at + 5]! & 0x3f,
        summerDeviation: (data[at + 1]! & 0x40) !== 0 || hours === 0 ? hours : -hours,
      });
    }
    default:
      return undefined;
  }
}

/** @throws {EncodeError} "out-of-range" for parts that the type cannot carry. */
export function writeDate(date: MbusDate): Uint8Array {
  if (checked(date) === undefined) throw new EncodeError("out-of-range", "date");
  const hour = date.hour ?? 31;
  const minute = date.minute ?? 63;
  const second = date.second ?? 63;
  const invalid = date.isInvalid === true ? 0x80 : 0;
  switch (date.type) {
    case "G":
      return Uint8Array.from(dayOctets(date, 0));
    case "J":
      return Uint8Array.of(second, minute, hour);
    case "F": {
      // 2000 … 2080 may be written with 0 or 1; 1 is the unabridged form.
      const hundredYear =
        date.hundredYear ?? (date.year === undefined ? 0 : Math.max(0, Math.trunc(date.year / 100) - 19));
      if (hundredYear > 3) throw new EncodeError("out-of-range", "date.year");
      const summer = date.summerTime === true ? 0x80 : 0;
      return Uint8Array.of(minute | invalid, hour | (hundredYear << 5) | summer, ...dayOctets(date, hundredYear));
    }
    case "I": {
      const deviation = date.summerDeviation ?? 0;
      return Uint8Array.of(
        second | (date.summerTime === true ? 0x40 : 0) | (date.leapYear === true ? 0x80 : 0),
        minute | invalid | (deviation > 0 ? 0x40 : 0),
        hour | ((date.weekday ?? 0) << 5),
        ...dayOctets(date, 0),
        (Math.abs(deviation) << 6) | (date.week ?? 0),
      );
    }
  }
}

/** `2008-05-31T23:50`, `2008-05-31`, `23:50:00`; a part that stands for "every" is a star: `*-04-01`. */
export function dateText(date: MbusDate): string {
  const { type } = date;
  const clock = `${two(date.hour)}:${two(date.minute)}${type === "F" ? "" : `:${two(date.second)}`}`;
  if (type === "J") return clock;
  const year = date.year ?? "*";
  const day = `${year}-${two(date.month)}-${two(date.day)}`;
  return type === "G" ? day : `${day}T${clock}`;
}

function two(part: number | undefined): string {
  return part === undefined ? "*" : part < 10 ? `0${part}` : String(part);
}

interface DayParts {
  year?: number;
  month?: number;
  day?: number;
}

/** yLLL ddddd, yHHHH mmmm: year = H·8 + L. */
function dayParts(data: Uint8Array, at: number, hundredYear: number): DayParts {
  const low = data[at]!;
  const high = data[at + 1]!;
  const parts: DayParts = {};
  const year = ((high & 0xf0) >> 1) | (low >> 5);
  if (year !== 127) {
    // Meters of the nineties had no century; 81 and later are of that time.
    if (year > 99) parts.year = Number.NaN;
    else parts.year = hundredYear === 0 && year <= 80 ? 2000 + year : 1900 + 100 * hundredYear + year;
  }
  if ((high & 0x0f) !== 15) parts.month = high & 0x0f;
  if ((low & 0x1f) !== 0) parts.day = low & 0x1f;
  return parts;
}

function dayOctets({ year, month, day }: MbusDate, hundredYear: number): [number, number] {
  let short = 127;
  if (year !== undefined) {
    short = hundredYear === 0 && year >= 2000 ? year - 2000 : year - 1900 - 100 * hundredYear;
    const most = hundredYear === 0 && year >= 2000 ? 80 : 99;
    const least = hundredYear === 0 && year < 2000 ? 81 : 0;
    if (short < least || short > most) throw new EncodeError("out-of-range", "date.year");
  }
  return [((short & 7) << 5) | (day ?? 0), ((short >> 3) << 4) | (month ?? 15)];
}

interface ClockParts {
  hour?: number;
  minute?: number;
  second?: number;
}

function clockParts(hour: number, minute: number, second?: number): ClockParts {
  const parts: ClockParts = {};
  if (hour !== 31) parts.hour = hour;
  if (minute !== 63) parts.minute = minute;
  if (second !== undefined && second !== 63) parts.second = second;
  return parts;
}

/** The date, unless a part is outside of any calendar: month 13, 30 February, 24:00. */
function checked(date: MbusDate): MbusDate | undefined {
  const { year, month, day, hour, minute, second } = date;
  if (!within(hour, 0, 23) || !within(minute, 0, 59) || !within(second, 0, 59)) return undefined;
  if (!within(month, 1, 12) || !within(day, 1, 31) || !within(year, 1900, 2299)) return undefined;
  if (day !== undefined && month !== undefined && day > daysIn(month, year)) return undefined;
  return date;
}

function within(part: number | undefined, least: number, most: number): boolean {
  return part === undefined || (part >= least && part <= most);
}

function daysIn(month: number, year: number | undefined): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year === undefined || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) ? 29 : 28;
}

/**
 * The billing day: one date of the calendar in one time zone, as the span of instants that belongs to it.
 *
 * In: a date or an instant, and a zone of the tz database.  Out: start, end and quarter hours.
 * Days of a zone follow each other without gap or overlap, also where the clock jumps over midnight: a day starts at
 * the first instant whose local date is that day or later. Length in Europe: 23, 24 or 25 hours.
 * Why Intl: the runtime carries the tz database; a day that must stay checkable for decades is stored with its instants
 * (./day-block), since the rules of a zone may change after the fact.
 */

import { ReadingError } from "./errors.ts";
import { Instant } from "./instant.ts";

/** The zone of German market processes. Callers pass it: no function here assumes a zone. */
export const billingZone = "Europe/Berlin";

export const quarterHourMs = 900_000;

export class LocalDay {
  /** `2026-03-29`. */
  readonly date: string;
  /** Name in the tz database: `Europe/Berlin`. */
  readonly zone: string;
  /** Days from 1970-01-01 to the date. */
  readonly epochDay: number;
  #start: Instant | undefined;
  #end: Instant | undefined;

  private constructor(utcMidnight: number, zone: string) {
    this.date = new Date(utcMidnight).toISOString().slice(0, 10);
    this.zone = zone;
    this.epochDay = utcMidnight / dayMs;
  }

  /**
   * The day of a date in the years 1 to 9998.
   *
   * @param date  `2026-03-29`.
   * @throws {ReadingError} "not-a-day"; "unknown-zone"; "no-such-day" where a zone left a whole date out, as Samoa did
   *   with 30 December 2011.
   */
  static of(date: string, zone: string): LocalDay {
    const utcMidnight = written.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
    if (!(utcMidnight >= minMidnight && utcMidnight <= maxMidnight)) throw new ReadingError("not-a-day");
    const day = new LocalDay(utcMidnight, zone);
    if (day.date !== date) throw new ReadingError("not-a-day"); // 30 February
    if (day.start.equals(day.end)) throw new ReadingError("no-such-day");
    return day;
  }

  /**
   * The day that an instant belongs to: `start` ≤ instant < `end`.
   *
   * @throws {ReadingError} "unknown-zone"; "not-a-day" outside of the years 1 to 9998.
   */
  static at(instant: Instant, zone: string): LocalDay {
    const localMs = instant.epochMs + offsetAt(zone, instant.epochMs);
    const utcMidnight = Math.floor(localMs / dayMs) * dayMs;
    if (!(utcMidnight >= minMidnight && utcMidnight <= maxMidnight)) throw new ReadingError("not-a-day");
    // Where the clock went back over midnight, the late evening comes twice; the second one belongs to the next day.
    const next = new LocalDay(utcMidnight + dayMs, zone);
    return next.start.epochMs <= instant.epochMs ? next : new LocalDay(utcMidnight, zone);
  }

  /** First instant of the day. */
  get start(): Instant {
    return (this.#start ??= startOf(this.epochDay * dayMs, this.zone));
  }

  /** First instant of the next day. */
  get end(): Instant {
    return (this.#end ??= startOf((this.epochDay + 1) * dayMs, this.zone));
  }

  /** Length in milliseconds. */
  get durationMs(): number {
    return this.end.since(this.start);
  }

  /**
   * 96, in Europe 92 or 100 on the days of the clock changes. Quarter hours count from the start of the day; where a zone
   * once moved by other than quarter hours (Monrovia 1972), the last one of that day is shorter and counts, too.
   */
  get quarterHourCount(): number {
    return Math.ceil(this.durationMs / quarterHourMs);
  }

  /** Start of each quarter hour, in order. */
  quarterHours(): Instant[] {
    const { start } = this;
    return Array.from({ length: this.quarterHourCount }, (_, index) => start.plus(index * quarterHourMs));
  }

  contains(instant: Instant): boolean {
    return this.start.epochMs <= instant.epochMs && instant.epochMs < this.end.epochMs;
  }

  /** The day before, in the same zone; a date that the zone left out is passed over. */
  previous(): LocalDay {
    return LocalDay.at(this.start.minus(1), this.zone);
  }

  /** The day after, in the same zone; a date that the zone left out is passed over. */
  next(): LocalDay {
    return LocalDay.at(this.end, this.zone);
  }

  equals(other: LocalDay): boolean {
    return this.date === other.date && this.zone === other.zone;
  }

  /** `2026-03-29 Europe/Berlin`. */
  toString(): string {
    return `${this.date} ${this.zone}`;
  }

  toJSON(): { date: string; zone: string } {
    return { date: this.date, zone: this.zone };
  }
}

/**
 * Local time minus UTC at an instant, in milliseconds: 7 200 000 in the summer of Berlin.
 *
 * @throws {ReadingError} "unknown-zone".
 */
export function offsetAt(zone: string, epochMs: number): number {
  const seconds = Math.floor(epochMs / 1000) * 1000;
  const parts = formatterOf(zone).formatToParts(seconds);
  let [year, month, day, hour, minute, second] = [0, 0, 0, 0, 0, 0];
  let beforeChrist = false;
  for (const { type, value } of parts) {
    if (type === "year") year = Number(value);
    else if (type === "month") month = Number(value);
    else if (type === "day") day = Number(value);
    else if (type === "hour") hour = Number(value);
    else if (type === "minute") minute = Number(value);
    else if (type === "second") second = Number(value);
    else if (type === "era") beforeChrist = value.startsWith("B");
  }
  const local = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  local.setUTCFullYear(beforeChrist ? 1 - year : year, month - 1, day); // Date.UTC alone reads year 26 as 1926
  return local.getTime() - seconds;
}

/** First instant whose local date is that of `utcMidnight` or later. */
function startOf(utcMidnight: number, zone: string): Instant {
  const key = `${utcMidnight} ${zone}`;
  let start = starts.get(key);
  if (start === undefined) {
    start = Instant.ofEpochMs(findStart(utcMidnight, zone));
    if (starts.size >= maxStarts) starts.clear();
    starts.set(key, start);
  }
  return start;
}

function findStart(utcMidnight: number, zone: string): number {
  // No zone was ever 16 hours from UTC: midnight lies within this window, and at most one change of the clock with it.
  let before = utcMidnight - 16 * hourMs;
  let after = utcMidnight + 16 * hourMs;
  const offsetBefore = offsetAt(zone, before);
  const offsetAfter = offsetAt(zone, after);
  if (offsetBefore === offsetAfter) return utcMidnight - offsetBefore;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (offsetAt(zone, middle) === offsetBefore) before = middle;
    else after = middle;
  }
  if (utcMidnight - offsetBefore < after) return utcMidnight - offsetBefore; // midnight comes before the change
  return Math.max(after, utcMidnight - offsetAfter); // after it, or the change jumps over midnight
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    if (/^[+-]/.test(zone)) throw new ReadingError("unknown-zone"); // Intl takes an offset for a zone, which has no name
    try {
      formatter = new Intl.DateTimeFormat("en-US", { ...fields, timeZone: zone });
    } catch (cause) {
      throw new ReadingError("unknown-zone", { cause });
    }
    if (formatters.size >= maxFormatters) formatters.clear();
    formatters.set(zone, formatter);
  }
  return formatter;
}

const hourMs = 3_600_000;
const dayMs = 86_400_000;
const written = /^\d{4}-\d\d-\d\d$/;
const minMidnight = Date.parse("0001-01-01T00:00:00Z");
const maxMidnight = Date.parse("9998-12-31T00:00:00Z");
const fields = {
  calendar: "gregory",
  numberingSystem: "latn",
  hourCycle: "h23",
  era: "short",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
} as const;
/** Formatters are dear to make and few: as many as there are zones, emptied when a stranger invents more. */
const maxFormatters = 512;
const formatters = new Map<string, Intl.DateTimeFormat>();
/** A million meters share a few days: the instants of the last ones asked for. */
const maxStarts = 1024;
const starts = new Map<string, Instant>();

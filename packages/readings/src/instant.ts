/**
 * A point in time: UTC, whole milliseconds since 1970, without leap seconds.
 *
 * Not here: billing days and time zones (./local-day), clocks (a port of whoever needs one).
 * Source: RFC 3339.
 */

import { ReadingError } from "./errors.ts";

export class Instant {
  /** Milliseconds since 1970-01-01T00:00:00Z, from year 0 to year 9999. */
  readonly epochMs: number;

  private constructor(epochMs: number) {
    this.epochMs = epochMs;
  }

  /** @throws {ReadingError} "out-of-range" unless it is an integer in the years 0 … 9999. */
  static ofEpochMs(epochMs: number): Instant {
    if (!Number.isInteger(epochMs) || epochMs < minEpochMs || epochMs > maxEpochMs) {
      throw new ReadingError("out-of-range");
    }
    return new Instant(epochMs === 0 ? 0 : epochMs); // −0 becomes 0
  }

  /** @throws {ReadingError} "out-of-range", as `ofEpochMs`. */
  static ofEpochSeconds(epochSeconds: number): Instant {
    return Instant.ofEpochMs(epochSeconds * 1000);
  }

  /**
   * Reads RFC 3339: `2026-03-29T01:00:00Z`, `2026-03-29T03:00:00.250+02:00`. The offset is required.
   *
   * @throws {ReadingError} "not-an-instant" for anything else: dates outside of the calendar, second 60 (UTC here has no
   *   leap seconds) and fractions finer than a millisecond, which would be lost.
   */
  static parse(text: string): Instant {
    const parts = text.length <= maxTextLength ? rfc3339.exec(text) : null;
    if (parts === null) throw new ReadingError("not-an-instant");
    const [, date = "", time = "", fraction = "", sign, hours = "0", minutes = "0"] = parts;
    const milliseconds = fraction.replace(/0+$/, "");
    const utcMs = Date.parse(`${date}T${time}Z`);
    const offsetMinutes = Number(hours) * 60 + Number(minutes);
    if (
      Number.isNaN(utcMs) ||
      milliseconds.length > 3 ||
      Number(hours) > 23 ||
      Number(minutes) > 59 ||
      new Date(utcMs).toISOString().slice(0, 19) !== `${date}T${time}` // 30 February, 24:00
    ) {
      throw new ReadingError("not-an-instant");
    }
    const shift = (sign === "-" ? 1 : -1) * offsetMinutes * 60_000;
    const epochMs = utcMs + Number(milliseconds.padEnd(3, "0")) + shift;
    if (epochMs < minEpochMs || epochMs > maxEpochMs) throw new ReadingError("not-an-instant");
    return Instant.ofEpochMs(epochMs);
  }

  /** `2026-03-29T01:00:00Z`; milliseconds only when there are any. */
  toString(): string {
    const text = new Date(this.epochMs).toISOString();
    return text.endsWith(".000Z") ? `${text.slice(0, 19)}Z` : text;
  }

  toJSON(): string {
    return this.toString();
  }

  /** @throws {ReadingError} "out-of-range", as `ofEpochMs`. */
  plus(milliseconds: number): Instant {
    return Instant.ofEpochMs(this.epochMs + milliseconds);
  }

  /** @throws {ReadingError} "out-of-range", as `ofEpochMs`. */
  minus(milliseconds: number): Instant {
    return Instant.ofEpochMs(this.epochMs - milliseconds);
  }

  /** Milliseconds from `earlier` to here; negative when `earlier` is later. */
  since(earlier: Instant): number {
    return this.epochMs - earlier.epochMs;
  }

  /** Negative, zero or positive: order for `sort`. */
  compare(other: Instant): number {
    return this.epochMs - other.epochMs;
  }

  equals(other: Instant): boolean {
    return this.epochMs === other.epochMs;
  }
}

const minEpochMs = Date.parse("0000-01-01T00:00:00Z");
const maxEpochMs = Date.parse("9999-12-31T23:59:59.999Z");
const maxTextLength = 64;
const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

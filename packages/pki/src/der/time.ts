/**
 * Instants to the second, in UTC.
 *
 * Source: RFC 5280 §4.1.2.5: UTCTime up to 2049, GeneralizedTime from 2050; seconds are there, fractions are not,
 * the zone is Z. So each instant has one encoding.
 */

import { EncodeError } from "@siegel/wire";
import { type Der, type Tagged, tagged } from "./der.ts";
import type { DerReader } from "./reader.ts";
import { tag } from "./tags.ts";

/** `Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }` as milliseconds since 1970, whole seconds. */
export function time(): Der<number> {
  return {
    name: "Time",
    tags: [tag.utcTime, tag.generalizedTime],
    read(reader) {
      if (reader.nextTag === tag.utcTime) return utcTime.read(reader);
      const start = reader.at;
      const epochMs = anyGeneralizedTime.read(reader);
      if (isUtcTime(epochMs)) throw reader.error("not-canonical", start);
      return epochMs;
    },
    write: (writer, epochMs) => (isUtcTime(epochMs) ? utcTime : anyGeneralizedTime).write(writer, epochMs),
  };
}

/** GeneralizedTime for any year, where a format of its own asks for it. Milliseconds since 1970, whole seconds. */
export function generalizedTime(): Tagged<number> {
  return anyGeneralizedTime;
}

const utcTime: Tagged<number> = tagged(
  "UTCTime",
  tag.utcTime,
  (reader, length) => {
    const start = reader.at;
    if (length !== 13) throw reader.error("wrong-length");
    const digits = reader.take(length);
    const year = number(digits, 0, 2);
    return instantOf(reader, start, year < 50 ? 2000 + year : 1900 + year, digits.subarray(2));
  },
  (writer, epochMs) => writer.bytes(new TextEncoder().encode(`${digitsOf(epochMs).slice(2)}Z`)),
);

const anyGeneralizedTime: Tagged<number> = tagged(
  "GeneralizedTime",
  tag.generalizedTime,
  (reader, length) => {
    const start = reader.at;
    if (length !== 15) throw reader.error("wrong-length");
    const digits = reader.take(length);
    return instantOf(reader, start, number(digits, 0, 4), digits.subarray(4));
  },
  (writer, epochMs) => writer.bytes(new TextEncoder().encode(`${digitsOf(epochMs)}Z`)),
);

/** `MMDDhhmmssZ`. A day that the calendar does not have, or a second 60, is refused. */
function instantOf(reader: DerReader, start: number, year: number, digits: Uint8Array): number {
  const [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map((at) => number(digits, at, 2));
  const epochMs = Date.UTC(2000, month! - 1, day, hour, minute, second); // any year: the wanted one is set below
  const date = new Date(epochMs);
  date.setUTCFullYear(year, month! - 1, day);
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() + 1 === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  if (!same || digits[10] !== 0x5a) throw reader.error("out-of-range", start);
  return date.getTime();
}

/** Decimal digits at `[at, at + count)`; NaN when one is no digit, which no comparison then accepts. */
function number(octets: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = octets[index]! - 0x30;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
}

/** `YYYYMMDDhhmmss` */
function digitsOf(epochMs: number): string {
  if (!Number.isInteger(epochMs) || epochMs % 1000 !== 0 || epochMs < firstMs || epochMs > lastMs) {
    throw new EncodeError("out-of-range");
  }
  return new Date(epochMs).toISOString().slice(0, 19).replaceAll(/\D/g, "");
}

function isUtcTime(epochMs: number): boolean {
  return epochMs >= firstUtcTimeMs && epochMs <= lastUtcTimeMs;
}

const firstUtcTimeMs = Date.UTC(1950, 0, 1);
const lastUtcTimeMs = Date.UTC(2049, 11, 31, 23, 59, 59, 999);
/** 0000-01-01: what four digits can say. */
const firstMs = Date.parse("0000-01-01T00:00:00Z");
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * A day block back from its bytes, and nothing else: bytes that the encoder would not have written are refused.
 *
 * Why so strict: the hash of the bytes is sealed. If two encodings meant the same, a store that decodes and encodes again
 * would break proofs; if one encoding meant two things, a seal would prove nothing.
 */

import { DecodeError, type DecodeErrorCode } from "@siegel/wire";
import { Instant } from "../instant.ts";
import { MeterId } from "../meter-id.ts";
import { ObisCode } from "../obis.ts";
import type { Quality } from "../reading.ts";
import { type Unit, unitOfCode, unitOfSymbol } from "../unit.ts";
import { type DayBlock, type DaySpan, type DayValues, maxDayValues, type Run } from "./block.ts";
import * as layout from "./layout.ts";
import { newDoubles } from "./pool.ts";
import { readBigints, readDoubles } from "./read-values.ts";

/**
 * The block that these bytes are. `encodeDayBlock` of the result gives the same bytes again.
 *
 * @returns  Its `values` are a view: their `.buffer` may hold values of other blocks; `slice()` before it is handed on.
 * @throws {DecodeError} "unsupported-version" for a later format; "wrong-type" when it is no day block; "not-canonical"
 *   when the same content is written otherwise; "too-long" above `maxDayValues` slots; "truncated", "trailing-bytes",
 *   "out-of-range". Nothing is allocated from a length before it has been compared with its limit.
 */
export function decodeDayBlock(bytes: Uint8Array): DayBlock {
  const cursor = new Cursor(bytes);
  if (cursor.u8("format") !== layout.formatByte) throw cursor.error("wrong-type", "format", 0);
  if (cursor.u8("version") !== layout.formatVersion) throw cursor.error("unsupported-version", "version", 1);
  const flags = cursor.u8("flags");
  const kind = layout.kindCodes[flags & layout.kindMask];
  if (kind === undefined) throw cursor.error("out-of-range", "flags", 2);
  const trust = layout.trustCodes[(flags >> layout.trustShift) & 0b11]!; // four codes for two bits
  const revision = (flags & layout.revisedFlag) === 0 ? 0 : readRevision(cursor);
  const meter = readMeter(cursor);
  const obis = ObisCode.of(cursor.take(6, "obis"));
  const unit = readUnit(cursor);
  const scaler = (cursor.u8("scaler") << 24) >> 24;
  const day = readDay(cursor);

  const times = readTimes(cursor, flags, kind === "interval", day);
  const qualities = readQualities(cursor, (flags & layout.qualityRunsFlag) !== 0, times.count);
  const statuses = readStatuses(cursor, (flags & layout.statusRunsFlag) !== 0, times.count);
  const values = readValues(cursor, qualities, times.count, kind === "total");
  const { firstAt, periodMs } = times;
  return { meter, obis, kind, unit, scaler, trust, revision, day, firstAt, periodMs, values, qualities, statuses };
}

function readRevision(cursor: Cursor): number {
  const revision = cursor.varint("revision", layout.maxRevision);
  if (revision === 0) throw cursor.error("not-canonical", "revision");
  return revision;
}

function readMeter(cursor: Cursor): MeterId {
  const byteLength = cursor.u8("meter");
  if (byteLength === 0) throw cursor.error("out-of-range", "meter");
  if (byteLength > 64) throw cursor.error("too-long", "meter");
  return MeterId.of(cursor.take(byteLength, "meter"));
}

function readUnit(cursor: Cursor): Unit | undefined {
  const code = cursor.u8("unit");
  if (code === 0) return undefined;
  if (code !== layout.otherUnitCode) {
    const unit = unitOfCode(code);
    if (unit === undefined) throw cursor.error("out-of-range", "unit");
    return unit;
  }
  const symbol = utf8.decode(cursor.take(cursor.u8("unit"), "unit")); // what is none is in no table
  const unit = unitOfSymbol(symbol);
  if (unit === undefined) throw cursor.error("out-of-range", "unit");
  if (unit.symbol !== symbol || unit.code !== undefined) throw cursor.error("not-canonical", "unit");
  return unit;
}

function readDay(cursor: Cursor): DaySpan {
  const epochDay = cursor.varint("day", layout.maxEpochDay);
  const startShift = cursor.zigzag("dayStart", layout.daySeconds - 1);
  const durationShift = cursor.zigzag("dayLength", layout.daySeconds - 1);
  return new StoredDay(epochDay, startShift, layout.daySeconds + durationShift);
}

interface Times {
  readonly firstAt: Instant;
  readonly periodMs: number;
  readonly count: number;
}

function readTimes(cursor: Cursor, flags: number, isInterval: boolean, day: DaySpan): Times {
  const inSeconds = (flags & layout.millisecondsFlag) === 0;
  const unitMs = inSeconds ? 1000 : 1;
  const durationMs = day.end.epochMs - day.start.epochMs;
  const firstMs = cursor.varint("firstAt", layout.maxPeriodMs / unitMs) * unitMs;
  const periodMs = cursor.varint("period", layout.maxPeriodMs / unitMs) * unitMs;
  if (!inSeconds && firstMs % 1000 === 0 && periodMs % 1000 === 0) throw cursor.error("not-canonical", "period");
  if (periodMs === 0) throw cursor.error("out-of-range", "period");
  if (isInterval && firstMs < periodMs) throw cursor.error("out-of-range", "firstAt");
  const count = cursor.varint("count", 2 ** 31 - 1);
  if (count > maxDayValues) throw cursor.error("too-long", "count");
  if (count === 0 || firstMs + (count - 1) * periodMs > durationMs) throw cursor.error("out-of-range", "count");
  return { firstAt: Instant.ofEpochMs(day.start.epochMs + firstMs), periodMs, count };
}

function readQualities(cursor: Cursor, isSplit: boolean, count: number): Run<Quality>[] {
  const runs: Run<Quality>[] = [];
  for (let left = count; left > 0;) {
    const value = layout.qualityCodes[cursor.u8("qualities")];
    if (value === undefined) throw cursor.error("out-of-range", "qualities");
    const length = isSplit ? cursor.runLength("qualities", left, count) : left;
    if (runs.at(-1)?.value === value) throw cursor.error("not-canonical", "qualities");
    runs.push({ value, count: length });
    left -= length;
  }
  return runs;
}

function readStatuses(cursor: Cursor, isSplit: boolean, count: number): Run<number | bigint | undefined>[] {
  const runs: Run<number | bigint | undefined>[] = [];
  for (let left = count; left > 0;) {
    const value = cursor.status();
    const length = isSplit ? cursor.runLength("statuses", left, count) : left;
    if (runs.length > 0 && runs.at(-1)!.value === value) throw cursor.error("not-canonical", "statuses");
    runs.push({ value, count: length });
    left -= length;
  }
  return runs;
}

function readValues(cursor: Cursor, qualities: readonly Run<Quality>[], count: number, isTotal: boolean): DayValues {
  let present = 0;
  for (const run of qualities) if (run.value !== "missing") present += run.count;
  if (present === 0) {
    cursor.expectEnd();
    return newDoubles(count).fill(Number.NaN);
  }
  const first = cursor.raw();
  if (present - 1 > cursor.remaining * 8) throw cursor.error("truncated", "values", cursor.bytes.length);
  const source = {
    bytes: cursor.bytes,
    firstBit: cursor.at * 8,
    qualities,
    count,
    isTotal,
    error: (code: DecodeErrorCode, at: number) => cursor.error(code, "values", at),
  };
  const doubles = typeof first === "number" ? readDoubles(source, first) : undefined;
  if (doubles !== undefined) return doubles;
  const bigints = readBigints(source, BigInt(first));
  const isSafe = bigints.every((value) => value === undefined || Number.isSafeInteger(Number(value)));
  return isSafe ? Float64Array.from(bigints, (value) => (value === undefined ? Number.NaN : Number(value))) : bigints;
}

/** A day as a block keeps it: its date and its instants. */
class StoredDay implements DaySpan {
  readonly epochDay: number;
  readonly start: Instant;
  readonly end: Instant;

  constructor(epochDay: number, startShiftSeconds: number, durationSeconds: number) {
    this.epochDay = epochDay;
    const startSeconds = epochDay * layout.daySeconds + startShiftSeconds;
    this.start = Instant.ofEpochSeconds(startSeconds);
    this.end = Instant.ofEpochSeconds(startSeconds + durationSeconds);
  }

  get date(): string {
    return new Date(this.epochDay * layout.daySeconds * 1000).toISOString().slice(0, 10);
  }
}

/** Reads the header; every number must be written in its shortest form. */
class Cursor {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  error(code: DecodeErrorCode, field: string, at: number = this.at): DecodeError {
    return new DecodeError(code, { path: `DayBlock.${field}`, offset: at });
  }

  u8(field: string): number {
    if (this.at >= this.bytes.length) throw this.error("truncated", field);
    return this.bytes[this.at++]!;
  }

  take(byteLength: number, field: string): Uint8Array {
    if (this.remaining < byteLength) throw this.error("truncated", field, this.bytes.length);
    return this.bytes.subarray(this.at, (this.at += byteLength));
  }

  /** A number of at most `max`, which is below 2^53. */
  varint(field: string, max: number): number {
    const value = this.#wideVarint(field);
    if (value > max) throw this.error("out-of-range", field);
    return Number(value);
  }

  /** A signed number whose magnitude is at most `max`. */
  zigzag(field: string, max: number): number {
    const folded = this.varint(field, 2 * max);
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  /** Length of one of several runs: not 0, not more than is left, and not all. */
  runLength(field: string, left: number, count: number): number {
    const length = this.varint(field, 2 ** 31 - 1);
    if (length === 0 || length > left) throw this.error("out-of-range", field);
    if (length === count) throw this.error("not-canonical", field); // a single run carries no length
    return length;
  }

  status(): number | bigint | undefined {
    const value = this.#wideVarint("statuses");
    if (value === 0) return undefined;
    if (typeof value === "number") return value - 1;
    if (value - 1n > layout.maxStatus) throw this.error("out-of-range", "statuses");
    return value - 1n <= Number.MAX_SAFE_INTEGER ? Number(value - 1n) : value - 1n;
  }

  /** The first value: a number when it is a safe integer. */
  raw(): number | bigint {
    const folded = this.#wideVarint("values");
    if (typeof folded === "number") return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
    const value = (folded & 1n) === 0n ? folded >> 1n : -(folded >> 1n) - 1n;
    if (value < layout.minRaw || value > layout.maxRaw) throw this.error("out-of-range", "values");
    return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
  }

  expectEnd(): void {
    if (this.remaining > 0) throw this.error("trailing-bytes", "values");
  }

  /** Seven bits a byte, lowest first; a number while it is a safe integer. */
  #wideVarint(field: string): number | bigint {
    let value = 0;
    let weight = 1;
    for (let length = 1; length <= 7; length++) {
      const byte = this.u8(field);
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) {
        if (byte === 0 && length > 1) throw this.error("not-canonical", field);
        return value;
      }
      weight *= 128;
    }
    let wide = BigInt(value);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.u8(field);
      wide |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0) throw this.error("not-canonical", field);
        return wide <= Number.MAX_SAFE_INTEGER ? Number(wide) : wide;
      }
    }
    throw this.error("out-of-range", field);
  }
}

const utf8 = new TextDecoder();

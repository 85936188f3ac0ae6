/** A day block as its bytes. One content has one encoding. Format: docs/formats/day-block.md. */

import { EncodeError } from "@siegel/wire";
import type { Quality } from "../reading.ts";
import { unitOfSymbol } from "../unit.ts";
import { type DayBlock, type DayValues, maxDayValues, type Run } from "./block.ts";
import * as layout from "./layout.ts";
import { Scratch } from "./scratch.ts";
import { writeBigints, writeDoubles } from "./write-values.ts";

/**
 * The canonical bytes of a block: what a seal commits to and a store keeps.
 *
 * @returns  A view: its `.buffer` may hold other households' blocks, as that of Node's `Buffer` does. Hash, store and
 *   send the view; `slice()` it before its buffer is handed to anybody.
 * @throws {EncodeError} "out-of-range" when a field is beyond the format or the fields contradict each other, "too-long"
 *   for more than `maxDayValues` slots, "wrong-length" when runs do not cover the slots exactly. The path names the field.
 */
export function encodeDayBlock(block: DayBlock): Uint8Array {
  const { values } = block;
  const count = values.length;
  if (count > maxDayValues) throw new EncodeError("too-long", "DayBlock.values");
  if (count === 0) throw new EncodeError("out-of-range", "DayBlock.values");
  checkRuns(block.qualities, count, "DayBlock.qualities");
  checkRuns(block.statuses, count, "DayBlock.statuses");

  out.begin(maxHeaderBytes + block.qualities.length * 4 + block.statuses.length * 13 + count * 8);
  writeHeader(block, count);
  writeQualities(block.qualities);
  writeStatuses(block.statuses);
  const valuesAt = out.at;
  const isTotal = block.kind === "total";
  if (!(values instanceof Float64Array && writeDoubles(out, values, block.qualities, isTotal))) {
    const checked = checkedBigints(values, block.qualities);
    const header = out.bytes.slice(0, valuesAt);
    out.begin(valuesAt + 10 + count * 18);
    out.put(header);
    writeBigints(out, checked, block.qualities, isTotal);
  }
  return out.take();
}

function writeHeader(block: DayBlock, count: number): void {
  const { day, periodMs } = block;
  const firstMs = block.firstAt.epochMs - day.start.epochMs;
  const durationMs = day.end.epochMs - day.start.epochMs;
  const startMs = day.start.epochMs - day.epochDay * layout.daySeconds * 1000;
  if (!Number.isInteger(day.epochDay) || day.epochDay < 0 || day.epochDay > layout.maxEpochDay) {
    throw new EncodeError("out-of-range", "DayBlock.day");
  }
  // The date is not written: it follows from the day's number, and must not say anything else.
  if (Date.parse(day.date) !== day.epochDay * layout.daySeconds * 1000)
    throw new EncodeError("out-of-range", "DayBlock.day");
  if (!isDayShift(startMs) || !isDayShift(durationMs - layout.daySeconds * 1000)) {
    throw new EncodeError("out-of-range", "DayBlock.day");
  }
  if (!Number.isInteger(periodMs) || periodMs < 1 || periodMs > layout.maxPeriodMs) {
    throw new EncodeError("out-of-range", "DayBlock.periodMs");
  }
  if (firstMs < (block.kind === "interval" ? periodMs : 0)) throw new EncodeError("out-of-range", "DayBlock.firstAt");
  if (firstMs + (count - 1) * periodMs > durationMs) throw new EncodeError("out-of-range", "DayBlock.periodMs");
  if (!Number.isInteger(block.scaler) || block.scaler < -128 || block.scaler > 127) {
    throw new EncodeError("out-of-range", "DayBlock.scaler");
  }
  if (!Number.isInteger(block.revision) || block.revision < 0 || block.revision > layout.maxRevision) {
    throw new EncodeError("out-of-range", "DayBlock.revision");
  }

  const inSeconds = firstMs % 1000 === 0 && periodMs % 1000 === 0;
  const timeUnit = inSeconds ? 1000 : 1;
  out.u8(layout.formatByte);
  out.u8(layout.formatVersion);
  out.u8(
    codeOf(block.kind, layout.kindCodes, "DayBlock.kind") |
      (codeOf(block.trust, layout.trustCodes, "DayBlock.trust") << layout.trustShift) |
      (block.revision > 0 ? layout.revisedFlag : 0) |
      (block.qualities.length > 1 ? layout.qualityRunsFlag : 0) |
      (block.statuses.length > 1 ? layout.statusRunsFlag : 0) |
      (inSeconds ? 0 : layout.millisecondsFlag),
  );
  if (block.revision > 0) out.varint(block.revision);
  const meter = block.meter.toBytes();
  out.u8(meter.length);
  out.put(meter);
  const { obis } = block;
  out.u8(obis.a);
  out.u8(obis.b);
  out.u8(obis.c);
  out.u8(obis.d);
  out.u8(obis.e);
  out.u8(obis.f);
  writeUnit(block);
  out.u8(block.scaler & 0xff);
  out.varint(day.epochDay);
  out.zigzag(startMs / 1000);
  out.zigzag(durationMs / 1000 - layout.daySeconds);
  out.varint(firstMs / timeUnit);
  out.varint(periodMs / timeUnit);
  out.varint(count);
}

function writeUnit({ unit }: DayBlock): void {
  if (unit === undefined) return out.u8(0);
  const known = unitOfSymbol(unit.symbol);
  // Another spelling, or a symbol from elsewhere, would make a block that nobody can read.
  if (known?.symbol !== unit.symbol || known.code !== unit.code) throw new EncodeError("out-of-range", "DayBlock.unit");
  if (unit.code !== undefined) return out.u8(unit.code);
  const symbol = text.encode(unit.symbol);
  out.u8(layout.otherUnitCode);
  out.u8(symbol.length);
  return out.put(symbol);
}

function writeQualities(runs: readonly Run<Quality>[]): void {
  for (const run of runs) {
    out.u8(codeOf(run.value, layout.qualityCodes, "DayBlock.qualities"));
    if (runs.length > 1) out.varint(run.count);
  }
}

/** Position in the list. The compiler knows that it is there; data from elsewhere may not. */
function codeOf<T>(value: T, codes: readonly T[], path: string): number {
  const code = codes.indexOf(value);
  if (code < 0) throw new EncodeError("out-of-range", path);
  return code;
}

/** 0 is no status, so that a status of 0 can be told from none. */
function writeStatuses(runs: DayBlock["statuses"]): void {
  for (const { value, count } of runs) {
    if (value === undefined) out.u8(0);
    else if (typeof value === "number" && value >= 0 && Number.isSafeInteger(value)) out.varint(value + 1);
    else if (typeof value === "bigint" && value >= 0n && value <= layout.maxStatus) out.bigVarint(value + 1n);
    else throw new EncodeError("out-of-range", "DayBlock.statuses");
    if (runs.length > 1) out.varint(count);
  }
}

/** Runs as long as the slots, none empty, neighbours different: else the same content had several encodings. */
function checkRuns(runs: readonly Run<RunValue>[], count: number, path: string): void {
  let total = 0;
  let before: Run<RunValue> | undefined;
  for (const run of runs) {
    if (!Number.isInteger(run.count) || run.count < 1) throw new EncodeError("out-of-range", path);
    // Not ===: the same status may come as number and as bigint.
    if (before !== undefined && sameStatus(before.value, run.value)) throw new EncodeError("out-of-range", path);
    total += run.count;
    before = run;
  }
  if (total !== count) throw new EncodeError("wrong-length", path);
}

type RunValue = string | number | bigint | undefined;

function sameStatus(a: RunValue, b: RunValue): boolean {
  if (a === b) return true;
  return typeof a !== typeof b && a !== undefined && b !== undefined && String(a) === String(b);
}

/** The values as bigints; refuses what is no 64-bit integer and what contradicts the quality. */
function checkedBigints(values: DayValues, qualities: readonly Run<Quality>[]): (bigint | undefined)[] {
  const checked: (bigint | undefined)[] = [];
  for (const run of qualities) {
    for (let left = run.count; left > 0; left--) {
      const value = values[checked.length];
      const isMissing = value === undefined || Number.isNaN(value);
      if (isMissing !== (run.value === "missing")) throw new EncodeError("out-of-range", "DayBlock.values");
      if (isMissing) checked.push(undefined);
      else if (
        typeof value === "bigint" ? value >= layout.minRaw && value <= layout.maxRaw : Number.isSafeInteger(value)
      ) {
        checked.push(BigInt(value));
      } else throw new EncodeError("out-of-range", "DayBlock.values");
    }
  }
  return checked;
}

/** Whole seconds, less than a day either way. */
function isDayShift(milliseconds: number): boolean {
  return milliseconds % 1000 === 0 && Math.abs(milliseconds) < layout.daySeconds * 1000;
}

const out = new Scratch();
const text = new TextEncoder();
/** Above the longest header: 3 + 5 + 65 + 6 + 2 + 255 + 1 + six numbers of at most 5 bytes + first value of 10. */
const maxHeaderBytes = 400;

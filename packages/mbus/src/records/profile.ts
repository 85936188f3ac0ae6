/**
 * Compact profiles: many values of one register in one record, evenly spaced in time.
 *
 * In: data of a record whose VIFE says profile (1F), inverse profile (13) or profile with registers (1E), spacing octet
 * first.  Out: its elements as they stand; `expandProfile` makes values with dates of them, given base value and time.
 * Not here: finding the record (./decode), names.
 * A profile runs forward from its base: element n belongs to base time + (n + 1) · spacing and to the storage number of
 * the record + n + 1. An inverse profile runs backward.
 * Source: EN 13757-3:2018, annex F; months and half months (spacing value FE, FD) and type B or C of the elements as
 * public software reads them.
 */

import { ScaledValue } from "@siegel/readings";
import { EncodeError } from "@siegel/wire";
import type { MbusDate } from "./dates.ts";
import {
  isInvalidSigned,
  isInvalidUnsigned,
  readBcd,
  readFloat,
  readSigned,
  readUnsigned,
  writeBcd,
  writeFloat,
  writeInteger,
} from "./numbers.ts";
import type { MbusRecord, RecordHeader } from "./record.ts";
import { type CompactProfile, type ProfileMode, profileModes, type SpacingUnit } from "./words.ts";

const spacingUnits: readonly SpacingUnit[] = ["s", "min", "h", "d"];

/** Octets of one element for each data field; 0: not allowed here. */
const elementLength: readonly number[] = [0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0];

/** The profile in `data[at, at + byteLength)`; `undefined` when the octets are no whole number of elements. */
export function readProfile(
  data: Uint8Array,
  at: number,
  byteLength: number,
  header: RecordHeader,
): CompactProfile | undefined {
  if (byteLength < 2 || header.profile === undefined) return undefined;
  const control = data[at]!;
  const elementType = control & 0x0f;
  const size = elementLength[elementType]!;
  if (size === 0 || (byteLength - 2) % size !== 0) return undefined;
  const mode = profileModes[control >> 6]!;
  const elements: (ScaledValue | undefined)[] = [];
  for (let next = at + 2; next < at + byteLength; next += size) {
    elements.push(readElement(data, next, elementType, mode, header));
  }
  const spacingUnit = spacingUnits[(control >> 4) & 3]!;
  return { kind: header.profile, mode, spacing: data[at + 1]!, spacingUnit, elementType, elements };
}

function readElement(
  data: Uint8Array,
  at: number,
  elementType: number,
  mode: ProfileMode,
  { exponent, factor }: RecordHeader,
): ScaledValue | undefined {
  const size = elementLength[elementType]!;
  if (elementType === 5) {
    const value = readFloat(data, at, exponent);
    return value === undefined ? undefined : timesFactor(value, factor);
  }
  const raw = elementType > 8 ? readBcd(data, at, size) : readInteger(data, at, size, mode);
  return raw === undefined ? undefined : timesFactor(ScaledValue.of(raw, exponent), factor);
}

/** Increments and decrements are of type C, the others of type B. */
function readInteger(data: Uint8Array, at: number, size: number, mode: ProfileMode): number | bigint | undefined {
  if (isUnsigned(mode)) return isInvalidUnsigned(data, at, size) ? undefined : readUnsigned(data, at, size);
  return isInvalidSigned(data, at, size) ? undefined : readSigned(data, at, size);
}

function isUnsigned(mode: ProfileMode): boolean {
  return mode === "increments" || mode === "decrements";
}

/** @throws {EncodeError} "out-of-range" for elements that do not fit, "wrong-type" for an element type that is none. */
export function writeProfile(profile: CompactProfile, header: RecordHeader): Uint8Array {
  const size = elementLength[profile.elementType] ?? 0;
  if (size === 0) throw new EncodeError("wrong-type", "profile.elementType");
  const bytes = new Uint8Array(2 + size * profile.elements.length);
  bytes[0] =
    (profileModes.indexOf(profile.mode) << 6) | (spacingUnits.indexOf(profile.spacingUnit) << 4) | profile.elementType;
  bytes[1] = profile.spacing;
  for (const [index, element] of profile.elements.entries()) {
    bytes.set(writeElement(element, size, profile, header), 2 + index * size);
  }
  return bytes;
}

function writeElement(
  element: ScaledValue | undefined,
  size: number,
  { elementType, mode }: CompactProfile,
  { exponent, factor }: RecordHeader,
): Uint8Array {
  const isBcd = elementType > 8;
  if (element === undefined) {
    if (elementType === 5) return Uint8Array.of(0, 0, 0xc0, 0x7f);
    if (isBcd || isUnsigned(mode)) return new Uint8Array(size).fill(0xff);
    const bytes = new Uint8Array(size);
    bytes[size - 1] = 0x80;
    return bytes;
  }
  const wire = dividedBy(element, factor);
  if (elementType === 5) return writeFloat(wire.timesPowerOfTen(-exponent));
  const { raw } = wire.withScaler(exponent);
  return isBcd ? writeBcd(raw, size, "minus-digit") : writeInteger(raw, size, !isUnsigned(mode));
}

/** One value of an expanded profile. */
export interface ProfileValue {
  readonly storage: number;
  /** `undefined` when the element is invalid, or a difference follows an invalid one or has no base. */
  readonly value: ScaledValue | undefined;
  /** `undefined` without a base time of a whole date, and for an array without spacing. */
  readonly date: MbusDate | undefined;
}

/**
 * The values of a profile.
 *
 * @param record   Its value is a profile.
 * @param records  Where base value (same function, storage, tariff, subunit and VIB but for the profile VIFE) and base
 *   time (a date with the same storage) are looked for.
 * @returns        In the order of the elements; empty when the record is no profile.
 */
export function expandProfile(record: MbusRecord, records: readonly MbusRecord[]): readonly ProfileValue[] {
  if (record.value.kind !== "profile") return [];
  const { profile } = record.value;
  const base = records.find((other) => isBaseOf(other, record));
  const baseDate = records.find(
    ({ storage, value, modifiers }) => storage === record.storage && value.kind === "date" && modifiers.length === 0,
  );
  let value = base?.value.kind === "number" ? base.value.value : undefined;
  let date = baseDate?.value.kind === "date" ? baseDate.value.date : undefined;
  const backward = profile.kind === "inverse";
  return profile.elements.map((element, index) => {
    if (profile.mode === "absolute") value = element;
    else if (value === undefined || element === undefined) value = undefined;
    else value = (profile.mode === "decrements") === backward ? value.plus(element) : value.minus(element);
    date = date === undefined ? undefined : shifted(date, profile, backward ? -1 : 1);
    return { storage: record.storage + index + 1, value, date };
  });
}

function isBaseOf(other: MbusRecord, record: MbusRecord): boolean {
  return (
    other.value.kind === "number" &&
    other.function === record.function &&
    other.storage === record.storage &&
    other.tariff === record.tariff &&
    other.subunit === record.subunit &&
    other.quantity === record.quantity &&
    other.header.profile === undefined &&
    plainModifiers(other) === plainModifiers(record)
  );
}

function plainModifiers({ modifiers }: MbusRecord): string {
  return JSON.stringify(modifiers.filter(({ kind }) => kind !== "profile" && kind !== "factor"));
}

/** The date one spacing later or earlier; months keep the day as far as the month has it. */
function shifted(date: MbusDate, { spacing, spacingUnit }: CompactProfile, sign: 1 | -1): MbusDate | undefined {
  const { year, month, day } = date;
  if (spacing === 0 || year === undefined || month === undefined || day === undefined) return undefined;
  const months = spacing === 254 ? monthsOf[spacingUnit] : 0;
  if (months !== 0) {
    const count = year * 12 + month - 1 + sign * months;
    const last = new Date(Date.UTC(Math.floor(count / 12), (count % 12) + 1, 0)).getUTCDate();
    // The last day of a month stays the last day: profiles are read at the end of months.
    const isLast = day === new Date(Date.UTC(year, month, 0)).getUTCDate();
    return withDay(date, Math.floor(count / 12), (count % 12) + 1, isLast ? last : Math.min(day, last));
  }
  if (spacing > 250)
    return spacing === 253 && spacingUnit === "d" ? halfMonth(date, year, month, day, sign) : undefined;
  const ms = sign * spacing * msOf[spacingUnit];
  const at = new Date(Date.UTC(year, month - 1, day, date.hour ?? 0, date.minute ?? 0, date.second ?? 0) + ms);
  const moved = withDay(date, at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
  if (date.type === "G") return ms % msOf.d === 0 ? moved : undefined;
  const clock = { hour: at.getUTCHours(), minute: at.getUTCMinutes() };
  return { ...moved, ...clock, ...(date.type === "I" ? { second: at.getUTCSeconds() } : {}) };
}

/** Half months are read on the 15th and the last day. */
function halfMonth(date: MbusDate, year: number, month: number, day: number, sign: 1 | -1): MbusDate {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (sign === 1) {
    if (day < 15) return withDay(date, year, month, 15);
    if (day < last) return withDay(date, year, month, last);
    return month === 12 ? withDay(date, year + 1, 1, 15) : withDay(date, year, month + 1, 15);
  }
  if (day > 15) return withDay(date, year, month, 15);
  return withDay(
    date,
    month === 1 ? year - 1 : year,
    month === 1 ? 12 : month - 1,
    new Date(Date.UTC(year, month - 1, 0)).getUTCDate(),
  );
}

function withDay(date: MbusDate, year: number, month: number, day: number): MbusDate {
  return { ...date, year, month, day };
}

function timesFactor(value: ScaledValue, factor: number): ScaledValue {
  return factor === 1 ? value : ScaledValue.of(times(value.raw, factor), value.scaler);
}

/** The exact product. */
export function times(raw: number | bigint, factor: number): number | bigint {
  const product = typeof raw === "number" ? raw * factor : Number.NaN;
  return Number.isSafeInteger(product) ? product : BigInt(raw) * BigInt(factor);
}

/** @throws {EncodeError} "out-of-range" when the value is no whole number of factors. */
export function dividedBy(value: ScaledValue, factor: number): ScaledValue {
  if (factor === 1) return value;
  // A value with a coarser scaler may still be a multiple of the factor: 1 h is 36 · 10^2 s.
  for (let fine = value, step = 0; step <= 16; step++, fine = fine.withScaler(fine.scaler - 1)) {
    const raw = BigInt(fine.raw);
    if (raw % BigInt(factor) === 0n) return ScaledValue.of(raw / BigInt(factor), fine.scaler);
  }
  throw new EncodeError("out-of-range");
}

const monthsOf: Readonly<Record<SpacingUnit, number>> = { s: 0, min: 6, h: 3, d: 1 };
const msOf: Readonly<Record<SpacingUnit, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

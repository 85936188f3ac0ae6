/** Short ways for decoders to say what they found. */

import type { MbusDate } from "../../records/dates.ts";
import { type FoundValue, scaled } from "../value.ts";

export type More = Partial<Omit<FoundValue, "name" | "value" | "unit" | "from" | "to">>;

/** `raw` · 10^exponent of `unit`, from the octets `[at, at + length)` of the content. */
export function numberAt(
  place: readonly [at: number, length: number],
  name: string,
  raw: number | bigint,
  exponent = 0,
  unit?: string,
  more: More = {},
): FoundValue {
  const [at, length] = place;
  return { name, value: { kind: "number", value: scaled(raw, exponent) }, unit, ...more, from: at, to: at + length };
}

export function dateAt(
  place: readonly [at: number, length: number],
  name: string,
  date: MbusDate | undefined,
  more: More = {},
): FoundValue[] {
  const [at, length] = place;
  return date === undefined ? [] : [{ name, value: { kind: "date", date }, ...more, from: at, to: at + length }];
}

export function stateAt(
  place: readonly [at: number, length: number],
  name: string,
  raw: number,
  states: readonly string[],
): FoundValue {
  return numberAt(place, name, raw, 0, undefined, { states });
}

/** A date unless it is in no calendar. */
export function calendar(year: number, month: number, day: number): MbusDate | undefined {
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= 31 && year >= 1900 && year <= 2299;
  return isDay ? { type: "G", year, month, day } : undefined;
}

export function u16(octets: Uint8Array, at: number): number {
  return octets[at]! | (octets[at + 1]! << 8);
}

export function u24(octets: Uint8Array, at: number): number {
  return u16(octets, at) | (octets[at + 2]! << 16);
}

export function u32(octets: Uint8Array, at: number): number {
  return (u24(octets, at) | (octets[at + 3]! << 24)) >>> 0;
}

/** High octet first. */
export function u32High(octets: Uint8Array, at: number): number {
  return ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
}

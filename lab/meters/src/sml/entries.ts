/** Lines of a list, in the widths that real meters use. Source: SML 1.04, `SML_ListEntry`. */

import type { ListEntry, SmlInteger, SmlValue } from "@siegel/sml";

/** An integer, its unit and its power of ten. */
export interface Measured {
  readonly objName: Uint8Array;
  readonly raw: number | bigint;
  readonly unit: number;
  readonly scaler: number;
}

/** How wide integers of undeclared width are: always the same, or as short as they can be. Meters of both kinds exist. */
export type Widths = "declared" | "minimal";

/** Counter or other value that is never negative. */
export function unsignedEntry(measured: Measured, byteLength: number, widths: Widths): ListEntry {
  return entryOf(measured, integer("unsigned", measured.raw, byteLength, widths));
}

/** Power: negative when it flows out. */
export function signedEntry(measured: Measured, byteLength: number, widths: Widths): ListEntry {
  return entryOf(measured, integer("signed", measured.raw, byteLength, widths));
}

export function octetsEntry(objName: Uint8Array, value: Uint8Array): ListEntry {
  return { objName, value: { type: "octets", value } };
}

/** ASCII, as everything in SML without a code page. */
export function asciiOctets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** At least `byteLength` bytes when widths are declared: a counter that outgrows its width is sent wider, not cut off. */
export function integer(
  type: SmlInteger["type"],
  value: number | bigint,
  byteLength: number,
  widths: Widths,
): SmlInteger {
  const needed = bytesFor(type, BigInt(value));
  return { type, byteLength: widths === "minimal" ? needed : Math.max(needed, byteLength), value };
}

function bytesFor(type: SmlInteger["type"], value: bigint): number {
  let byteLength = 1;
  const fits = (bits: number) =>
    (type === "signed" ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) === value;
  while (byteLength < 8 && !fits(8 * byteLength)) byteLength++;
  return byteLength;
}

function entryOf({ objName, unit, scaler }: Measured, value: SmlValue): ListEntry {
  return { objName, unit, scaler, value };
}

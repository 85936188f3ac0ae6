/**
 * Data records → application data, and headers from what they shall say.
 *
 * In: records as `decodeRecords` gives them, or built with `recordHeader`.  Out: octets.
 * Not here: encryption and TPL (../security, ../messages), compact frames (./compact).
 * What was decoded is written as it was: a header keeps its octets. Only fillers and skipped octets are lost.
 * Source: EN 13757-3:2018, clause 6.
 */

import { concatBytes, EncodeError } from "@siegel/wire";
import { type Direction, headerAt, maxExtensions } from "./header.ts";
import {
  type Coding,
  codings,
  type MbusFunction,
  mbusFunctions,
  type MbusRecord,
  type RecordHeader,
  type RecordList,
} from "./record.ts";
import { writeValue } from "./value.ts";
import { fbVifs, fdVifs, primaryVifs, type VifTable } from "./vif-tables.ts";
import { extendedVifes, vifesFromMeter, type VifeTable } from "./vife-tables.ts";

/** What is needed to write a record. */
export type WritableRecord = Pick<MbusRecord, "header" | "value" | "lvar">;

/**
 * The octets of records, one after the other, and of the maker's data after them.
 *
 * @param end  Maker's data, introduced by DIF 0F, or by 1F when more telegrams follow.
 * @throws {EncodeError} when a value does not fit its header.
 */
export function encodeRecords(
  records: readonly WritableRecord[],
  end: Partial<Pick<RecordList, "manufacturerData" | "moreFollows">> = {},
): Uint8Array {
  const parts = records.flatMap(({ header, value, lvar }) => [header.bytes, writeValue(value, header, lvar)]);
  const { manufacturerData, moreFollows = false } = end;
  if (manufacturerData !== undefined || moreFollows) {
    parts.push(Uint8Array.of(moreFollows ? 0x1f : 0x0f), manufacturerData?.bytes ?? new Uint8Array(0));
  }
  return concatBytes(...parts);
}

export interface HeaderFields {
  /** VIF and VIFEs with their extension bits, as `vibOf` makes them; plain text included. */
  readonly vib: Uint8Array | readonly number[];
  readonly coding: Coding;
  readonly function?: MbusFunction;
  readonly storage?: number;
  readonly tariff?: number;
  readonly subunit?: number;
  readonly isRegisterNumber?: boolean;
  readonly direction?: Direction;
}

/**
 * A header that says this, with as few DIFEs as can be.
 *
 * @throws {EncodeError} "out-of-range" for storage above 2^41 − 1, tariff above 2^20 − 1 or subunit above 2^10 − 1,
 *   "wrong-type" for a coding that carries no record, "wrong-length" for a VIB that is not one whole.
 */
export function recordHeader(fields: HeaderFields): RecordHeader {
  const code = codings.indexOf(fields.coding);
  if (code === 0x0f) throw new EncodeError("wrong-type", "coding");
  const { storage = 0, tariff = 0, subunit = 0 } = fields;
  if (!within(storage, 2 ** 41) || !within(tariff, 2 ** 20) || !within(subunit, 2 ** 10)) {
    throw new EncodeError("out-of-range", "header");
  }
  const difes: number[] = [];
  let rest = Math.floor(storage / 2);
  for (let index = 0; rest > 0 || tariff >> (2 * index) > 0 || subunit >> index > 0; index++) {
    difes.push((rest % 16) | (((tariff >> (2 * index)) & 3) << 4) | (((subunit >> index) & 1) << 6));
    rest = Math.floor(rest / 16);
  }
  if (fields.isRegisterNumber === true) difes.push(0);
  if (difes.length > maxExtensions) throw new EncodeError("out-of-range", "header");
  const dif = code | (mbusFunctions.indexOf(fields.function ?? "instantaneous") << 4) | ((storage % 2) << 6);
  const dib = [dif, ...difes].map((octet, index) => (index < difes.length ? octet | 0x80 : octet));
  const bytes = Uint8Array.from([...dib, ...fields.vib]);
  const header = headerAt(bytes, 0, fields.direction ?? "from-meter");
  if (typeof header === "string" || header.bytes.length !== bytes.length) throw new EncodeError("wrong-length", "vib");
  return header;
}

function within(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}

export interface VibFields {
  /** Symbol of the unit, where a quantity has several: `Wh` or `J`. */
  readonly unit?: string;
  /** 1 on the wire is 10^exponent units; 0 unless told. */
  readonly exponent?: number;
  /** 1 on the wire is that many units: 3600 for hours; 1 unless told. */
  readonly factor?: number;
  /** Names of qualifiers, in their order: `forward`, `phase-1`, `average`. */
  readonly qualifiers?: readonly string[];
}

/**
 * VIF and VIFEs of a quantity: `vibOf("volume", { exponent: -3 })` is 13.
 *
 * @throws {EncodeError} "out-of-range" when the tables have no such quantity, resolution or qualifier.
 */
export function vibOf(quantity: string, { unit, exponent = 0, factor = 1, qualifiers = [] }: VibFields = {}): number[] {
  const matches = (table: VifTable): number =>
    table.findIndex(
      (entry) =>
        entry?.quantity === quantity &&
        entry.exponent === exponent &&
        entry.factor === factor &&
        (unit === undefined || entry.unit === unit),
    );
  const codes = qualifiers.flatMap((name) => {
    const code = codeOf(vifesFromMeter, name);
    const extended = codeOf(extendedVifes, name);
    if (code < 0 && extended < 0) throw new EncodeError("out-of-range", "qualifiers");
    return code >= 0 ? [code] : [0x7c, extended];
  });
  for (const [table, extension] of tables) {
    const code = matches(table);
    if (code < 0) continue;
    const all = [code, ...codes].map((octet, index) => (index < codes.length ? octet | 0x80 : octet));
    return [...extension, ...all];
  }
  throw new EncodeError("out-of-range", "quantity");
}

function codeOf(table: VifeTable, name: string): number {
  return table.findIndex(({ modifier }) => modifier?.kind === "qualifier" && modifier.name === name);
}

const tables: readonly (readonly [VifTable, readonly number[]])[] = [
  [primaryVifs, []],
  [fdVifs, [0xfd]],
  [fbVifs, [0xfb]],
];

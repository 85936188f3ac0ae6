/**
 * Qundis' walk-by block (a record of LVAR under VIF FF 5F): the reading, those of due date and month, and twelve steps before.
 *
 * In: the record's octets.  Out: values in the unit that the block's own VIF says.
 * Layout: VIF at 9; reading (8 digits) at 12; due date (G) and reading at 16; last month's end and reading at 22; from 28 on the
 * use of twelve months as 16 bits with sign, 8000 where there was none.
 * Source: places from public telegrams of allocators, water and heat meters with public readings.
 */

import { type MbusDate, readDate } from "../../records/dates.ts";
import { headerAt } from "../../records/header.ts";
import { isInvalidSigned, readBcd, readSigned } from "../../records/numbers.ts";
import type { MbusRecord } from "../../records/record.ts";
import type { Decoded, DecoderInput } from "../decoder.ts";
import type { FoundValue } from "../value.ts";
import { dateAt, numberAt } from "./found.ts";

export function qundisWalkBy({ records, content }: DecoderInput): Decoded | undefined {
  const record = records.records.find(({ header }) => header.vib === "ff5f");
  if (record === undefined) return undefined;
  const values = block(record, content);
  return values === undefined ? undefined : { values };
}

function block(record: MbusRecord, content: Uint8Array): FoundValue[] | undefined {
  const base = record.offset + record.headerLength + 1;
  const octets = content.subarray(base, record.offset + record.byteLength);
  if (octets.length < 28) return undefined;
  const header = headerAt(Uint8Array.of(0x0c, octets[9]! & 0x7f), 0, "from-meter");
  if (typeof header === "string" || header.unit === undefined ? octets[9] !== 0x6e : false) return undefined;
  if (typeof header === "string") return undefined;
  const { quantity, unit, exponent } = header;
  const reading = (at: number, storage: number, date?: MbusDate): FoundValue[] => {
    const value = readBcd(octets, at, 4);
    if (value === undefined) return [];
    const more = { storage, ...(date === undefined ? {} : { date }) };
    return [numberAt([base + at, 4], quantity, value, exponent, unit?.symbol, more)];
  };
  const dueDate = readDate(octets, 16, 2);
  const month = readDate(octets, 22, 2);
  const values = [
    ...reading(12, 0),
    ...reading(18, 1, dueDate),
    ...dateAt([base + 16, 2], "date", dueDate, { storage: 1 }),
    ...reading(24, 17, month),
    ...dateAt([base + 22, 2], "date", month, { storage: 17 }),
  ];
  for (let index = 0; index < 12 && 30 + 2 * index <= octets.length; index++) {
    const at = 28 + 2 * index;
    if (isInvalidSigned(octets, at, 2)) continue;
    const step = readSigned(octets, at, 2);
    values.push(
      numberAt([base + at, 2], `${quantity}-of-month`, step, exponent, unit?.symbol, { storage: 18 + index }),
    );
  }
  return values;
}

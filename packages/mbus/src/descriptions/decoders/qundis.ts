/**
 * Qundis' walk-by block (a record of LVAR under VIF FF 5F): the reading, those of due date and month, and twelve steps before.
 *
 * In: the record's octets.  Out: values in the unit that the block's own VIF says.
 * Layout, 53 octets: VIF at 9; reading (8 digits) at 12; due date (G) and reading at 16; last month's end and reading at 22; from
 * 28 on the use of twelve months as 16 bits with sign, 8000 where there was none. Older allocators (Landis & Staefa, Siemens) send
 * 47 octets: the VIF is at 8 and the reading of today is left out.
 * Source: places from public telegrams of allocators, water and heat meters with public readings; of the short block from
 * telegrams alone, whose dates and sums fit.
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
  const place = places[octets.length];
  if (place === undefined) return undefined;
  const header = headerAt(Uint8Array.of(0x0c, octets[place.vif]! & 0x7f), 0, "from-meter");
  if (typeof header === "string" || !measured.has(header.quantity)) return undefined;
  const { quantity, unit, exponent } = header;
  const reading = (at: number, storage: number, date?: MbusDate): FoundValue[] => {
    const value = readBcd(octets, at, 4);
    if (value === undefined) return [];
    const more = { storage, ...(date === undefined ? {} : { date }) };
    return [numberAt([base + at, 4], quantity, value, exponent, unit?.symbol, more)];
  };
  const { due, month, steps } = place;
  const dueDate = readDate(octets, due, 2);
  const monthEnd = readDate(octets, month, 2);
  const values = [
    ...(place.today === undefined ? [] : reading(place.today, 0)),
    ...reading(due + 2, 1, dueDate),
    ...dateAt([base + due, 2], "date", dueDate, { storage: 1 }),
    ...reading(month + 2, 17, monthEnd),
    ...dateAt([base + month, 2], "date", monthEnd, { storage: 17 }),
  ];
  for (let index = 0; index < 12; index++) {
    const at = steps + 2 * index;
    if (isInvalidSigned(octets, at, 2)) continue;
    const step = readSigned(octets, at, 2);
    values.push(
      numberAt([base + at, 2], `${quantity}-of-month`, step, exponent, unit?.symbol, { storage: 18 + index }),
    );
  }
  return values;
}

interface Places {
  readonly vif: number;
  readonly today?: number;
  readonly due: number;
  readonly month: number;
  readonly steps: number;
}

const places: Readonly<Record<number, Places>> = {
  53: { vif: 9, today: 12, due: 16, month: 22, steps: 28 },
  47: { vif: 8, due: 11, month: 17, steps: 23 },
};
const measured: ReadonlySet<string> = new Set(["hca", "volume", "energy"]);

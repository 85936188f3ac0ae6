/**
 * The records part of an annotated dump: every octet of application data with its field and meaning.
 *
 * In: application data, decrypted.  Out: lines in the order of the octets; each octet stands in just one of them.
 * Not here: the layers before the records (./layers), printing.
 * What is explained is what `decodeRecords` read; where it stopped, the dump says why and shows the rest undivided.
 */

import { toHex } from "@siegel/wire";
import { nameOfRecord } from "../meaning/names.ts";
import { dateText } from "../records/dates.ts";
import { decodeRecords, type RecordOptions } from "../records/decode.ts";
import { codings, mbusFunctions, type MbusRecord, type RecordValue } from "../records/record.ts";
import type { DumpLine } from "./line.ts";

export interface RecordsPlace {
  /** Where the data begins in the input; 0 unless told. */
  readonly offset?: number;
  /** Depth of a record's line; 0 unless told. */
  readonly depth?: number;
}

/** Lines of application data. */
export function annotateRecords(
  data: Uint8Array,
  place: RecordsPlace = {},
  options?: RecordOptions,
): readonly DumpLine[] {
  return new RecordsDump(data, place.offset ?? 0, place.depth ?? 0).lines(options);
}

class RecordsDump {
  readonly #data: Uint8Array;
  readonly #offset: number;
  readonly #depth: number;
  readonly #lines: DumpLine[] = [];

  constructor(data: Uint8Array, offset: number, depth: number) {
    this.#data = data;
    this.#offset = offset;
    this.#depth = depth;
  }

  lines(options: RecordOptions | undefined): readonly DumpLine[] {
    const list = decodeRecords(this.#data, options);
    const skips = list.skipped.filter(({ reason }) => reason === "global-readout");
    let at = 0;
    for (const [index, record] of list.records.entries()) {
      at = this.#between(at, record.offset, skips);
      this.#record(record, index);
      at = record.offset + record.byteLength;
    }
    const stop = list.skipped.find(({ reason }) => reason !== "global-readout");
    const makers = list.manufacturerData;
    const end = stop?.offset ?? (makers === undefined ? this.#data.length : makers.offset - 1);
    this.#between(at, end, skips);
    if (stop !== undefined) {
      const error = { code: stop.reason, path: `records[${list.records.length}]` };
      this.#add(stop.offset, this.#data.length, 0, "skipped", skipTexts[stop.reason], error);
    }
    if (makers !== undefined) {
      const meaning = list.moreFollows ? "data of the maker, and more telegrams follow" : "data of the maker";
      this.#add(end, end + 1, 0, "DIF", meaning);
      if (makers.bytes.length > 0) this.#add(makers.offset, this.#data.length, 1, "manufacturer data", "");
    }
    return this.#lines;
  }

  /** Fillers and readout requests between records. */
  #between(from: number, to: number, skips: readonly { readonly offset: number }[]): number {
    let at = from;
    for (const { offset } of skips) {
      if (offset < from || offset >= to) continue;
      if (offset > at) this.#add(at, offset, 0, "filler", "");
      this.#add(offset, offset + 1, 0, "DIF", "asks for all data");
      at = offset + 1;
    }
    if (to > at) this.#add(at, to, 0, "filler", "");
    return to;
  }

  #record(record: MbusRecord, index: number): void {
    const { offset, byteLength, headerLength, header, unit, value } = record;
    const shown = valueText(value);
    const what = `${nameOfRecord(header)} = ${shown}${unit === undefined ? "" : ` ${unit.symbol}`}`;
    const error = record.recordError;
    this.#add(
      offset,
      offset,
      0,
      `records[${index}]`,
      error === undefined ? what : `${what}, the meter reports ${error}`,
    );
    let at = this.#dib(offset);
    at = this.#vib(record, at, offset + headerLength);
    if (header.coding === "variable") {
      this.#add(at, at + 1, 1, "LVAR", lvarText(this.#data[at]!));
      at++;
    }
    if (at < offset + byteLength) this.#add(at, offset + byteLength, 1, "data", shown);
  }

  #dib(offset: number): number {
    const dif = this.#data[offset]!;
    const storage = (dif & 0x40) === 0 ? "" : ", storage bit 0";
    this.#add(offset, offset + 1, 1, "DIF", `${mbusFunctions[(dif >> 4) & 3]!}, ${codings[dif & 0x0f]!}${storage}`);
    let at = offset + 1;
    for (let more = dif >= 0x80, index = 0; more; index++, at++) {
      const dife = this.#data[at]!;
      more = dife >= 0x80;
      const parts = [
        `storage ${(dife & 0x0f) * 2 ** (4 * index + 1)}`,
        `tariff ${((dife >> 4) & 3) * 4 ** index}`,
        `subunit ${((dife >> 6) & 1) * 2 ** index}`,
      ].filter((part) => !part.endsWith(" 0"));
      this.#add(at, at + 1, 1, "DIFE", parts.length === 0 ? "" : `adds ${parts.join(", ")}`);
    }
    return at;
  }

  #vib(record: MbusRecord, from: number, end: number): number {
    const { quantity, header, unit } = record;
    const resolution = header.reads === "signed" && unit !== undefined ? `, 10^${header.exponent} ${unit.symbol}` : "";
    const factor = header.factor === 1 ? "" : ` · ${header.factor}`;
    this.#add(from, from + 1, 1, "VIF", `${quantity}${resolution}${factor}`);
    if (header.text !== undefined) {
      // Text and VIFEs stand in either order: they are shown as one.
      if (end > from + 1) this.#add(from + 1, end, 1, "plain text", header.text);
      return end;
    }
    for (let at = from + 1; at < end; at++) this.#add(at, at + 1, 1, "VIFE", "");
    return end;
  }

  #add(from: number, to: number, depth: number, field: string, meaning: string, error?: DumpLine["error"]): void {
    const line = {
      offset: this.#offset + from,
      bytes: this.#data.subarray(from, to),
      depth: this.#depth + depth,
      field,
      meaning,
    };
    this.#lines.push(error === undefined ? line : { ...line, error });
  }
}

function valueText(value: RecordValue): string {
  switch (value.kind) {
    case "number":
      return value.value.toString();
    case "text":
      return value.text;
    case "date":
      return dateText(value.date) + (value.date.isInvalid === true ? ", clock not valid" : "");
    case "octets":
      return `${value.bytes.length} octets`;
    case "invalid":
      return `no value (${toHex(value.bytes)})`;
    case "none":
      return "no data";
    case "profile": {
      const { elements, mode, spacing, spacingUnit } = value.profile;
      const each = spacing === 254 ? "months" : spacing === 253 ? "half months" : `${spacing} ${spacingUnit}`;
      return `${elements.length} ${mode} values, spaced ${each}`;
    }
  }
}

function lvarText(lvar: number): string {
  if (lvar < 0xc0) return "text or octets";
  if (lvar < 0xd0) return "positive BCD";
  return lvar < 0xe0 ? "negative BCD" : "binary";
}

const skipTexts = {
  "global-readout": "asks for all data",
  "reserved-dif": "reserved DIF: the length of its data is not known",
  "too-many-difes": "more DIFEs than the ten that the standard allows",
  "too-many-vifes": "more VIFEs than the ten that the standard allows",
  "reserved-lvar": "reserved LVAR: the length of the data is not known",
  truncated: "the data ends before the record does",
  "too-many-records": "more records than are read at once",
} as const;

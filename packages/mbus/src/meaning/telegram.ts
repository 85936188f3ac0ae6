/**
 * From records to readings: what a meter's telegram says, in terms that all protocols share.
 *
 * In: records, who sent them, and what protected which octets.  Out: `MbusTelegram`.
 * Not here: opening (../security), the maker's private data (../descriptions), printing.
 * A value is as trustworthy as the weakest octet of its record: partial encryption leaves the end of a telegram open to
 * anybody, and a record there must not borrow the trust of those before it.
 * `at` is always undefined: a meter's clock (value `date-time`) is local and names no zone. The value stays in the list.
 * Source: EN 13757-3 and -7.
 */

import {
  type Instant,
  lowestTrust,
  type MeterId,
  type NumberReading,
  type ObisCode,
  type ScaledValue,
  type Trust,
  type Unit,
} from "@siegel/readings";
import { type MbusDate } from "../records/dates.ts";
import { expandProfile } from "../records/profile.ts";
import type { MbusFunction, MbusRecord, RecordHeader, RecordList, RecordValue, SkipCode } from "../records/record.ts";
import type { RecordError } from "../records/words.ts";
import type { OpenWarning } from "../security/verdict.ts";
import { nameOfRecord } from "./names.ts";
import { obisOfRecord } from "./obis.ts";
import { isDoubtful, statusWarnings, type StatusWarningCode, type TplStatus, tplStatus } from "./status.ts";

/** What protected the octets `[from, to)` of the data that the records were read from. */
export interface Protection {
  readonly from: number;
  readonly to: number;
  readonly trust: Trust;
}

export interface MbusValue {
  /** As `nameOfRecord` makes it. */
  readonly name: string;
  readonly value: Exclude<RecordValue, { kind: "profile" }>;
  readonly unit: Unit | undefined;
  readonly function: MbusFunction;
  readonly storage: number;
  readonly tariff: number;
  readonly subunit: number;
  readonly trust: Trust;
  /** What the bits or numbers of a state say, where the kind of meter is described (../descriptions). */
  readonly states?: readonly string[];
  readonly obis?: ObisCode;
  /** The value as all protocols share it: a number with an OBIS code. */
  readonly reading?: NumberReading;
  /** Of an element of a profile: the local time that it belongs to, computed from base time and spacing. */
  readonly date?: MbusDate;
  readonly recordError?: RecordError;
}

export interface MbusWarning {
  readonly code: MbusWarningCode;
  /** Octet in the records where it is. */
  readonly offset?: number;
  /** Of `records-skipped`: why. */
  readonly reason?: SkipCode;
}

export type MbusWarningCode =
  | StatusWarningCode
  /** What opening the telegram said: `../security/verdict.ts`. */
  | OpenWarning
  /** Octets are in no record. */
  | "records-skipped"
  /** The meter has more telegrams. */
  | "more-follows"
  /** The meter reports an error of one record. */
  | "record-error"
  /** The records hold data in a form of their maker's. */
  | "manufacturer-data";

export interface MbusTelegram {
  readonly meter: MeterId;
  readonly link: "wired" | "wireless";
  readonly at: Instant | undefined;
  /** The lowest of its values. */
  readonly trust: Trust;
  readonly values: readonly MbusValue[];
  readonly warnings: readonly MbusWarning[];
  /** `undefined` for a telegram without transport header. */
  readonly status: TplStatus | undefined;
  /** What the maker's bits of the status say, where the kind of meter is described. */
  readonly states?: readonly string[];
  /** The description that was applied. */
  readonly description?: string;
  readonly access?: number;
  readonly manufacturerData?: RecordList["manufacturerData"];
}

export interface TelegramParts {
  readonly link: "wired" | "wireless";
  readonly meter: MeterId;
  /** Device type of the address: which medium's OBIS codes apply. The last octet of the meter id unless told. */
  readonly deviceType?: number;
  readonly records: RecordList;
  /** What is in no range is clear. */
  readonly protections?: readonly Protection[];
  /** Status octet of the transport header. */
  readonly status?: number | undefined;
  readonly access?: number | undefined;
  readonly refinement?: Refinement | undefined;
}

/** What is known of the kind of meter beyond the standard: ../descriptions makes it. */
export interface Refinement {
  /** Of the description. */
  readonly id: string;
  readonly states: readonly string[];
  /** What stands in place of the value that a record has in itself. */
  ofRecord(record: MbusRecord, value: MbusValue): readonly MbusValue[];
  /** Values that are in no record. */
  others(trustOf: (from: number, to: number) => Trust): readonly MbusValue[];
  /** The maker's data is read: nobody needs a warning. */
  readonly readsManufacturerData: boolean;
}

/** The telegram that these parts make. Compact profiles become a value for each element. */
export function telegramOf(parts: TelegramParts): MbusTelegram {
  const { link, meter, records: list, access, protections = [], refinement } = parts;
  const deviceType = parts.deviceType ?? meter.toBytes().at(-1) ?? 0;
  const quality = parts.status !== undefined && isDoubtful(parts.status) ? "suspect" : "valid";
  const status = parts.status === undefined ? undefined : tplStatus(parts.status);
  const warnings: MbusWarning[] = status === undefined ? [] : statusWarnings(status).map((code) => ({ code }));
  const values: MbusValue[] = [];
  for (const record of list.records) {
    const trust = trustOf(record.offset, record.offset + record.byteLength, protections);
    if (record.recordError !== undefined) warnings.push({ code: "record-error", offset: record.offset });
    if (record.value.kind === "profile") {
      values.push(...profileValues(record, list.records, trust));
      continue;
    }
    const { name, obis } = meaningOf(record.header, deviceType);
    const value = valueOf(record, record.value, name, trust, obis, meter, quality, parts.status);
    if (refinement === undefined) values.push(value);
    else values.push(...refinement.ofRecord(record, value));
  }
  if (refinement !== undefined) values.push(...refinement.others((from, to) => trustOf(from, to, protections)));
  for (const { offset, reason } of list.skipped) warnings.push({ code: "records-skipped", offset, reason });
  const { manufacturerData } = list;
  const isRead = refinement?.readsManufacturerData === true;
  if (manufacturerData !== undefined && manufacturerData.bytes.length > 0 && !isRead) {
    warnings.push({ code: "manufacturer-data", offset: manufacturerData.offset });
  }
  if (list.moreFollows) warnings.push({ code: "more-follows" });
  return {
    meter,
    link,
    at: undefined,
    trust: lowestTrust(values.map((value) => value.trust)),
    values,
    warnings,
    status,
    ...(refinement === undefined ? {} : { description: refinement.id }),
    ...(refinement === undefined || refinement.states.length === 0 ? {} : { states: refinement.states }),
    ...(access === undefined ? {} : { access }),
    ...(manufacturerData === undefined ? {} : { manufacturerData }),
  };
}

function valueOf(
  record: MbusRecord,
  value: MbusValue["value"],
  name: string,
  trust: Trust,
  obis: ObisCode | undefined,
  meter: MeterId,
  quality: NumberReading["quality"],
  status: number | undefined,
): MbusValue {
  const { unit, function: kind, storage, tariff, subunit, recordError } = record;
  const plain = { name, value, unit, function: kind, storage, tariff, subunit, trust };
  if (obis === undefined) return recordError === undefined ? plain : { ...plain, recordError };
  if (value.kind !== "number") return { ...plain, obis };
  const at = undefined;
  return {
    ...plain,
    obis,
    reading: { kind: "number", meter, obis, at, status, quality, trust, value: value.value, unit },
  };
}

function profileValues(record: MbusRecord, records: readonly MbusRecord[], trust: Trust): readonly MbusValue[] {
  const { unit, function: kind, tariff, subunit } = record;
  const name = nameOfRecord(record.header).replace("-profile", "");
  return expandProfile(record, records).map(({ storage, value, date }) => ({
    name,
    value: numberOr(value),
    unit,
    function: kind,
    storage,
    tariff,
    subunit,
    trust,
    ...(date === undefined ? {} : { date }),
  }));
}

function numberOr(value: ScaledValue | undefined): MbusValue["value"] {
  return value === undefined ? { kind: "invalid", bytes: new Uint8Array(0) } : { kind: "number", value };
}

/** The lowest trust of the ranges that cover `[from, to)`; clear when an octet of it is in none. Ranges may overlap. */
function trustOf(from: number, to: number, protections: readonly Protection[]): Trust {
  const only = protections[0];
  if (only === undefined) return "clear";
  if (protections.length === 1) return only.from <= from && to <= only.to ? only.trust : "clear";
  const touching = protections
    .filter((range) => range.from < to && range.to > from)
    .toSorted((a, b) => a.from - b.from);
  let covered = from;
  for (const range of touching) {
    if (range.from > covered) return "clear";
    covered = Math.max(covered, range.to);
  }
  return covered < to ? "clear" : lowestTrust(touching.map(({ trust }) => trust));
}

interface Meaning {
  readonly name: string;
  readonly obis: ObisCode | undefined;
}

/** Headers are shared between telegrams; so is their meaning, once for each device type that sends them. */
function meaningOf(header: RecordHeader, deviceType: number): Meaning {
  let meanings = meaningsOf.get(header);
  if (meanings === undefined) meaningsOf.set(header, (meanings = []));
  const known = meanings.find((one) => one.deviceType === deviceType);
  if (known !== undefined) return known;
  const meaning = { deviceType, name: nameOfRecord(header), obis: obisOfRecord(header, deviceType) };
  meanings.push(meaning);
  return meaning;
}

const meaningsOf = new WeakMap<RecordHeader, (Meaning & { readonly deviceType: number })[]>();

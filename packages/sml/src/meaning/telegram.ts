/**
 * From messages to readings: what a meter's answer says, in terms that all protocols share.
 *
 * In: one decoded file, and the evidence of its signatures if they were checked.  Out: a telegram for each message
 * that carries values.  Not here: printing, plausibility over time.
 * A value that is absent stays in the list without a reading: its object is news, too.
 * Source: SML 1.04, the bodies; physical value = value · 10^scaler, absent scaler = 0.
 */

import {
  type Instant,
  lowestTrust,
  MeterId,
  ObisCode,
  type Quality,
  type Reading,
  ScaledValue,
  type Trust,
  type Unit,
  unitOfCode,
} from "@siegel/readings";
import { type Attention, attentionOf } from "../messages/attention.ts";
import type { GetListResponse, GetProfileListResponse, GetProfilePackResponse } from "../messages/bodies.ts";
import type { ListEntry, ProcParValue, SmlTree, TupelEntry } from "../messages/entries.ts";
import type { SmlFile } from "../messages/file.ts";
import type { MessageBody } from "../messages/message.ts";
import type { SmlTime } from "../messages/time.ts";
import type { SmlStatus, SmlValue } from "../messages/value.ts";
import { familyOf } from "../signature/signed-buffer.ts";
import type { SignedByMeter } from "../signature/verify.ts";
import type { DeviationCode } from "../tlv/reader.ts";
import { repairedSign } from "./sign.ts";
import { type MeterStatus, meterStatus } from "./status.ts";
import { clockNotSet, instantOf, unmarkedLocal } from "./time.ts";

/** What a person or program should know about a telegram that decoded. */
export interface TelegramWarning {
  readonly code: WarningCode;
  /** The object it is about. */
  readonly obis?: ObisCode;
}

export type WarningCode =
  | DeviationCode
  /** The status word shows that the sign on the wire is wrong; `value` is the repaired one. */
  | "sign-repaired"
  /** An absolute power while the status word says export: the power meant is negative. */
  | "power-is-export"
  /** The meter sends a date before 2000. */
  | "clock-not-set"
  /** The meter has no clock; `at` is that of the gateway or concentrator that passed the list on. */
  | "gateway-time"
  /** The list carries a signature that nobody has checked. */
  | "signature-not-checked"
  /** The signature holds, and not every value of the list is under it. */
  | "partly-signed"
  /** A public key was given, and this list carries no signature to check with it. */
  | "not-signed"
  /** A row of a packed profile has more or fewer cells than the profile has columns. */
  | "columns-differ"
  /** The meter reports a fatal error or magnetic influence: values are marked suspect. */
  | "meter-reports-fault";

/** One object of a telegram. */
export interface TelegramValue {
  readonly obis: ObisCode;
  /** `undefined` when the meter sent the object without a value. */
  readonly reading: Reading | undefined;
  /** As on the wire, before scaler and repair. */
  readonly wire: SmlValue | undefined;
  readonly scaler: number;
  readonly trust: Trust;
}

export interface Telegram {
  readonly meter: MeterId | undefined;
  /**
   * The meter's clock, or that of what passed its list on (warning `gateway-time`); `undefined` when there is none. Of a
   * verified list the time of its signed register.
   */
  readonly at: Instant | undefined;
  readonly values: readonly TelegramValue[];
  /** The lowest of its values. */
  readonly trust: Trust;
  readonly warnings: readonly TelegramWarning[];
  /** What a device answered instead of values. */
  readonly attention?: Attention;
}

/**
 * The telegrams of one file, in its order; Open and Close alone give none.
 *
 * @param signed           Evidence for lists of this file, as `SignedByMeter.verify` makes it.
 * @param options.keyGiven  A public key was there to check with: a list without a signature is told.
 */
export function telegramsOf(
  file: Pick<SmlFile, "messages" | "deviations">,
  signed: readonly SignedByMeter[] = [],
  { keyGiven = false }: { readonly keyGiven?: boolean } = {},
): readonly Telegram[] {
  const deviations = [...new Set(file.deviations.map(({ code }) => code))].map((code) => ({ code }));
  return file.messages
    .flatMap(({ body }) => telegramsOfBody(body, signed, keyGiven))
    .map((telegram, index) => {
      // A deviation belongs to the file; it is told once.
      return index === 0 ? { ...telegram, warnings: [...deviations, ...telegram.warnings] } : telegram;
    });
}

function telegramsOfBody(body: MessageBody, signed: readonly SignedByMeter[], keyGiven: boolean): readonly Telegram[] {
  switch (body.kind) {
    case "GetListResponse": {
      const evidence = signed.find(({ response }) => response === body.value);
      return [listTelegram(body.value, evidence, keyGiven)];
    }
    case "GetProfileListResponse":
      return [profileListTelegram(body.value)];
    case "GetProfilePackResponse":
      return profilePackTelegrams(body.value);
    case "GetProcParameterResponse": {
      const telegram = new TelegramBuilder(body.value.serverId, undefined);
      addTree(telegram, body.value.parameterTree);
      return [telegram.build()];
    }
    case "AttentionResponse": {
      const attention = attentionOf(body.value.attentionNo);
      return [{ ...new TelegramBuilder(body.value.serverId, undefined).build(), attention }];
    }
    default:
      return [];
  }
}

function listTelegram(list: GetListResponse, evidence: SignedByMeter | undefined, keyGiven: boolean): Telegram {
  const clock = list.actSensorTime ?? list.actGatewayTime;
  const isIsa = (evidence?.layout ?? familyOf(list)) === "ISA-EDL-40P";
  const timeOf = (time: SmlTime | undefined) => (isIsa ? unmarkedLocal(time, clock) : time);
  // The list's own time is under no signature: a stranger could give signed values a new date with it.
  const telegram = new TelegramBuilder(list.serverId, evidence === undefined ? clock : timeOf(evidence.time));
  if (list.listSignature === undefined) {
    if (keyGiven) telegram.warn("not-signed");
  } else if (evidence === undefined) telegram.warn("signature-not-checked");
  // Power entries carry no status of their own: the word stands beside the total registers.
  telegram.setStatus(statusOfList(list.valList));
  for (const entry of list.valList) {
    // Their contract id is signed, its time is not: beside a signed value it would pass for signed.
    const untimed = isIsa && entry.value?.type === "octets";
    const shown = isIsa ? { ...entry, valTime: untimed ? undefined : timeOf(entry.valTime) } : entry;
    telegram.add(shown, evidence?.covers(entry) === true ? "signed" : "clear");
  }
  if (evidence !== undefined && !list.valList.every((entry) => evidence.covers(entry))) telegram.warn("partly-signed");
  const passedOn =
    evidence === undefined && list.actSensorTime === undefined && instantOf(list.actGatewayTime) !== undefined;
  if (passedOn) telegram.warn("gateway-time");
  return telegram.build();
}

function statusOfList(entries: readonly ListEntry[]): SmlStatus | undefined {
  return entries.find((entry) => entry.status !== undefined && entry.objName[0] === electricity)?.status;
}

function profileListTelegram(profile: GetProfileListResponse): Telegram {
  const telegram = new TelegramBuilder(profile.serverId, profile.valTime);
  const { status, valTime } = profile;
  for (const entry of profile.periodList) telegram.add({ ...entry, status, valTime }, "clear");
  return telegram.build();
}

/** A telegram for each row: each has its own time. Cells belong to columns by their place: a cell too many has no meaning. */
function profilePackTelegrams(pack: GetProfilePackResponse): readonly Telegram[] {
  return pack.periodList.map(({ valTime, status, valueList }) => {
    const telegram = new TelegramBuilder(pack.serverId, valTime);
    if (valueList.length !== pack.headerList.length) telegram.warn("columns-differ");
    for (const [column, { value }] of valueList.entries()) {
      const header = pack.headerList[column];
      if (header !== undefined) telegram.add({ ...header, status, valTime, value }, "clear");
    }
    return telegram.build();
  });
}

/** The values of a parameter tree whose nodes are entries of objects; other nodes are no readings. */
function addTree(telegram: TelegramBuilder, tree: SmlTree): void {
  if (tree.parameterValue !== undefined) addParameter(telegram, tree.parameterName, tree.parameterValue);
  for (const child of tree.childList ?? []) addTree(telegram, child);
}

function addParameter(telegram: TelegramBuilder, name: Uint8Array, parameter: ProcParValue): void {
  switch (parameter.kind) {
    case "smlValue":
      if (name.length === 6) telegram.add({ objName: name, value: parameter.value }, "clear");
      return;
    case "periodEntry":
    case "listEntry":
      return telegram.add(parameter.value, "clear");
    case "tupelEntry":
      for (const entry of tupelEntries(parameter.value)) telegram.add(entry, "clear");
      return;
    case "smlTime":
      return;
  }
}

/** The six registers of a tupel entry as entries of their own. */
function tupelEntries(tupel: TupelEntry): readonly ListEntry[] {
  const { status, secIndex: valTime } = tupel;
  const entry = (c: number, unit: number, scaler: number, value: number | bigint): ListEntry => {
    const objName = Uint8Array.of(electricity, 0, c, 8, 0, 255);
    return { objName, status, valTime, unit, scaler, value: { type: "signed", byteLength: 8, value } };
  };
  return [
    entry(1, tupel.unitPA, tupel.scalerPA, tupel.valuePA),
    entry(5, tupel.unitR1, tupel.scalerR1, tupel.valueR1),
    entry(8, tupel.unitR4, tupel.scalerR4, tupel.valueR4),
    entry(2, tupel.unitMA, tupel.scalerMA, tupel.valueMA),
    entry(6, tupel.unitR2, tupel.scalerR2, tupel.valueR2),
    entry(7, tupel.unitR3, tupel.scalerR3, tupel.valueR3),
  ];
}

/** Collects the values of one telegram; what they share is told once. */
class TelegramBuilder {
  #statusWord: SmlStatus | undefined;
  #status: MeterStatus | undefined;
  readonly #meter: MeterId | undefined;
  readonly #at: Instant | undefined;
  readonly #values: TelegramValue[] = [];
  readonly #warnings = new Map<string, TelegramWarning>();

  constructor(serverId: Uint8Array, time: SmlTime | undefined) {
    this.#meter = serverId.length === 0 ? undefined : MeterId.of(serverId);
    this.#at = instantOf(time);
    if (clockNotSet(time)) this.warn("clock-not-set");
  }

  /** The status word that speaks for entries without one of their own. */
  setStatus(status: SmlStatus | undefined): void {
    this.#statusWord = status;
    this.#status = status === undefined ? undefined : meterStatus(status);
  }

  warn(code: WarningCode, obis?: ObisCode): void {
    this.#warnings.set(`${code} ${obis}`, obis === undefined ? { code } : { code, obis });
  }

  add(entry: ListEntry, trust: Trust): void {
    const obis = ObisCode.of(entry.objName);
    const scaler = entry.scaler ?? 0;
    if (clockNotSet(entry.valTime)) this.warn("clock-not-set");
    const reading = this.#reading(obis, entry, scaler, trust);
    // A time within a list is in seconds, whatever the entry says.
    const meant = reading?.kind === "number" ? reading.value.scaler : scaler;
    this.#values.push({ obis, reading, wire: entry.value, scaler: meant, trust });
  }

  #reading(obis: ObisCode, entry: ListEntry, scaler: number, trust: Trust): Reading | undefined {
    const status = this.#judged(entry.status);
    const base = {
      meter: this.#meter,
      obis,
      at: instantOf(entry.valTime) ?? this.#at,
      status: entry.status?.bits,
      quality: this.#quality(status),
      trust,
    };
    const value = entry.value;
    switch (value?.type) {
      case "signed":
      case "unsigned": {
        const unit = unitOf(entry.unit);
        const repaired = repairedSign(obis, value, status);
        if (repaired !== undefined) this.warn("sign-repaired", obis);
        if (isAbsolutePower(obis) && status?.exporting) this.warn("power-is-export", obis);
        return { ...base, kind: "number", value: ScaledValue.of(repaired ?? value.value, scaler), unit };
      }
      case "octets":
        return { ...base, kind: "octets", value: value.value };
      case "boolean":
        return { ...base, kind: "boolean", value: value.value };
      case "list":
        return this.#listReading(base, value, { unit: unitOf(entry.unit), scaler });
      case undefined:
        return undefined;
    }
  }

  /**
   * A list is a time, a value with its own time and status, or a COSEM scaler and unit; the first two are readings.
   * Unit and scaler of a value with its own time are those of its entry.
   */
  #listReading(
    base: Omit<Reading, "kind" | "value" | "unit">,
    value: SmlValue & { type: "list" },
    form: { readonly unit: Unit | undefined; readonly scaler: number },
  ): Reading | undefined {
    const { kind, value: content } = value.value;
    if (kind === "smlTime") {
      const seconds = content.kind === "localTimestamp" ? content.value.timestamp : content.value;
      return { ...base, kind: "number", value: ScaledValue.of(seconds), unit: unitOf(secondsUnit) };
    }
    if (kind !== "timestampedValue") return undefined;
    const { simpleValue, status, timestamp } = content;
    if (clockNotSet(timestamp)) this.warn("clock-not-set");
    const quality = this.#quality(this.#judged(status));
    const own = { ...base, at: instantOf(timestamp) ?? base.at, status: status.bits, quality };
    switch (simpleValue.type) {
      case "octets":
        return { ...own, kind: "octets", value: simpleValue.value };
      case "boolean":
        return { ...own, kind: "boolean", value: simpleValue.value };
      default:
        return { ...own, kind: "number", value: ScaledValue.of(simpleValue.value, form.scaler), unit: form.unit };
    }
  }

  /** What an entry's own status word says; the list's for an entry without one. */
  #judged(status: SmlStatus | undefined): MeterStatus | undefined {
    return status === undefined || status === this.#statusWord ? this.#status : meterStatus(status);
  }

  #quality(status: MeterStatus | undefined): Quality {
    if (status?.reportsFault !== true) return "valid";
    this.warn("meter-reports-fault");
    return "suspect";
  }

  build(): Telegram {
    return {
      meter: this.#meter,
      at: this.#at,
      values: this.#values,
      trust: lowestTrust(this.#values.map(({ trust }) => trust)),
      warnings: [...this.#warnings.values()],
    };
  }
}

function unitOf(code: number | undefined): Unit | undefined {
  return code === undefined ? undefined : unitOfCode(code);
}

/** 15.7.0: the magnitude of the total power, without a sign. */
function isAbsolutePower(obis: ObisCode): boolean {
  return obis.a === electricity && obis.c === 15 && obis.d === 7;
}

const electricity = 1;
const secondsUnit = 7;

/**
 * The memories of the meter as SML profiles: quarter hours and events, as a list of messages or packed into a table.
 *
 * In: a question.  Out: rows, or the attention code that says why there are none.
 * Both ends of the span asked for belong to it. A memory is never cut off in silence: too many rows are refused.
 * Source: SML 1.04, `SML_GetProfilePack`, `SML_GetProfileList`; attention codes FE0E to FE13.
 */

import type { Refusal, ProfileQuestion, SmlTime, SmlInteger, SmlStatus } from "@siegel/sml";
import { equalBytes } from "@siegel/wire";
import { type EventName, eventNames } from "../events.ts";
import { type ProfileEntry, type ProfileFlag, quarterSeconds } from "../load-profile.ts";
import { readingOf } from "../registers.ts";
import type { VirtualMeter } from "../virtual-meter.ts";
import { integer } from "./entries.ts";
import { objects, unit } from "./objects.ts";

export interface Column {
  readonly objName: Uint8Array;
  readonly unit: number;
  readonly scaler: number;
}

export interface Row {
  /** By the meter's clock, seconds since 1970 UTC. */
  readonly at: number;
  readonly status: SmlStatus;
  /** One for each column. */
  readonly values: readonly SmlInteger[];
}

export interface Table {
  /** Seconds between two rows; 0 for a log. */
  readonly regPeriod: number;
  readonly columns: readonly Column[];
  /** Oldest stored first. */
  readonly rows: readonly Row[];
}

/** @param clockAt  The meter's clock at a moment that the asker names in any of the three ways of SML. */
export function tableOf(
  meter: VirtualMeter,
  question: ProfileQuestion,
  clockAt: (time: SmlTime) => number,
): Table | Refusal {
  if (question.withRawdata === true) return "optional-element-not-supported";
  const memory = memoryOf(meter, question);
  if (memory === undefined) return "unknown-designation";
  const chosen = columnsOf(memory.columns, question.objects ?? []);
  if (chosen === undefined) return "unknown-object-in-profile";
  const from = question.from === undefined ? -Infinity : clockAt(question.from);
  const to = question.to === undefined ? Infinity : clockAt(question.to);
  if (to < from) return "end-before-begin";
  if (memory.rows.length === 0) return "profile-has-no-entry";
  const within = memory.rows.filter(({ at }) => at >= from && at <= to);
  if (within.length === 0) return "no-entry-in-range";
  if (within.length > maxRows) return "value-out-of-range";
  const rows = within.map((row) => ({ ...row, values: chosen.flatMap((column) => row.values[column] ?? []) }));
  return { regPeriod: memory.regPeriod, columns: chosen.flatMap((column) => memory.columns[column] ?? []), rows };
}

function memoryOf(meter: VirtualMeter, { path }: ProfileQuestion): Table | undefined {
  const [name, ...deeper] = path;
  if (name === undefined || deeper.length > 0) return undefined;
  if (equalBytes(name, objects.loadProfile)) return quarters(meter);
  if (equalBytes(name, objects.eventLog)) return log(meter);
  return undefined;
}

/** Indices of the columns asked for, in the order asked; all for an empty list. */
function columnsOf(columns: readonly Column[], asked: readonly Uint8Array[]): number[] | undefined {
  if (asked.length === 0) return columns.map((_, index) => index);
  const indices = asked.map((object) => columns.findIndex(({ objName }) => equalBytes(objName, object)));
  return indices.includes(-1) ? undefined : indices;
}

function quarters(meter: VirtualMeter): Table {
  const columns = [objects.import, objects.export].map((objName) => ({ objName, unit: unit.wattHour, scaler: -1 }));
  const rows = meter.profile.all().map((entry) => ({
    at: entry.at,
    status: { byteLength: 4, bits: profileStatus(entry) },
    values: [entry.import, entry.export].map((counter) => integer("unsigned", readingOf(counter, -1), 5, "declared")),
  }));
  return { regPeriod: quarterSeconds, columns, rows };
}

function log(meter: VirtualMeter): Table {
  const columns = [objects.eventCode, objects.eventPhase].map((objName) => ({ objName, unit: unit.count, scaler: 0 }));
  const rows = meter.events.all().map(({ at, event, phase }) => ({
    at,
    status: { byteLength: 1, bits: 0 },
    values: [eventCode[event], phase === undefined ? 0 : phase + 1].map((raw) =>
      integer("unsigned", raw, 1, "declared"),
    ),
  }));
  return { regPeriod: 0, columns, rows };
}

/** The status word, with what happened in the quarter hour in its upper byte. Ours. */
export function profileStatus({ status, flags }: ProfileEntry): number {
  return flags.reduce((word, flag) => word + profileFlagBit[flag], status);
}

const profileFlagBit: Readonly<Record<ProfileFlag, number>> = {
  "power-failure": 0x0100_0000,
  "clock-set": 0x0200_0000,
  "magnetic-field": 0x0400_0000,
  "cover-open": 0x0800_0000,
  "firmware-update": 0x1000_0000,
};

/** Code of an event in the log, from 1 in the order of `eventNames`. Ours. */
export const eventCode = Object.fromEntries(
  Object.keys(eventNames).map((name, index) => [name, index + 1]),
) as Readonly<Record<EventName, number>>; // made from all its keys

/** Four days and the quarter hours at both ends: the answer stays below 64 KiB, which is as much as readers take. */
export const maxRows = 4 * 96 + 2;

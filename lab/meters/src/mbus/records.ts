/**
 * What a gas, water or heat meter tells: its counters as M-Bus data records.
 *
 * In: a meter at its second.  Out: records, current ones and those of the last due date.
 * Each kind has the codes and resolutions that meters of that kind have in the field; storage 1 is the last due date.
 * Counters show whole units of their last digit, cut off as a mechanical counter does, never rounded up.
 */

import { type HeaderFields, recordHeader, vibOf, type WritableRecord } from "@siegel/mbus";
import { ScaledValue } from "@siegel/readings";
import { utcOffset } from "../local-time.ts";
import type { UtilityCounters, UtilityMeter } from "../utility/utility-meter.ts";

/** Current values. */
export function currentRecords(meter: UtilityMeter): WritableRecord[] {
  const { flow } = meter;
  const now = date(meter.second);
  switch (meter.kind) {
    case "gas":
      return [volume(meter.counters, -2), now, errorFlags(meter)];
    case "water":
      return [volume(meter.counters, -3), volumeFlow(flow.microlitresPerSecond), now, errorFlags(meter)];
    case "heat": {
      const { flowCentidegrees = 2_100, returnCentidegrees = 2_100 } = flow;
      return [
        energy(meter.counters),
        volume(meter.counters, -2),
        number("power", flow.watts, 0, { unit: "W" }),
        volumeFlow(flow.microlitresPerSecond),
        number("flow-temperature", Math.round(flowCentidegrees / 10), -1, { coding: "int16" }),
        number("return-temperature", Math.round(returnCentidegrees / 10), -1, { coding: "int16" }),
        number("temperature-difference", flowCentidegrees - returnCentidegrees, -2, { coding: "int16" }),
        now,
        errorFlags(meter),
      ];
    }
  }
}

/** Values of the last due date and when it was; none before the first one. */
export function dueRecords(meter: UtilityMeter): WritableRecord[] {
  const [last] = meter.due;
  if (last === undefined) return [];
  const counters =
    meter.kind === "heat" ? [energy(last, 1), volume(last, -2, 1)] : [volume(last, meter.kind === "gas" ? -2 : -3, 1)];
  return [...counters, dateOnly(last.at, 1)];
}

function volume({ microlitres }: UtilityCounters, exponent: -2 | -3, storage = 0): WritableRecord {
  const last = exponent === -2 ? 1e7 : 1e6;
  return number("volume", Math.floor(microlitres / last) % 1e8, exponent, { coding: "bcd8", storage });
}

/** kWh. */
function energy({ joules }: UtilityCounters, storage = 0): WritableRecord {
  return number("energy", Math.floor(joules / 3.6e6), 3, { unit: "Wh", storage });
}

/** Litres an hour. */
function volumeFlow(microlitresPerSecond: number): WritableRecord {
  return number("volume-flow", Math.round((microlitresPerSecond * 3_600) / 1e6), -3, { unit: "m3/h", coding: "int32" });
}

function errorFlags({ status }: UtilityMeter): WritableRecord {
  return number("error-flags", status, 0, { coding: "int16" });
}

interface NumberFields extends Partial<Pick<HeaderFields, "coding" | "storage">> {
  readonly unit?: string;
}

/** `raw` · 10^exponent. */
function number(quantity: string, raw: number, exponent: number, fields: NumberFields = {}): WritableRecord {
  const { unit, coding = "int32", storage = 0 } = fields;
  const vib = vibOf(quantity, { exponent, ...(unit === undefined ? {} : { unit }) });
  return {
    header: recordHeader({ vib, coding, storage }),
    value: { kind: "number", value: ScaledValue.of(raw, exponent) },
  };
}

/** The clock on the wall, to the minute (type F): meters know no zone, and mark summer time. */
function date(second: number, storage = 0): WritableRecord {
  const offset = utcOffset(second);
  const wall = new Date((second + offset) * 1_000);
  return {
    header: recordHeader({ vib: vibOf("date-time"), coding: "int32", storage }),
    value: {
      kind: "date",
      date: {
        type: "F",
        ...dayOf(wall),
        hour: wall.getUTCHours(),
        minute: wall.getUTCMinutes(),
        summerTime: offset === 7_200,
        hundredYear: 0,
      },
    },
  };
}

/** The day alone (type G). */
function dateOnly(second: number, storage: number): WritableRecord {
  const wall = new Date((second + utcOffset(second)) * 1_000);
  return {
    header: recordHeader({ vib: vibOf("date"), coding: "int16", storage }),
    value: { kind: "date", date: { type: "G", ...dayOf(wall) } },
  };
}

function dayOf(wall: Date): { year: number; month: number; day: number } {
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

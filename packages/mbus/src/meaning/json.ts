/**
 * One value in the JSON of `siegel read`.
 *
 * A number is an exact decimal as text, a date is ISO text without zone; both stand in `value`. A text stands in `text`,
 * octets in `bytes`; what the meter marks as invalid is `null` and its octets. An element of a profile has its local `date`.
 */

import { toHex } from "@siegel/wire";
import { dateText } from "../records/dates.ts";
import type { MbusValue } from "./telegram.ts";

export type MbusValueJson = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export function mbusValueJson(value: MbusValue): MbusValueJson {
  const { name, unit, function: kind, storage, tariff, subunit, trust, states, obis, date, recordError } = value;
  return {
    name,
    ...content(value),
    ...(unit === undefined ? {} : { unit: unit.symbol }),
    function: kind,
    storage,
    tariff,
    subunit,
    trust,
    ...(states === undefined ? {} : { states }),
    ...(obis === undefined ? {} : { obis: obis.toString() }),
    ...(date === undefined ? {} : { date: dateText(date) }),
    ...(recordError === undefined ? {} : { error: recordError }),
  };
}

function content({ value }: MbusValue): MbusValueJson {
  switch (value.kind) {
    case "number":
      return { value: value.value.toString() };
    case "text":
      return { text: value.text };
    case "date":
      return { value: dateText(value.date), ...(value.date.isInvalid === true ? { clock: "invalid" } : {}) };
    case "octets":
      return { bytes: toHex(value.bytes) };
    case "invalid":
      return { value: null, bytes: toHex(value.bytes) };
    case "none":
      return { value: null };
  }
}

/**
 * A value that a description found, before it has the trust of its octets; and the units of such values.
 *
 * In: name, number, unit, place.  Out: `MbusValue` with OBIS code and reading where the standard gives one.
 */

import { type MeterId, type NumberReading, ScaledValue, type Trust, type Unit, unitOfSymbol } from "@siegel/readings";
import { obisOfRecord } from "../meaning/obis.ts";
import type { MbusValue } from "../meaning/telegram.ts";
import type { MbusDate } from "../records/dates.ts";
import type { MbusFunction, RecordHeader } from "../records/record.ts";

/** What a field or a decoder reads. */
export interface FoundValue {
  readonly name: string;
  readonly value: MbusValue["value"];
  /** Symbol; of the unit table, or a product of such units. */
  readonly unit?: string | undefined;
  readonly function?: MbusFunction | undefined;
  readonly storage?: number | undefined;
  readonly tariff?: number | undefined;
  readonly subunit?: number | undefined;
  /** What bits of the value say. */
  readonly states?: readonly string[] | undefined;
  /** Local time that the value belongs to. */
  readonly date?: MbusDate | undefined;
  /** The octets of the application data that the value comes from, `[from, to)`. */
  readonly from: number;
  readonly to: number;
}

export interface ValueContext {
  readonly meter: MeterId;
  readonly deviceType: number;
  readonly quality: NumberReading["quality"];
  readonly status: number | undefined;
}

export function valueOfFound(found: FoundValue, trust: Trust, context: ValueContext): MbusValue {
  const { name, value, states, date, function: kind = "instantaneous", storage = 0, tariff = 0, subunit = 0 } = found;
  const unit = found.unit === undefined || found.unit === "" ? undefined : unitOf(found.unit);
  const plain: MbusValue = {
    name,
    value,
    unit,
    function: kind,
    storage,
    tariff,
    subunit,
    trust,
    ...(states === undefined ? {} : { states }),
    ...(date === undefined ? {} : { date }),
  };
  if (value.kind !== "number") return plain;
  const obis = obisOfRecord(headerOf(name, unit, kind, storage, tariff, subunit), context.deviceType);
  if (obis === undefined) return plain;
  const { meter, quality, status } = context;
  const reading: NumberReading = {
    kind: "number",
    meter,
    obis,
    at: undefined,
    status,
    quality,
    trust,
    value: value.value,
    unit,
  };
  return { ...plain, obis, reading };
}

/** The unit of a symbol; a symbol that the table does not have (`m3 °C`) makes a unit of its own. */
function unitOf(symbol: string): Unit {
  const known = unitOfSymbol(symbol) ?? ownUnits.get(symbol);
  if (known !== undefined) return known;
  const made = Object.freeze({ symbol, quantity: symbol, name: Object.freeze({ en: symbol, de: symbol }) });
  if (ownUnits.size < maxOwnUnits) ownUnits.set(symbol, made);
  return made;
}

/** `value` · factor · 10^exponent, exactly. */
export function scaled(value: number | bigint, exponent: number, factor = 1): ScaledValue {
  if (factor === 1) return ScaledValue.of(value, exponent);
  return ScaledValue.of(BigInt(value) * BigInt(factor), exponent);
}

/** A header that says what `obisOfRecord` looks at. */
function headerOf(
  quantity: string,
  unit: Unit | undefined,
  kind: MbusFunction,
  storage: number,
  tariff: number,
  subunit: number,
): RecordHeader {
  return {
    bytes: nothing,
    function: kind,
    storage,
    tariff,
    subunit,
    isRegisterNumber: false,
    coding: "none",
    quantity,
    vib: "",
    modifiers: [],
    unit,
    reads: "raw",
    exponent: 0,
    factor: 1,
    offsets: [],
  };
}

const nothing = new Uint8Array(0);
const ownUnits = new Map<string, Unit>();
const maxOwnUnits = 256;

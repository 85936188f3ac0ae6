/**
 * Values cut from octets by their place: a `FieldRule` and the octets → what they say.
 *
 * In: rules that were checked (./load, the types).  Out: values with the place they come from. A field that reaches behind the
 * end of the octets is left out: meters of one kind send longer and shorter data.
 * Source: for numbers and dates as in records, ../records/numbers.ts and ../records/dates.ts.
 */

import type { MbusValue } from "../meaning/telegram.ts";
import { readDate } from "../records/dates.ts";
import { readBcd, readDigits, readFloat, readSigned, readUnsigned } from "../records/numbers.ts";
import type { FieldRule, FieldType, States } from "./description.ts";
import { type FoundValue, scaled } from "./value.ts";

/** @param base  Where `octets` begin in the application data. */
export function readFields(rules: readonly FieldRule[], octets: Uint8Array, base: number): FoundValue[] {
  const found: FoundValue[] = [];
  for (const rule of rules) {
    const { count = 1, step = 0, storageStep = 1 } = rule.repeat ?? {};
    for (let index = 0; index < count; index++) {
      const at = rule.at + index * step;
      if (at + rule.length > octets.length) break;
      const one = readField(rule, octets, at, base);
      if (one !== undefined)
        found.push(index === 0 ? one : { ...one, storage: (rule.storage ?? 0) + index * storageStep });
    }
  }
  return found;
}

function readField(rule: FieldRule, octets: Uint8Array, at: number, base: number): FoundValue | undefined {
  const { name, unit, storage, tariff, subunit, function: kind, length, absent, bits, type = "unsigned" } = rule;
  const own = octets.slice(at, at + length);
  if (rule.first === "high") own.reverse();
  const raw = rawOf(type, own, bits);
  if (raw === undefined) return undefined;
  const isNumber = typeof raw === "number" || typeof raw === "bigint";
  if (isNumber && absent?.includes(Number(raw)) === true) return undefined;
  const states = isNumber && rule.states !== undefined ? statesOf(rule.states, Number(raw)) : undefined;
  const value: MbusValue["value"] = isNumber
    ? { kind: "number", value: scaled(raw, rule.exponent ?? 0, rule.factor ?? 1) }
    : raw;
  return {
    name,
    value,
    unit,
    function: kind,
    storage,
    tariff,
    subunit,
    states,
    from: base + at,
    to: base + at + length,
  };
}

/** The data of a record, read as another type than the DIF says. */
export function reread(type: FieldType, data: Uint8Array): MbusValue["value"] | undefined {
  const raw = rawOf(type, data, undefined);
  if (typeof raw === "number" || typeof raw === "bigint") return { kind: "number", value: scaled(raw, 0) };
  return raw;
}

/** What the bits and numbers of a state say, lowest bit first. */
export function statesOf(states: States, value: number): readonly string[] {
  const texts: string[] = [];
  for (const [bit, text] of Object.entries(states.bits ?? {})) {
    if (Math.trunc(value / 2 ** Number(bit)) % 2 === 1) texts.push(text);
  }
  for (const { mask, texts: named } of states.numbers ?? []) {
    const text = named[String((value & mask) >>> 0)];
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

function rawOf(
  type: FieldType,
  own: Uint8Array,
  bits: FieldRule["bits"],
): number | bigint | MbusValue["value"] | undefined {
  switch (type) {
    case "unsigned": {
      const number = readUnsigned(own, 0, own.length);
      if (bits === undefined) return number;
      return Math.trunc(Number(number) / 2 ** bits[0]) % 2 ** bits[1];
    }
    case "signed":
      return readSigned(own, 0, own.length);
    case "bcd":
      return readBcd(own, 0, own.length);
    case "float": {
      const value = own.length === 4 ? readFloat(own, 0, 0) : undefined;
      return value === undefined ? undefined : { kind: "number", value };
    }
    case "date": {
      const date = readDate(own, 0, own.length);
      return date === undefined ? undefined : { kind: "date", date };
    }
    case "text":
      return { kind: "text", text: textOf(own) };
    case "octets":
      return { kind: "octets", bytes: own };
  }
}

/** Low octet first, as texts of records are: the last octet is the first letter. Zeros at the end are no letters. */
function textOf(own: Uint8Array): string {
  const letters = [...own].toReversed().filter((octet) => octet !== 0);
  return letters.every((octet) => octet >= 0x20 && octet !== 0x7f)
    ? String.fromCharCode(...letters)
    : readDigits(own, 0, own.length);
}

/**
 * Data sets of a read-out to a telegram: codes, exact values, units, who the meter is.
 *
 * In: a decoded block and what introduced it.  Out: a `Telegram`.
 * Reduced ids (`1.8.0`) lack medium and channel: the caller says the medium. Ids with `*01`, `&12` are stored values of
 * earlier periods: the number becomes group F of the code.
 * What identifies, names or describes is a text, whatever its digits look like: a number would lose its leading zeros.
 * Source: IEC 62056-21 §6.3.11; IEC 62056-61 (ids); captures of Iskra, Landis+Gyr, EMH and Kamstrup meters.
 */

import {
  lowestTrust,
  type MeterId,
  ObisCode,
  type Reading,
  ReadingError,
  type Trust,
  unitOfSymbol,
} from "@siegel/readings";
import { type DataBlock, type DataSet, dataSetsOf } from "../messages/data-set.ts";
import { type Part, partsOfGroup } from "../messages/group.ts";
import type { Telegram, TelegramValue, TelegramWarning, WarningCode } from "./telegram.ts";
import { meterIdOfText } from "./texts.ts";

export interface ReadOutOptions {
  /** Group A of reduced ids; 1 (electricity) unless told. 6 is heat, 7 gas, 8 water. */
  readonly medium?: number | undefined;
}

/**
 * The telegram that these data are.
 *
 * @param header    Identification line, "" when there was none.
 * @param warnings  What the layers below noticed; first in the list.
 */
export function telegramOfReadOut(
  data: DataBlock,
  header = "",
  options: ReadOutOptions = {},
  warnings: readonly WarningCode[] = [],
): Telegram {
  const told = new Map<string, TelegramWarning>();
  const warn = (code: WarningCode, obis?: ObisCode) =>
    told.set(`${code} ${obis}`, obis === undefined ? { code } : { code, obis });
  for (const code of [...warnings, ...data.deviations]) warn(code);
  const dataSets = dataSetsOf(data);
  const meter = meterOf(dataSets);
  const context = { meter, medium: options.medium ?? electricity, warn };
  const values = dataSets.flatMap((dataSet) => valuesOf(dataSet, context));
  return {
    meter,
    at: undefined,
    values,
    trust: lowestTrust(values.map(({ trust }) => trust)),
    warnings: [...told.values()],
    header,
  };
}

/** The code of an id as meters write it; `undefined` for one that is none (`F`, `L.1.a`). */
export function codeOfId(id: string, medium = electricity): ObisCode | undefined {
  const key = `${medium} ${id}`;
  let code = codes.get(key);
  if (code === undefined) {
    code = parsedCode(id, medium) ?? null;
    // Read-outs repeat the same ids; a stranger who invents some empties the memory, and cannot fill it.
    if (codes.size >= maxCodes) codes.clear();
    codes.set(key, code);
  }
  return code ?? undefined;
}

function parsedCode(id: string, medium: number): ObisCode | undefined {
  if (!codeText.test(id)) return undefined;
  try {
    return ObisCode.parse(id, { a: medium });
  } catch (error) {
    if (error instanceof ReadingError) return undefined; // a group above 255
    throw error;
  }
}

interface Context {
  readonly meter: MeterId | undefined;
  readonly medium: number;
  readonly warn: (code: WarningCode, obis?: ObisCode) => void;
}

function valuesOf({ id, groups }: DataSet, { meter, medium, warn }: Context): readonly TelegramValue[] {
  const obis = codeOfId(id, medium);
  const isText = obis !== undefined && isDescription(obis);
  if (isFaultRegister(id) && groups.some((group) => /[1-9A-Fa-f]/.test(group))) warn("error-register", obis);
  return groups
    .flatMap((group) => partsOfGroup(group))
    .map((part, index) => {
      const unit = part.unit === undefined ? undefined : unitOfMeter(part.unit);
      if (part.unit !== undefined && part.unit !== "" && unit === undefined) warn("unknown-unit", obis);
      const reading = obis === undefined ? undefined : readingOf({ part, obis, meter, isText, trust: "clear" });
      return { id, index, obis, reading, text: part.text, unit, trust: "clear" };
    });
}

/** A part as a reading; `undefined` when the meter sent nothing. */
function readingOf(a: {
  readonly part: Part;
  readonly obis: ObisCode;
  readonly meter: MeterId | undefined;
  readonly isText: boolean;
  readonly trust: Trust;
}): Reading | undefined {
  const { part, obis, meter, trust } = a;
  if (part.text === "") return undefined;
  const base = { meter, obis, at: undefined, quality: "valid", trust } as const;
  if (part.number === undefined || (a.isText && part.unit === undefined)) {
    return { ...base, kind: "text", value: part.text };
  }
  const unit = part.unit === undefined ? undefined : unitOfMeter(part.unit);
  return { ...base, kind: "number", value: part.number, unit };
}

/** The unit that a D0 meter means: `C` beside a temperature is no coulomb. */
function unitOfMeter(text: string): ReturnType<typeof unitOfSymbol> {
  return unitOfSymbol(meantBy[text] ?? text);
}

/** Who the meter is, from the first of the objects that say so. */
function meterOf(dataSets: readonly DataSet[]): MeterId | undefined {
  for (const id of identityIds) {
    const text = dataSets.find((dataSet) => id.test(dataSet.id))?.groups[0]?.trim();
    const meter = text === undefined || text === "" ? undefined : meterIdOfText(text);
    if (meter !== undefined) return meter;
  }
  return undefined;
}

/** Names, numbers of devices, versions, dates and states: texts. */
function isDescription({ a, c, d }: ObisCode): boolean {
  if (c === 0) return a === 0 || d === 0 || d === 2 || d === 9;
  return (c === 96 && (d === 1 || d === 13 || d === 5)) || c === 97;
}

function isFaultRegister(id: string): boolean {
  return /^(?:\d-\d:)?(?:F\.F|97\.97)(?:\.0)?(?:\*255)?$/.test(id);
}

const electricity = 1;
const codes = new Map<string, ObisCode | null>();
const maxCodes = 4_096;
const codeText = /^[0-9CFLP][0-9CFLP.:*&-]*$/;
const meantBy: Readonly<Record<string, string>> = {
  C: "°C",
  Deg: "°",
  secs: "s",
  sec: "s",
  kVar: "kvar",
  kVarh: "kvarh",
};
/** In the order in which they are believed: device number, then owner's number. */
const identityIds: readonly RegExp[] = [
  /^(?:0-0:)?96\.1\.(?:0|255)(?:\*255)?$/,
  /^(?:1-0:)?0\.0\.0(?:\*255)?$/,
  /^C\.1(?:\.0)?$/,
  /^0\.0$/,
  /^(?:0-0:)?96\.1\.1(?:\*255)?$/,
];

/**
 * Exact decimals as a person reads them: digits grouped and pointed as the language does, nothing lost on the way.
 *
 * Why no number anywhere: a total of 12 digits with a tenth of a watt hour is at the edge of a double, and a figure on a
 * bill must be the figure that was measured. `Intl` takes decimal text and keeps each digit.
 */

import type { ScaledValue } from "@siegel/readings";

export type Language = "de" | "en";

/** What stands where there is no value. */
export const noValue = "–";

/** A value with its unit, scaled for people: energy in kWh, everything else as it comes. */
export interface Quantity {
  readonly value: ScaledValue;
  readonly unit: string;
}

/** Wh → kWh, Ws … stay. Only the scaler moves. */
export function forPeople(value: ScaledValue, unit: string): Quantity {
  const kilo = kilos[unit];
  return kilo === undefined ? { value, unit } : { value: value.timesPowerOfTen(-3), unit: kilo };
}

/** The unit that `forPeople` gives, as it is printed: `m³` for `m3`. */
export function unitForPeople(unit: string): string {
  return kilos[unit] ?? unit.replace(/m3(?=\/|$)/, "m³");
}

/**
 * Text of a value.
 *
 * @param digits  Digits after the point; a value with more is rounded half away from zero. `undefined` keeps all.
 */
export function formatDecimal(value: ScaledValue, language: Language, digits?: number): string {
  const exact = Math.max(0, -value.scaler);
  const count = Math.min(digits ?? exact, 20);
  // `toString` of a scaled value is a decimal literal, which the type of `format` cannot see.
  return formatterOf(language, count).format(value.toString() as `${number}`);
}

/** A plain count, such as 96 quarter hours. */
export function formatCount(count: number, language: Language): string {
  return formatterOf(language, 0).format(count);
}

export function localeOf(language: Language): string {
  return language === "de" ? "de-DE" : "en-GB";
}

function formatterOf(language: Language, digits: number): Intl.NumberFormat {
  const key = `${language} ${digits}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    formatter = new Intl.NumberFormat(localeOf(language), fixed);
    formatters.set(key, formatter);
  }
  return formatter;
}

const kilos: Readonly<Record<string, string>> = { Wh: "kWh", varh: "kvarh", VAh: "kVAh" };
const formatters = new Map<string, Intl.NumberFormat>();

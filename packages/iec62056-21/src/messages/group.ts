/**
 * What stands in one pair of parentheses: values, each with its unit.
 *
 * In: the text of a group.  Out: parts; a number where the part is one, exact to the last digit.
 * Source: IEC 62056-21 §6.3.11 (value, `*`, unit); captures for `&` and `#` between values, a blank before the unit,
 * leading blanks, zeros and `+`, and no value at all.
 */

import { ScaledValue } from "@siegel/readings";

export interface Part {
  /** Without blanks around it; "" when the meter sent no value. */
  readonly text: string;
  /** The unit as written. */
  readonly unit: string | undefined;
  /** The text as a number: `undefined` when it is none. `0008048.375` keeps scaler −3. */
  readonly number: ScaledValue | undefined;
}

/** `088*C&082*C` is two parts, `0029.055*MWh` one, "" one without text. */
export function partsOfGroup(group: string): readonly Part[] {
  if (!joined.test(group)) return [partOf(group)];
  return group.split(joined).map(partOf);
}

/** The inverse for a single part. */
export function groupOfPart(value: string, unit?: string): string {
  return unit === undefined ? value : `${value}*${unit}`;
}

/** The number that a text is, `undefined` when it is none or has more digits than any meter. */
export function numberOf(text: string): ScaledValue | undefined {
  // Most texts are no numbers: an error for each would cost more than reading them.
  return decimal.test(text) ? ScaledValue.parse(text) : undefined;
}

function partOf(written: string): Part {
  const star = written.lastIndexOf("*");
  if (star >= 0) {
    const text = written.slice(0, star).trim();
    return { text, unit: written.slice(star + 1).trim(), number: numberOf(text) };
  }
  const text = written.trim();
  const spaced = valueAndUnit.exec(text);
  if (spaced !== null) return { text: spaced[1]!, unit: spaced[2]!, number: numberOf(spaced[1]!) };
  return { text, unit: undefined, number: numberOf(text) };
}

const joined = /[&#]/;
const decimal = /^[+-]?(?=.{0,40}$)(?=\.?\d)\d*\.?\d*$/;
/** `000285.4 kWh`: a number, a blank, and something that begins as a unit does. */
const valueAndUnit = /^([+-]?\d[\d.]*) +([A-Za-zµ°Ω%][^ ]*)$/;

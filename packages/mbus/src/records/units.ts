/**
 * Units that VIFEs make of other units: kWh per day, V·s.
 *
 * Not here: the table of units (readings). What stands in it is taken from there, so that m3 per h is the unit m3/h.
 * The number is not changed: "per day" stays per day, since a month or a pulse is no number of seconds.
 */

import { type Unit, unitOfSymbol } from "@siegel/readings";
import type { VifModifier } from "./vife-tables.ts";

/** The unit with the modifier's part; of no unit, the part alone (`1/d`, `s`). */
export function derivedUnit(unit: Unit | undefined, modifier: VifModifier & { kind: "per" | "times" }): Unit {
  const symbol = modifier.kind === "per" ? `${unit?.symbol ?? "1"}/${modifier.what}` : timesSymbol(unit, modifier.what);
  return (
    unitOfSymbol(symbol) ??
    Object.freeze({
      symbol,
      quantity: `${unit?.quantity ?? "count"} ${modifier.kind} ${modifier.what}`,
      name: Object.freeze({ en: symbol, de: symbol }),
    })
  );
}

function timesSymbol(unit: Unit | undefined, what: string): string {
  return unit === undefined ? what : `${unit.symbol} ${what}`;
}

/**
 * One stable English name for what a record measures: `volume`, `flow-temperature`, `voltage-phase-1`,
 * `volume-flow-duration-of-last-exceeding-of-upper-limit`.
 *
 * In: a header.  Out: a name in small letters and hyphens. It begins with the quantity of the VIF tables; what VIFEs add
 * follows in their order. Programs may key on names: they do not change, new ones may come.
 * Not in the name, since they are fields of their own: function, storage, tariff, subunit, unit; nor what changes only the
 * number (multiples) or nothing ("standard conform").
 * What no table knows is told apart by its octets: `unknown-fb38`, `manufacturer-a015`, `…-vife-44`.
 */

import type { RecordHeader } from "../records/record.ts";
import type { VifModifier } from "../records/vife-tables.ts";

export function nameOfRecord(header: RecordHeader): string {
  return [baseName(header), ...header.modifiers.map((modifier) => suffix(header, modifier))].join("");
}

function baseName({ quantity, vib, text }: RecordHeader): string {
  if (quantity === "unknown" && vib !== "") return `unknown-${vib}`;
  if (quantity === "plain-text") return `plain-text:${text ?? ""}`;
  return quantity;
}

function suffix({ quantity }: RecordHeader, modifier: VifModifier): string {
  switch (modifier.kind) {
    case "qualifier":
      return modifier.name === "standard-conform" ? "" : `-${modifier.name}`;
    case "per":
    case "times":
      return `-${modifier.kind}-${modifier.what.replaceAll(" ", "").toLowerCase()}`;
    case "profile":
      return "-profile";
    case "action":
      return `-${modifier.action}`;
    case "manufacturer": {
      const codes = modifier.codes.map((code) => code.toString(16).padStart(2, "0")).join("");
      return quantity === "manufacturer" ? `-${codes}` : `-manufacturer${codes === "" ? "" : `-${codes}`}`;
    }
    case "unknown":
      // The octets of an unknown VIF are in its name already.
      if (quantity === "unknown") return "";
      return `-${modifier.table}-${modifier.code.toString(16).padStart(2, "0")}`;
    case "factor":
    case "plus":
      return "";
  }
}

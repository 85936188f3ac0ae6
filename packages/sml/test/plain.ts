/** A decoded value as one comparable text: octets in hex, large integers marked, absent fields left out, fields by name. */

import { toHex } from "@siegel/wire";

export function plain(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (field instanceof Uint8Array) return `x${toHex(field)}`;
    if (typeof field === "bigint") return `${field}n`;
    return Object.prototype.toString.call(field) === "[object Object]" ? sorted(field as object) : field; // just told
  });
}

function sorted(record: object): object {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

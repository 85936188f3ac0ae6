/**
 * The status word that electricity meters send beside their total registers.
 *
 * Two families: FNN (24 or 32 bits) and EDL (8 or 16 bits). SML itself leaves the word to the maker; these bits were
 * confirmed on captures of many makers. Very old Hager meters (8 bits) follow neither.
 * Source: FNN Lastenheft Basiszähler, status word; public captures.
 */

import type { SmlStatus } from "../messages/value.ts";

export interface MeterStatus {
  readonly family: "FNN" | "EDL";
  /** Total active power flows out of the house. */
  readonly exporting: boolean;
  /** The same for L1, L2, L3; FNN only. */
  readonly exportingByPhase?: readonly [boolean, boolean, boolean];
  /** Flags that are set, by name; FNN only. */
  readonly flags: readonly StatusFlag[];
}

/** Flags of the FNN status word, by bit. */
export const statusFlags = {
  8: "under-load",
  9: "magnetic-influence",
  10: "cover-opened",
  11: "export",
  12: "export-L1",
  13: "export-L2",
  14: "export-L3",
  15: "wrong-rotating-field",
  17: "fatal-error",
  18: "voltage-L1",
  19: "voltage-L2",
  20: "voltage-L3",
} as const;
export type StatusFlag = (typeof statusFlags)[keyof typeof statusFlags];

/** Reads the bits of a status word. */
export function meterStatus(status: SmlStatus): MeterStatus {
  const bits = BigInt(status.bits);
  const isSet = (bit: number) => ((bits >> BigInt(bit)) & 1n) === 1n;
  if (!isFnn(status)) return { family: "EDL", exporting: isSet(5), flags: [] };
  const flags = Object.entries(statusFlags).flatMap(([bit, flag]) => (isSet(Number(bit)) ? [flag] : []));
  return { family: "FNN", exporting: isSet(11), exportingByPhase: [isSet(12), isSet(13), isSet(14)], flags };
}

/**
 * By width. An encoder that drops leading zero bytes can bring an FNN word without voltage down to two bytes: its low
 * byte is always 04 then, which no EDL word seen has.
 */
function isFnn(status: SmlStatus): boolean {
  return (
    status.byteLength === 3 ||
    status.byteLength === 4 ||
    (Number(BigInt(status.bits) & 0xffn) === 0x04 && status.byteLength === 2)
  );
}

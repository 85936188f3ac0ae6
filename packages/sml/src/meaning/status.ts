/**
 * The status word that electricity meters send beside their total registers.
 *
 * Two families: FNN (up to 32 bits) and EDL (8 to 24 bits). SML itself leaves the word to the maker; these bits were
 * confirmed on captures of many makers. Very old Hager meters (8 bits) follow neither.
 * Source: as observed; every capture of FNN and EDL meters at hand agrees with these bits (docs/limits.md).
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
  /** A fatal error or a magnetic field: what the meter counts meanwhile is suspect; FNN only. */
  readonly reportsFault: boolean;
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
  const bits = low32(status.bits);
  if (!isFnn(status, bits))
    return { family: "EDL", exporting: (bits & edlExport) !== 0, flags: [], reportsFault: false };
  const flags: StatusFlag[] = [];
  for (const [mask, flag] of flagsByMask) if ((bits & mask) !== 0) flags.push(flag);
  return {
    family: "FNN",
    exporting: (bits & (1 << 11)) !== 0,
    exportingByPhase: [(bits & (1 << 12)) !== 0, (bits & (1 << 13)) !== 0, (bits & (1 << 14)) !== 0],
    flags,
    reportsFault: (bits & faultBits) !== 0,
  };
}

/**
 * By the low byte: every FNN word seen ends in 04, no EDL word does. The width does not tell: EDL words come in three
 * bytes too (ISKRA MT175 exports with 0x0101a2), an encoder that drops leading zeros brings FNN words down to two, and
 * the status of a profile is declared with eight.
 */
function isFnn({ byteLength }: SmlStatus, bits: number): boolean {
  return byteLength >= 2 && (bits & 0xff) === 0x04;
}

/** The low 32 bits, as the bit operators take them. No flag stands above. */
function low32(bits: number | bigint): number {
  return typeof bits === "number" ? (bits % 2 ** 32) | 0 : Number(BigInt.asIntN(32, bits));
}

const flagsByMask = Object.entries(statusFlags).map(([bit, flag]) => [1 << Number(bit), flag] as const);
const edlExport = 1 << 5;
/** Fatal error and magnetic influence. */
const faultBits = (1 << 17) | (1 << 9);

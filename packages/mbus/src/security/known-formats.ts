/**
 * Formats of compact frames that meters use before they have sent a full frame.
 *
 * Only Kamstrup's water meters here, whose full frames come rarely. Each line proves itself: its checksum is its signature.
 * Source: public telegrams of these meters.
 */

import type { Trust } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";

/** The headers of a signature, as meters of this maker use it. Ours, so they lower nobody's trust. */
export function knownFormat(
  meter: MeterAddress,
  signature: number,
): { readonly headers: Uint8Array; readonly trust: Trust } | undefined {
  return makers.has(meter.manufacturer) ? known.get(signature) : undefined;
}

/** All of them, for the test that holds each to its signature. */
export const knownFormats: readonly (readonly [number, string])[] = [
  [0xa8ed, "02ff2004134413615b6167"],
  [0xc412, "02ff20041392013ba1015b8101e7ff0f"],
  [0x61eb, "02ff2004134413a1015b8101e7ff0f"],
  [0xd2f7, "02ff2004134413615b5167"],
  [0xdd34, "02ff2004134413"],
];
const known = new Map(
  knownFormats.map(([signature, hex]) => [signature, { headers: fromHex(hex), trust: "signed" as const }]),
);
/** KAM and KAW. */
const makers: ReadonlySet<number> = new Set([0x2c2d, 0x2c37]);

/** Instants and octets as the contract writes them. */

import { Instant } from "@siegel/readings";
import { toHex } from "@siegel/wire";

export function instantText(epochMs: number): string {
  return Instant.ofEpochMs(epochMs).toString();
}

export function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}

export const hex = toHex;

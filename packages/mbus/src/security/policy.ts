/**
 * The least that a meter's telegrams have to be protected.
 *
 * A meter that is set up for mode 7 never sends less, so what comes with less in its name was made by somebody else. Without
 * this floor an attacker would choose the weakest protection that a receiver knows: none.
 */

import { trustLevels } from "@siegel/readings";
import type { Protection } from "../meaning/telegram.ts";

export interface PolicyFloor {
  /** "encrypted": mode 5 and better. "authenticated": a MAC or tag over everything. */
  readonly minimum: "clear" | "encrypted" | "authenticated";
  /** Octets of MAC or tag, where `minimum` is "authenticated"; 8 unless told. */
  readonly minTagBytes?: number;
  /** Whether clear text may follow the protected part; true for "encrypted" unless told, false for "authenticated". */
  readonly clearParts?: boolean;
}

/** Whether a telegram with these ranges is above the floor. Said of headers alone, before anything is decrypted. */
export function isAboveFloor(
  floor: PolicyFloor,
  protections: readonly Protection[],
  tagBytes: number | undefined,
): boolean {
  const wanted = trustLevels.indexOf(floor.minimum);
  if (wanted === 0) return true;
  const reaches = ({ trust }: Protection): boolean => trustLevels.indexOf(trust) >= wanted;
  if (floor.minimum === "authenticated" && protections.length > 0 && (tagBytes ?? 0) < (floor.minTagBytes ?? 8))
    return false;
  if (floor.clearParts ?? floor.minimum === "encrypted") return protections.length === 0 || protections.some(reaches);
  return protections.every(reaches);
}

/**
 * The radio meters of a lab, known before they run: ids and keys as `serveRadioMeters` has them for the same seed.
 *
 * In: a seed.  Out: for each meter its id (`01 M2 ID4 V T`), its key, and how well its telegrams are protected.
 * Not here: the meters themselves. This file is a door of its own so that who only asks for names loads little.
 */

import { MeterId } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import type { UtilityKind } from "../utility/utility-meter.ts";
import { type MbusIdentity, mbusIdentityOf, mbusKeyOf } from "./identity.ts";

/** A gas meter of profile B, a water meter of profile A and a heat meter of profile D. */
export const usualRadioMeters = [
  { kind: "gas", profile: "B" },
  { kind: "water", profile: "A" },
  { kind: "heat", profile: "D" },
] as const satisfies readonly { readonly kind: UtilityKind; readonly profile: string }[];

export interface RadioStreetMeter {
  readonly kind: UtilityKind;
  readonly id: MeterId;
  /** 16 octets; a lab's key is no secret. */
  readonly key: Uint8Array;
  /** Profile A has no MAC. */
  readonly protection: "encrypted" | "authenticated";
}

export function radioStreet(seed: number | string): readonly RadioStreetMeter[] {
  return usualRadioMeters.map(({ kind, profile }, index) => {
    const own = radioSeed(seed, index);
    return {
      kind,
      id: radioMeterId(mbusIdentityOf(own, kind)),
      key: mbusKeyOf(own, kind),
      protection: profile === "A" ? "encrypted" : "authenticated",
    };
  });
}

/** The id that its readings carry: `01 M2 ID4 V T`. */
export function radioMeterId({ id, manufacturer: m, version, deviceType }: MbusIdentity): MeterId {
  return MeterId.of(Uint8Array.of(0x01, m & 0xff, m >> 8, ...fromHex(id).toReversed(), version, deviceType));
}

/** The seed of one meter among those of a radio. */
export function radioSeed(seed: number | string, index: number): string {
  return `${seed}/${index}`;
}

/**
 * Who a virtual M-Bus meter is, from its seed, and its key.
 *
 * The maker's letters `SGL` are not assigned by FLAG: they mark this lab. Keys are drawn from the seed, too: anybody can
 * compute them, as a lab's keys may be.
 */

import { numberOfMaker } from "@siegel/readings";
import { Random } from "../random.ts";
import { labMaker } from "../sml/identity.ts";
import type { UtilityKind } from "../utility/utility-meter.ts";

export interface MbusIdentity {
  /** Eight digits, as printed on the meter. */
  readonly id: string;
  readonly manufacturer: number;
  readonly version: number;
  /** EN 13757-3: 3 gas, 4 heat, 7 water, 0x21 valve. */
  readonly deviceType: number;
}

export const mbusDeviceTypes = { gas: 0x03, heat: 0x04, water: 0x07, valve: 0x21 } as const satisfies Record<
  UtilityKind | "valve",
  number
>;

export function mbusIdentityOf(seed: number | string, kind: keyof typeof mbusDeviceTypes): MbusIdentity {
  const random = Random.of(seed).fork("mbus identity").fork(kind);
  const id = random.whole(1, 99_999_999).toString().padStart(8, "0");
  return { id, manufacturer: numberOfMaker(labMaker), version: 1, deviceType: mbusDeviceTypes[kind] };
}

/** 16 octets of the meter's key. */
export function mbusKeyOf(seed: number | string, kind: keyof typeof mbusDeviceTypes): Uint8Array {
  const random = Random.of(seed).fork("mbus key").fork(kind);
  return Uint8Array.from({ length: 16 }, () => random.whole(0, 255));
}

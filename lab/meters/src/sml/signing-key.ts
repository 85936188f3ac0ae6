/** The key of a virtual meter, from its seed. Whoever knows the seed can sign as this meter, which is what a lab needs. */

import { MeterSigningKey } from "@siegel/crypto/testing";
import type { Curve } from "@siegel/sml";
import { Random } from "../random.ts";

/** The key that this meter signs with. */
export function signingKeyOf(seed: number | string, curve: Curve): MeterSigningKey {
  const random = Random.of(seed).fork("sml signing key");
  return MeterSigningKey.fromSeed({ curve, seed: Uint8Array.from({ length: 32 }, () => random.whole(0, 255)) });
}

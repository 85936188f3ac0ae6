/** A meter's public key, and the check of what the meter signed, without Node. Answers as ../meter-public-key.ts does. */

import type { MeterCurve } from "../curves.ts";
import { signatureOf } from "../ecdsa-signature.ts";
import { meterPointOf } from "../meter-point.ts";
import { type PublicPoint, spkiOf } from "../public-point.ts";
import { holds, multiplesOfKey } from "./ecdsa.ts";
import type { Multiples } from "./jacobian.ts";
import { sha256 } from "./sha2.ts";

/** Only `parse` makes one, and only from a point on the curve; so whoever holds one need not ask again. */
export class MeterPublicKey {
  readonly #point: PublicPoint<MeterCurve>;
  #multiples: Multiples | undefined;

  private constructor(point: PublicPoint<MeterCurve>) {
    this.#point = point;
  }

  /** @throws {KeyError} "bad-length", "bad-encoding", "other-key", "coordinate-out-of-range" or "not-on-curve". */
  static parse(octets: Uint8Array): MeterPublicKey {
    return new MeterPublicKey(meterPointOf(octets));
  }

  get curve(): MeterCurve {
    return this.#point.numbers.curve;
  }

  /** x‖y, 48 or 64 octets: as meters print and send it. A copy. */
  toRaw(): Uint8Array {
    return this.#point.octets.slice(1);
  }

  /** SubjectPublicKeyInfo in DER, 75 or 91 octets. */
  toSpki(): Uint8Array {
    return spkiOf(this.#point);
  }

  /** Whether the holder of the private key signed this message: ECDSA over SHA-256, r‖s. */
  verify(check: { readonly message: Uint8Array; readonly signature: Uint8Array }): boolean {
    const { numbers, x, y } = this.#point;
    const parsed = signatureOf(numbers, check.signature, "raw");
    if (parsed === undefined) return false;
    this.#multiples ??= multiplesOfKey(numbers, x, y);
    return holds(numbers, this.#multiples, sha256([check.message]), parsed);
  }
}

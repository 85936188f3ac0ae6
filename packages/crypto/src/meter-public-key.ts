/**
 * A meter's public key, and the check of what the meter signed.
 *
 * In: the key as it is printed, sent or certified; a message and a raw signature.  Out: yes or no.
 * Not here: which octets of a telegram a meter signs (sml), whose key it is (pki), keys of our own.
 * Why P-192 at all: meters built for ten years and more sign with it (EDL40 among them), and their readings can be
 * checked in no other way. It gives about 96 bits of strength, is verified only, and nothing of ours is made with it.
 * Source: FIPS 186-4 §6.4 (ECDSA; leftmost bits of the hash where the hash is longer than n).
 */

import { createPublicKey, type KeyObject, verify } from "node:crypto";

import type { MeterCurve } from "./curves.ts";
import { meterPointOf } from "./meter-point.ts";
import { type PublicPoint, spkiOf } from "./public-point.ts";

/** Only `parse` makes one, and only from a point on the curve; so whoever holds one need not ask again. */
export class MeterPublicKey {
  readonly #point: PublicPoint<MeterCurve>;
  /** Parsed once: parsing at every check costs about a quarter of it. */
  readonly #handle: KeyObject;

  private constructor(point: PublicPoint<MeterCurve>) {
    this.#point = point;
    this.#handle = createPublicKey({ key: Buffer.from(spkiOf(point)), format: "der", type: "spki" });
  }

  /**
   * The key in one of three spellings, told apart by length:
   * x‖y (48 or 64 octets), 04‖x‖y (49 or 65) or SubjectPublicKeyInfo in DER (75 or 91).
   *
   * @throws {KeyError} "bad-length", "bad-encoding", "other-key", "coordinate-out-of-range" or "not-on-curve".
   * @source SEC 1 §2.3.4 (uncompressed point), §3.2.2.1 (validation; both groups have cofactor 1); RFC 5480 §2 (SPKI).
   */
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

  /**
   * Whether the holder of the private key signed this message: ECDSA over SHA-256 (P-192: its leftmost 192 bits).
   *
   * @param check.message    What was signed, not its hash.
   * @param check.signature  r‖s, 48 or 64 octets, big-endian. Not DER.
   * @returns  False for any other length, and for r or s that is zero or not below n.
   *           With (r, s) also (r, n − s) is valid: that is ECDSA. So a signature proves who signed what, and must never
   *           serve as an identifier of the message.
   */
  verify(check: { readonly message: Uint8Array; readonly signature: Uint8Array }): boolean {
    return verify("sha256", check.message, { key: this.#handle, dsaEncoding: "ieee-p1363" }, check.signature);
  }
}

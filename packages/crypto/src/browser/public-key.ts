/**
 * A public key on one of the five curves, and the check of what was signed with it, without Node.
 *
 * Answers as ../verify/public-key.ts does, and says there what each part means. A check takes some milliseconds and does
 * not pause.
 */

import { type CurveName, curves } from "../curves.ts";
import { signatureOf } from "../ecdsa-signature.ts";
import type { SignatureCheck } from "../names.ts";
import { pointOf, pointOfSpki, type PublicPoint, spkiOf } from "../public-point.ts";
import { digest, equalSecrets } from "./digest.ts";
import { holds, multiplesOfKey } from "./ecdsa.ts";
import type { Multiples } from "./jacobian.ts";

/** Only made from a point on the curve; so whoever holds one need not ask again. */
export class PublicKey {
  readonly #point: PublicPoint;
  #multiples: Multiples | undefined;

  private constructor(point: PublicPoint) {
    this.#point = point;
  }

  /** @throws {KeyError} "other-key", "bad-encoding", "coordinate-out-of-range" or "not-on-curve". */
  static fromSpki(der: Uint8Array): PublicKey {
    return new PublicKey(pointOfSpki(der));
  }

  /** @throws {KeyError} "bad-length", "bad-encoding", "coordinate-out-of-range" or "not-on-curve". */
  static fromPoint(curve: CurveName, point: Uint8Array): PublicKey {
    return new PublicKey(pointOf(curves[curve], point));
  }

  get curve(): CurveName {
    return this.#point.numbers.curve;
  }

  /** SubjectPublicKeyInfo in DER. A copy. */
  toSpki(): Uint8Array {
    return spkiOf(this.#point);
  }

  /** 04‖x‖y. A copy. */
  toPoint(): Uint8Array {
    return Uint8Array.from(this.#point.octets);
  }

  /** 20 octets: leftmost 160 bits of SHA-256 of 04‖x‖y. Source: RFC 7093 §2, method 1. A copy. */
  get keyId(): Uint8Array {
    return digest("SHA-256", this.#point.octets).slice(0, 20);
  }

  /** The same point on the same curve. */
  equals(other: PublicKey): boolean {
    return this.curve === other.curve && equalSecrets(this.#point.octets, other.#point.octets);
  }

  /** Whether the holder of the private key signed this message. */
  async verify({ hash, message, signature, encoding = "der" }: SignatureCheck): Promise<boolean> {
    const { numbers, x, y } = this.#point;
    const parsed = signatureOf(numbers, signature, encoding);
    if (parsed === undefined) return false;
    this.#multiples ??= multiplesOfKey(numbers, x, y);
    return holds(numbers, this.#multiples, digest(hash, message), parsed);
  }
}

/**
 * A public key on one of the five curves, and the check of what was signed with it, by Node.
 *
 * In: a key as it stands in a certificate; a message and a signature.  Out: yes or no, off the event loop.
 * Not here: whose key it is (pki). The same door in a browser: ../browser/public-key.ts.
 * Why a callback: `crypto.verify` with one goes to the thread pool; a brainpool check takes a third of a millisecond, and
 * 64 of them in flight use all cores (5,300/s on two).
 * Source: FIPS 186-4 §6.4 (ECDSA; leftmost bits of the hash where it is longer than n).
 */

import { createPublicKey, type KeyObject, verify } from "node:crypto";

import { type CurveName, curves } from "../curves.ts";
import { derOfRaw, signatureOf } from "../ecdsa-signature.ts";
import type { SignatureCheck } from "../names.ts";
import { pointOf, pointOfSpki, type PublicPoint, spkiOf } from "../public-point.ts";
import { digest, equalSecrets, nodeHashes } from "./digest.ts";

/** The library's key, for ../handles.ts. Without its type, so that our declarations ask nobody for Node's. */
export let handleOf: (key: PublicKey) => object;

/** Only made from a point on the curve; so whoever holds one need not ask again. */
export class PublicKey {
  static {
    handleOf = (key) => key.#handle;
  }

  readonly #point: PublicPoint;
  /** Parsed by the library once, at its first use: parsing at every check costs about a quarter of it. */
  #cached: KeyObject | undefined;

  private constructor(point: PublicPoint) {
    this.#point = point;
  }

  /**
   * The key in one whole SubjectPublicKeyInfo: named curve, uncompressed point.
   *
   * @throws {KeyError} "other-key", "bad-encoding", "coordinate-out-of-range" or "not-on-curve".
   */
  static fromSpki(der: Uint8Array): PublicKey {
    return new PublicKey(pointOfSpki(der));
  }

  /**
   * The key with this point 04‖x‖y.
   *
   * @throws {KeyError} "bad-length", "bad-encoding", "coordinate-out-of-range" or "not-on-curve".
   */
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

  /**
   * Whether the holder of the private key signed this message.
   *
   * The octets are read before it returns: later writes to them change nothing.
   *
   * @returns  False for any signature that is not strict DER (or r‖s, where asked for), or not of this curve's size.
   *           With (r, s) also (r, n − s) is valid: that is ECDSA. So a signature must never serve as an identifier.
   */
  verify({ hash, message, signature, encoding = "der" }: SignatureCheck): Promise<boolean> {
    if (signatureOf(this.#point.numbers, signature, encoding) === undefined) return Promise.resolve(false);
    const der = encoding === "raw" ? derOfRaw(signature) : signature;
    return new Promise((resolve, reject) => {
      // The key alone, not in an object that asks for a conversion: that would take 60 µs of the event loop's time each.
      verify(nodeHashes[hash], message, this.#handle, der, (error, holds) => {
        if (error === null) resolve(holds);
        else reject(error); // out of memory or the like: not a statement about the signature
      });
    });
  }

  get #handle(): KeyObject {
    this.#cached ??= createPublicKey({ key: Buffer.from(this.toSpki()), format: "der", type: "spki" });
    return this.#cached;
  }
}

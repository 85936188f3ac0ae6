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
import { derOfRaw, rawSignatureOf } from "../ecdsa-signature.ts";
import type { SignatureCheck } from "../names.ts";
import { onCurve, type SpelledPoint, spelled, spelledInSpki, spkiOf } from "../public-point.ts";
import { digest, equalSecrets, nodeHashes } from "./digest.ts";

/** The library's key, for ../handles.ts. Without its type, so that our declarations ask nobody for Node's. */
export let handleOf: (key: PublicKey) => object;

/** Only made from a point on the curve; so whoever holds one need not ask again. */
export class PublicKey {
  static {
    handleOf = (key) => key.#handle;
  }

  readonly #point: SpelledPoint;
  /** Taken in by the library once: at every check it would cost about a quarter of it. */
  readonly #handle: KeyObject;

  private constructor(point: SpelledPoint) {
    this.#point = point;
    this.#handle = takenIn(point);
  }

  /**
   * The key in one whole SubjectPublicKeyInfo: named curve, uncompressed point.
   *
   * @throws {KeyError} "other-key", "bad-encoding", "coordinate-out-of-range" or "not-on-curve".
   */
  static fromSpki(der: Uint8Array): PublicKey {
    return new PublicKey(spelledInSpki(der));
  }

  /**
   * The key with this point 04‖x‖y.
   *
   * @throws {KeyError} "bad-length", "bad-encoding", "coordinate-out-of-range" or "not-on-curve".
   */
  static fromPoint(curve: CurveName, point: Uint8Array): PublicKey {
    return new PublicKey(spelled(curves[curve], point));
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
    if (rawSignatureOf(this.#point.numbers, signature, encoding) === undefined) return Promise.resolve(false);
    const der = encoding === "raw" ? derOfRaw(signature) : signature;
    return new Promise((resolve, reject) => {
      // The key alone, not in an object that asks for a conversion: that would take 60 µs of the event loop's time each.
      verify(nodeHashes[hash], message, this.#handle, der, (error, holds) => {
        if (error === null) resolve(holds);
        else reject(error); // out of memory or the like: not a statement about the signature
      });
    });
  }
}

/**
 * The library's key, which it makes only of a point on the curve (SEC 1 §2.3.4); a refusal gets its reason from our own
 * arithmetic, which would take half as long again on every key.
 *
 * Why PEM: for octets the library first asks, by exceptions that it throws and catches, whether they are some object of its
 * own; for a text it does not. That is a third of the time.
 */
function takenIn(point: SpelledPoint): KeyObject {
  const base64 = Buffer.from(spkiOf(point)).toString("base64");
  try {
    return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`);
  } catch (error) {
    onCurve(point);
    throw error; // not the point's fault: out of memory or the like
  }
}

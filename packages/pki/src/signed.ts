/** What certificates, lists and requests have in common: octets, a signature over them, and an algorithm said twice. */

import { type HashName, KeyError, PublicKey } from "@siegel/crypto/verify";
import { DecodeError } from "@siegel/wire";

/** Octets that were signed, and the signature as it stands in the structure. */
export interface SignedOctets {
  readonly octets: Uint8Array;
  readonly hash: HashName;
  readonly signature: Uint8Array;
}

/**
 * RFC 5280 §4.1.1.2: the algorithm outside, which is not signed, is the one inside.
 *
 * @throws {DecodeError} "not-canonical" where they differ.
 */
export function sameAlgorithm(inside: HashName, outside: HashName, path: string): HashName {
  if (inside !== outside) throw new DecodeError("not-canonical", { path, offset: 0 });
  return inside;
}

/** @throws {DecodeError} "out-of-range" when the octets are no key on one of the five curves. */
export function publicKeyOf(spki: Uint8Array, path: string): PublicKey {
  try {
    return PublicKey.fromSpki(spki);
  } catch (cause) {
    if (!(cause instanceof KeyError)) throw cause;
    throw new DecodeError("out-of-range", { path, offset: spki.byteOffset }, { cause });
  }
}

/**
 * Whether the key's holder signed them, with the one hash that goes with the curve (TR-03116-3: the sizes match).
 * Two keys are never asked with another hash, so a weaker one cannot be chosen.
 */
export async function isSignedBy(key: PublicKey, { octets, hash, signature }: SignedOctets): Promise<boolean> {
  return hash === hashOf(key) && (await key.verify({ hash, message: octets, signature }));
}

/** The hash that goes with a key's curve. Source: TR-03116-3. */
export function hashOf(key: PublicKey): HashName {
  if (key.curve === "brainpoolP512r1") return "SHA-512";
  return key.curve === "brainpoolP384r1" ? "SHA-384" : "SHA-256";
}

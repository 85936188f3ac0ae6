/**
 * ECDH on the library's keys, off the event loop, and the derivation of a key from what was agreed.
 *
 * Source: SEC 1 §3.3.1; RFC 5639 (all our groups have cofactor 1).
 */

import { diffieHellman, generateKeyPair, type KeyObject } from "node:crypto";

import type { CurveName, MeterCurve } from "./curves.ts";
import { libraryKeyOf } from "./handles.ts";
import type { Derivation } from "./names.ts";
import type { SecretKey } from "./secret-key.ts";
import { PublicKey } from "./verify/public-key.ts";
import { x963Kdf } from "./x963-kdf.ts";

/** Curves on which keys of ours are made. */
export type OwnCurve = Exclude<CurveName, MeterCurve>;

/** ECDH off the event loop, then the derivation. Z is zeros afterwards. */
export function agreed(
  a: { readonly privateKey: KeyObject; readonly peer: PublicKey } & Derivation,
): Promise<SecretKey> {
  return new Promise((resolve, reject) => {
    diffieHellman({ privateKey: a.privateKey, publicKey: libraryKeyOf(a.peer) }, (error, secret) => {
      if (error !== null) return reject(error);
      try {
        resolve(x963Kdf({ ...a, secret }));
      } catch (reason) {
        reject(reason instanceof Error ? reason : new Error("derivation failed", { cause: reason }));
      } finally {
        secret.fill(0);
      }
    });
  });
}

/** A fresh key pair, off the event loop. */
export function keyPairOn(curve: OwnCurve): Promise<{ privateKey: KeyObject; publicKey: PublicKey }> {
  return new Promise((resolve, reject) => {
    generateKeyPair("ec", { namedCurve: curve }, (error, publicKey, privateKey) => {
      if (error !== null) return reject(error);
      const spki = publicKey.export({ format: "der", type: "spki" });
      resolve({ privateKey, publicKey: PublicKey.fromSpki(spki) });
    });
  });
}

/** P-256 and P-192 serve to verify meters, nothing else. */
export function isOwnCurve(curve: CurveName): curve is OwnCurve {
  return ownCurves.includes(curve);
}

const ownCurves: readonly CurveName[] = ["brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"];

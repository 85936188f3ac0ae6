/**
 * ECKA-EG: a fresh key pair for each message on the sender's side, a long-lived one on the receiver's.
 *
 * In: the receiver's public key.  Out: the ephemeral public key to send, and the key derived from what both can compute.
 * Not here: the receiver's half, which is inside the security module.
 * Source: BSI TR-03111 §4.3.2; RFC 5753 §3.1 (ephemeral-static ECDH); SEC 1 §3.3.1 (all our groups have cofactor 1).
 */

import { diffieHellman, generateKeyPair, type KeyObject } from "node:crypto";

import type { CurveName, MeterCurve } from "./curves.ts";
import { KeyError } from "./errors.ts";
import type { HashName } from "./names.ts";
import type { SecretKey } from "./secret-key.ts";
import { handleOf, PublicKey } from "./verify/public-key.ts";
import { x963Kdf } from "./x963-kdf.ts";

/** How the agreed secret becomes a key. */
export interface Derivation {
  readonly hash: HashName;
  readonly sharedInfo: Uint8Array;
  /** Octets of the key. */
  readonly byteLength: number;
}

/** Curves on which keys of ours are made. */
export type OwnCurve = Exclude<CurveName, MeterCurve>;

/**
 * The sender's half. Each call has a fresh ephemeral key, used once: the private half is reachable by nobody afterwards.
 *
 * @throws {KeyError} "verify-only" when the receiver's key is on P-256 or P-192.
 */
export async function agreeEphemeral(
  a: { readonly receiver: PublicKey } & Derivation,
): Promise<{ ephemeral: PublicKey; key: SecretKey }> {
  const { receiver } = a;
  if (!isOwnCurve(receiver.curve)) throw new KeyError("verify-only");
  const sharedInfo = Uint8Array.from(a.sharedInfo);
  const pair = await keyPairOn(receiver.curve);
  const key = await agreed({ privateKey: pair.privateKey, peer: receiver, ...a, sharedInfo });
  return { ephemeral: pair.publicKey, key };
}

/** ECDH off the event loop, then the derivation. Z is zeros afterwards. */
export function agreed(
  a: { readonly privateKey: KeyObject; readonly peer: PublicKey } & Derivation,
): Promise<SecretKey> {
  return new Promise((resolve, reject) => {
    diffieHellman({ privateKey: a.privateKey, publicKey: handleOf(a.peer) }, (error, secret) => {
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

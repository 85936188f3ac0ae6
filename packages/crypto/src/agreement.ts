/**
 * ECKA-EG: a fresh key pair for each message on the sender's side, a long-lived one on the receiver's.
 *
 * In: the receiver's public key.  Out: the ephemeral public key to send, and the key derived from what both can compute.
 * Not here: the receiver's half, which is inside the security module.
 * Source: BSI TR-03111 §4.3.2; RFC 5753 §3.1 (ephemeral-static ECDH); SEC 1 §3.3.1 (all our groups have cofactor 1).
 */

import { agreed, isOwnCurve, keyPairOn } from "./ecdh.ts";
import { KeyError } from "./errors.ts";
import type { Derivation } from "./names.ts";
import type { SecretKey } from "./secret-key.ts";
import type { PublicKey } from "./verify/public-key.ts";

/**
 * The sender's half. Each call has a fresh ephemeral key, used once: the private half is reachable by nobody afterwards.
 *
 * @throws {KeyError} "verify-only" when the receiver's key is on P-256 or P-192.
 */
export async function agreeEphemeral(
  a: { readonly receiver: PublicKey } & Derivation,
): Promise<{ ephemeral: PublicKey; key: SecretKey }> {
  const { receiver, hash, byteLength } = a;
  if (!isOwnCurve(receiver.curve)) throw new KeyError("verify-only");
  const sharedInfo = Uint8Array.from(a.sharedInfo);
  const pair = await keyPairOn(receiver.curve);
  const key = await agreed({ privateKey: pair.privateKey, peer: receiver, hash, sharedInfo, byteLength });
  return { ephemeral: pair.publicKey, key };
}

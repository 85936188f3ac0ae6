/** Opens an envelope: agreement in the security module, unwrapping, tag. Only then there is a plaintext. */

import { CipherError, unwrapKey } from "@siegel/crypto";
import { DeliveryError, type RefusalCode } from "../errors.ts";
import { derivationOf } from "./agreement.ts";
import type { Envelope } from "./envelope.ts";

/**
 * The content. Whoever calls has checked the signature around it.
 *
 * @throws {DeliveryError} unwrap-failed, tag-mismatch
 * @throws {ModuleError} when the security module does not do its part: that says nothing about the message.
 */
export async function decrypt(envelope: Envelope): Promise<Uint8Array> {
  const { receiver, ephemeral, ukm, encryptedKey, cipher, sealed } = envelope;
  if (encryptedKey.length !== cipher.keyBytes + wrapBytes) throw new DeliveryError("unwrap-failed");
  const kek = await receiver.module.agree({ slot: receiver.slot, peer: ephemeral, ...derivationOf(ukm) });
  const contentKey = authentic("unwrap-failed", () => unwrapKey(kek, encryptedKey));
  return authentic("tag-mismatch", () => cipher.open(contentKey, sealed));
}

function authentic<T>(code: RefusalCode, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof CipherError) throw new DeliveryError(code, { cause: error });
    throw error;
  }
}

/** What key wrap adds: RFC 3394 §2.2. */
const wrapBytes = 8;

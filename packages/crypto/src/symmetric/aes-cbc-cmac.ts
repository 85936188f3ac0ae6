/**
 * AES-128-CBC and then AES-128-CMAC: the second content cipher that every receiver has to take.
 *
 * The initial vector is zero, so an encryption key is used for one message only; in CMS each message has its own two.
 * Why the MAC first: a receiver that decrypts what is not authentic tells by its answer, or its time, whether the padding
 * was right, and with that the plaintext octet by octet. So nothing is decrypted before the tag holds, and all failures
 * are the same failure.
 * Source: BSI TR-03116-3 (IV 0, CMAC); RFC 5652 §6.3 (padding); that the MAC covers the associated data and then the
 * ciphertext is ours (the annex was not at hand): docs/formats/delivery.md.
 */

import { createCipheriv, createDecipheriv } from "node:crypto";

import { CipherError } from "../errors.ts";
import { libraryKeyOf } from "../handles.ts";
import type { SecretKey } from "../secret-key.ts";
import { equalSecrets } from "../verify/digest.ts";
import { aesCmac } from "./aes-cmac.ts";
import type { Sealed } from "./aes-gcm.ts";
import { concatenated } from "./octets.ts";

interface Keys {
  readonly encryptionKey: SecretKey;
  readonly macKey: SecretKey;
}

/**
 * The ciphertext is 1 to 16 octets longer than the plaintext.
 *
 * @param a.aad  Its length is not part of what is authenticated: it must tell its own end, as DER does.
 * @throws {CipherError} "bad-key-length" unless both keys have 16 octets.
 */
export function aesCbcCmacSeal(a: Keys & { readonly aad: Uint8Array; readonly plaintext: Uint8Array }): Sealed {
  checkLengths(a);
  const cipher = createCipheriv("aes-128-cbc", libraryKeyOf(a.encryptionKey), zeroVector);
  const ciphertext = concatenated(cipher.update(a.plaintext), cipher.final());
  return { ciphertext, tag: aesCmac(a.macKey, a.aad, ciphertext) };
}

/**
 * The plaintext, once the tag holds. Before that nothing is decrypted.
 *
 * @throws {CipherError} "authentication-failed" for whatever is not as it was sealed; "bad-key-length".
 */
export function aesCbcCmacOpen(a: Keys & { readonly aad: Uint8Array } & Sealed): Uint8Array {
  checkLengths(a);
  if (!equalSecrets(aesCmac(a.macKey, a.aad, a.ciphertext), a.tag)) throw new CipherError("authentication-failed");
  const decipher = createDecipheriv("aes-128-cbc", libraryKeyOf(a.encryptionKey), zeroVector);
  const unproven = decipher.update(a.ciphertext);
  try {
    return concatenated(unproven, decipher.final());
  } catch {
    // The holder of the MAC key made something that is no CBC. Still the same answer.
    throw new CipherError("authentication-failed");
  } finally {
    unproven.fill(0);
  }
}

function checkLengths({ encryptionKey, macKey }: Keys): void {
  if (encryptionKey.byteLength !== 16 || macKey.byteLength !== 16) throw new CipherError("bad-key-length");
}

const zeroVector = new Uint8Array(16);

/**
 * AES-128-GCM with a tag of 96 bits, as meters use it (DLMS security suite 0, P1 of Luxembourg).
 *
 * Not for anything of ours: our own messages have a tag of 128 bits (./aes-gcm.ts).
 * Whoever seals has to see to it that key and nonce never meet twice: here the nonce is system title and frame counter.
 * Source: NIST SP 800-38D §5.2.1.2 (tags of 96 bits); DLMS UA 1000-2, security suite 0.
 */

import { createCipheriv, createDecipheriv } from "node:crypto";

import { CipherError } from "../errors.ts";
import { libraryKeyOf } from "../handles.ts";
import type { SecretKey } from "../secret-key.ts";
import type { Sealed } from "./aes-gcm.ts";
import { concatenated } from "./octets.ts";

interface KeyAndNonce {
  readonly key: SecretKey;
  readonly nonce: Uint8Array;
}

/** @throws {CipherError} "bad-key-length" unless 16 octets, "bad-length" unless the nonce has 12. */
export function aesGcm96Seal(a: KeyAndNonce & { readonly aad: Uint8Array; readonly plaintext: Uint8Array }): Sealed {
  checkLengths(a);
  const cipher = createCipheriv(cipherName, libraryKeyOf(a.key), a.nonce, { authTagLength: tagBytes });
  cipher.setAAD(a.aad);
  const ciphertext = concatenated(cipher.update(a.plaintext), cipher.final());
  return { ciphertext, tag: new Uint8Array(cipher.getAuthTag()) };
}

/**
 * The plaintext, once the tag holds. Before that nobody sees any of it.
 *
 * @throws {CipherError} "authentication-failed" for whatever is not as it was sealed; lengths as `aesGcm96Seal`.
 */
export function aesGcm96Open(a: KeyAndNonce & { readonly aad: Uint8Array } & Sealed): Uint8Array {
  checkLengths(a);
  if (a.tag.length !== tagBytes) throw new CipherError("authentication-failed");
  const decipher = createDecipheriv(cipherName, libraryKeyOf(a.key), a.nonce, { authTagLength: tagBytes });
  decipher.setAAD(a.aad).setAuthTag(a.tag);
  const unproven = decipher.update(a.ciphertext);
  try {
    return concatenated(unproven, decipher.final());
  } catch {
    throw new CipherError("authentication-failed");
  } finally {
    unproven.fill(0);
  }
}

/**
 * What comes out when the tag is not looked at: whoever holds the line can change it bit by bit, unseen.
 *
 * For meters whose authentication key nobody has, and only where a person asked for just that. Never "authenticated".
 *
 * @throws {CipherError} Lengths as `aesGcm96Seal`.
 */
export function aesGcmOpenWithoutTag(a: KeyAndNonce & { readonly ciphertext: Uint8Array }): Uint8Array {
  checkLengths(a);
  const decipher = createDecipheriv(cipherName, libraryKeyOf(a.key), a.nonce, { authTagLength: tagBytes });
  return new Uint8Array(decipher.update(a.ciphertext));
}

function checkLengths({ key, nonce }: KeyAndNonce): void {
  if (key.byteLength !== 16) throw new CipherError("bad-key-length");
  if (nonce.length !== 12) throw new CipherError("bad-length");
}

const cipherName = "aes-128-gcm";
const tagBytes = 12;

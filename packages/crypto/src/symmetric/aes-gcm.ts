/**
 * AES-128-GCM with a nonce of 96 and a tag of 128 bits, nothing else.
 *
 * Whoever seals has to see to it that key and nonce never meet twice: in CMS each message has its own key.
 * Source: NIST SP 800-38D; RFC 5084 §3.2; BSI TR-03116-3 (IV 96, tag 128).
 */

import { createCipheriv, createDecipheriv } from "node:crypto";

import { CipherError } from "../errors.ts";
import { libraryKeyOf } from "../handles.ts";
import type { SecretKey } from "../secret-key.ts";
import { concatenated } from "./octets.ts";

/** What is sent: as long as the plaintext, and 16 octets of tag. */
export interface Sealed {
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** @throws {CipherError} "bad-key-length" unless 16 octets, "bad-length" unless the nonce has 12. */
export function aesGcmSeal(a: {
  readonly key: SecretKey;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
  readonly plaintext: Uint8Array;
}): Sealed {
  checkLengths(a);
  const cipher = createCipheriv("aes-128-gcm", libraryKeyOf(a.key), a.nonce, { authTagLength: tagBytes });
  cipher.setAAD(a.aad);
  const ciphertext = concatenated(cipher.update(a.plaintext), cipher.final());
  return { ciphertext, tag: new Uint8Array(cipher.getAuthTag()) };
}

/**
 * The plaintext, once the tag holds. Before that nobody sees any of it.
 *
 * @throws {CipherError} "authentication-failed" for whatever is not as it was sealed, a cut tag too; "bad-length" unless
 *   the nonce has 12 octets; "bad-key-length" unless the key has 16.
 */
export function aesGcmOpen(
  a: { readonly key: SecretKey; readonly nonce: Uint8Array; readonly aad: Uint8Array } & Sealed,
): Uint8Array {
  checkLengths(a);
  // The library would take a shorter tag for a shorter promise.
  if (a.tag.length !== tagBytes) throw new CipherError("authentication-failed");
  const decipher = createDecipheriv("aes-128-gcm", libraryKeyOf(a.key), a.nonce, { authTagLength: tagBytes });
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

function checkLengths({ key, nonce }: { readonly key: SecretKey; readonly nonce: Uint8Array }): void {
  if (key.byteLength !== 16) throw new CipherError("bad-key-length");
  if (nonce.length !== 12) throw new CipherError("bad-length");
}

const tagBytes = 16;

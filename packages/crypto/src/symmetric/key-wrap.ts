/**
 * AES-128 key wrap: one key sealed under another, with 64 bits of integrity.
 *
 * Source: RFC 3394 §2.2; NIST SP 800-38F (KW). Default initial value only.
 */

import { createCipheriv, createDecipheriv } from "node:crypto";

import { CipherError } from "../errors.ts";
import { libraryKeyOf } from "../handles.ts";
import { type SecretKey, secretOf, withOctets } from "../secret-key.ts";
import { concatenated } from "./octets.ts";

/**
 * The key, 8 octets longer.
 *
 * @param key  16 to 64 octets, in steps of 8.
 * @throws {CipherError} "bad-key-length" for either key.
 */
export function wrapKey(kek: SecretKey, key: SecretKey): Uint8Array {
  if (kek.byteLength !== 16 || !isWrappable(key.byteLength)) throw new CipherError("bad-key-length");
  const cipher = createCipheriv("id-aes128-wrap", libraryKeyOf(kek), initialValue);
  return withOctets(key, (octets) => concatenated(cipher.update(octets), cipher.final()));
}

/**
 * The key that was wrapped.
 *
 * @throws {CipherError} "authentication-failed" when it was not wrapped with this key or was changed; "bad-length" for what
 *   cannot be a wrapped key; "bad-key-length" unless `kek` has 16 octets.
 */
export function unwrapKey(kek: SecretKey, wrapped: Uint8Array): SecretKey {
  if (kek.byteLength !== 16) throw new CipherError("bad-key-length");
  if (!isWrappable(wrapped.length - 8)) throw new CipherError("bad-length");
  const decipher = createDecipheriv("id-aes128-wrap", libraryKeyOf(kek), initialValue);
  try {
    const octets = decipher.update(wrapped);
    decipher.final();
    return secretOf(octets);
  } catch {
    throw new CipherError("authentication-failed");
  }
}

function isWrappable(byteLength: number): boolean {
  return byteLength >= 16 && byteLength <= 64 && byteLength % 8 === 0;
}

const initialValue = new Uint8Array(8).fill(0xa6);

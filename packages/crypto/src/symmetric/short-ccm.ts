/**
 * AES-128-CCM for short messages, on the keys of ./short-key.ts.
 *
 * In: key, nonce of 7 to 13 octets, associated data, plaintext or ciphertext and tag.  Out: the other one.
 * Source: NIST SP 800-38C, RFC 3610.
 */

import { CipherError } from "../errors.ts";
import { equalSecrets } from "../verify/digest.ts";
import type { Sealed } from "./aes-gcm.ts";
import type { ShortKey } from "./short-key.ts";

interface Parts {
  readonly key: ShortKey;
  /** Never twice with the same key. */
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

/**
 * @param a.tagBytes  4, 6 … 16.
 * @throws {CipherError} "bad-length" for nonces outside of 7 to 13 octets, other tags, or messages of 64 KiB and more.
 */
export function shortCcmSeal(a: Parts & { readonly plaintext: Uint8Array; readonly tagBytes: number }): Sealed {
  check(a, a.plaintext.length, a.tagBytes);
  const tag = tagOf(a, a.plaintext, a.tagBytes);
  return { ciphertext: a.key.ctr(counterBlock(a.nonce, 1), a.plaintext), tag };
}

/**
 * The plaintext, once the tag holds. Before that nobody sees any of it.
 *
 * @throws {CipherError} "authentication-failed" for whatever is not as it was sealed; "bad-length", as `shortCcmSeal`.
 */
export function shortCcmOpen(a: Parts & Sealed): Uint8Array {
  check(a, a.ciphertext.length, a.tag.length);
  const unproven = a.key.ctr(counterBlock(a.nonce, 1), a.ciphertext);
  if (equalSecrets(tagOf(a, unproven, a.tag.length), a.tag)) return unproven;
  unproven.fill(0);
  throw new CipherError("authentication-failed");
}

function tagOf({ key, nonce, aad }: Parts, plaintext: Uint8Array, tagBytes: number): Uint8Array {
  const aadBytes = aad.length === 0 ? 0 : upToBlock(2 + aad.length);
  const blocks = new Uint8Array(16 + aadBytes + upToBlock(plaintext.length));
  blocks[0] = (aad.length === 0 ? 0 : 0x40) | (((tagBytes - 2) / 2) << 3) | (14 - nonce.length);
  blocks.set(nonce, 1);
  blocks[14] = plaintext.length >> 8;
  blocks[15] = plaintext.length & 0xff;
  if (aad.length > 0) {
    blocks[16] = aad.length >> 8;
    blocks[17] = aad.length & 0xff;
    blocks.set(aad, 18);
  }
  blocks.set(plaintext, 16 + aadBytes);
  const mac = key.cbcMac(blocks);
  blocks.fill(0);
  return key.ctr(counterBlock(nonce, 0), mac).subarray(0, tagBytes);
}

function counterBlock(nonce: Uint8Array, number: number): Uint8Array {
  const block = new Uint8Array(16);
  block[0] = 14 - nonce.length;
  block.set(nonce, 1);
  block[15] = number;
  return block;
}

function check({ nonce, aad }: Parts, byteLength: number, tagBytes: number): void {
  const tagHolds = tagBytes >= 4 && tagBytes <= 16 && tagBytes % 2 === 0;
  if (!tagHolds || nonce.length < 7 || nonce.length > 13 || byteLength > 0xffff || aad.length >= 0xff00) {
    throw new CipherError("bad-length");
  }
}

function upToBlock(byteLength: number): number {
  return Math.ceil(byteLength / 16) * 16;
}

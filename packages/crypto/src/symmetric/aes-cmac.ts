/**
 * AES-128-CMAC.
 *
 * In: a key and the parts of a message.  Out: a tag of 16 octets.
 * Why one CBC cipher: the tag is the last block of CBC over the message whose last block was changed by a subkey. Node 24
 * has no CMAC. The cipher first encrypts zeros, which gives L for the subkeys; the first block of the message takes L
 * back out, so that one cipher object does for both. It is made here and dropped here: no state between two calls.
 * Source: RFC 4493 §2.3 (subkeys), §2.4 (MAC); NIST SP 800-38B.
 */

import { createCipheriv } from "node:crypto";

import { CipherError } from "../errors.ts";
import { libraryKeyOf } from "../handles.ts";
import type { SecretKey } from "../secret-key.ts";

/**
 * The tag over all parts, one after another.
 *
 * @throws {CipherError} "bad-key-length" unless the key has 16 octets.
 */
export function aesCmac(key: SecretKey, ...parts: readonly Uint8Array[]): Uint8Array {
  if (key.byteLength !== 16) throw new CipherError("bad-key-length");
  const cipher = createCipheriv("aes-128-cbc", libraryKeyOf(key), zeroBlock).setAutoPadding(false);
  const l = cipher.update(zeroBlock);
  const blocks = padded(parts);
  const isWhole = blocks.used === blocks.octets.length && blocks.used > 0;
  const subkey = isWhole ? doubled(l) : doubled(doubled(l));
  if (!isWhole) blocks.octets[blocks.used] = 0x80;
  xorInto(blocks.octets, blocks.octets.length - blockBytes, subkey);
  xorInto(blocks.octets, 0, l);
  const mac = cipher.update(blocks.octets);
  const tag = new Uint8Array(mac.subarray(mac.length - blockBytes));
  // L and the subkeys would let their holder forge; the chain of blocks is of no use to anybody.
  for (const octets of [l, subkey, mac]) octets.fill(0);
  return tag;
}

/** The parts in one, with zeros up to a whole number of blocks, at least one. */
function padded(parts: readonly Uint8Array[]): { octets: Uint8Array; used: number } {
  const used = parts.reduce((sum, part) => sum + part.length, 0);
  const octets = new Uint8Array(Math.max(1, Math.ceil(used / blockBytes)) * blockBytes);
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return { octets, used };
}

/** Times x in GF(2¹²⁸): one bit to the left, and 87 where a one falls out. Without a branch on the secret bits. */
function doubled(block: Uint8Array): Uint8Array {
  const twice = new Uint8Array(blockBytes);
  for (let at = 0; at < blockBytes; at++) twice[at] = (block[at]! << 1) | ((block[at + 1] ?? 0) >> 7);
  twice[blockBytes - 1]! ^= 0x87 & -(block[0]! >> 7);
  return twice;
}

function xorInto(octets: Uint8Array, start: number, block: Uint8Array): void {
  for (let at = 0; at < blockBytes; at++) octets[start + at]! ^= block[at]!;
}

const blockBytes = 16;
const zeroBlock = new Uint8Array(blockBytes);

/**
 * X9.63 key derivation: K = H(Z ‖ 1 ‖ SharedInfo) ‖ H(Z ‖ 2 ‖ SharedInfo) ‖ …, the counter in 32 bits, cut to length.
 *
 * Source: SEC 1 §3.6.1; BSI TR-03111 §4.3.3; SharedInfo in CMS: RFC 5753 §7.2 (made by cms).
 */

import { hash } from "node:crypto";

import type { HashName } from "./names.ts";
import { type SecretKey, secretOf } from "./secret-key.ts";
import { nodeHashes } from "./verify/digest.ts";

/**
 * @param a.secret      Z, the x coordinate that was agreed on. It stays the caller's, who fills it with zeros.
 * @param a.byteLength  1 to 512.
 * @throws {RangeError} for another length.
 */
export function x963Kdf(a: {
  readonly hash: HashName;
  readonly secret: Uint8Array;
  readonly sharedInfo: Uint8Array;
  readonly byteLength: number;
}): SecretKey {
  if (!Number.isInteger(a.byteLength) || a.byteLength < 1 || a.byteLength > 512) {
    throw new RangeError("a derived key has 1 to 512 octets");
  }
  const octets = new Uint8Array(a.byteLength);
  const input = new Uint8Array(a.secret.length + 4 + a.sharedInfo.length);
  input.set(a.secret);
  input.set(a.sharedInfo, a.secret.length + 4);
  const counter = new DataView(input.buffer, a.secret.length, 4);
  for (let at = 0, round = 1; at < octets.length; round++) {
    counter.setUint32(0, round);
    const block = hash(nodeHashes[a.hash], input, "buffer");
    octets.set(block.subarray(0, octets.length - at), at);
    at += block.length;
    block.fill(0);
  }
  input.fill(0);
  return secretOf(octets);
}

/** Random octets and keys, from the library's generator, which the kernel seeds. Source: BSI TR-03116-3 (DRG.4 or PTG.3 in certified devices: not claimed). */

import { randomFillSync } from "node:crypto";

import { type SecretKey, secretOf } from "./secret-key.ts";

/**
 * Octets that nobody can foresee.
 *
 * @throws {RangeError} when it is no number of octets, or more than 1 MiB.
 */
export function randomBytes(byteLength: number): Uint8Array {
  if (!Number.isInteger(byteLength) || byteLength < 0 || byteLength > 1_048_576) {
    throw new RangeError("0 to 1048576 random octets");
  }
  return randomFillSync(new Uint8Array(byteLength));
}

/** A fresh key. @throws {RangeError} as `SecretKey.fromBytes`. */
export function generateSecretKey(byteLength: number): SecretKey {
  return secretOf(randomBytes(byteLength));
}

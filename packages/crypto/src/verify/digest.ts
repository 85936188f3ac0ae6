/** SHA-2 and the comparison of secrets, by Node. The same door in a browser: ../browser/digest.ts. Source: FIPS 180-4. */

import { createHash, hash as hashOnce, timingSafeEqual } from "node:crypto";

import type { HashName } from "../names.ts";

/** Hash of the parts one after another: 32, 48 or 64 octets. */
export function digest(hash: HashName, ...parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  // In one call where there is one part: the object of a hash costs more than the hash of a short message.
  if (first !== undefined && parts.length === 1) return new Uint8Array(hashOnce(nodeHashes[hash], first, "buffer"));
  const state = createHash(nodeHashes[hash]);
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
}

/** Whether both are the same octets, in a time that depends on the lengths only. Lengths are no secret. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** As Node names them. */
export const nodeHashes = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" } as const;

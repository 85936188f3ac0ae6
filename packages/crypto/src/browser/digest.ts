/** SHA-2 and the comparison of octets, without Node. The same door in Node: ../verify/digest.ts. Source: FIPS 180-4. */

import type { HashName } from "../names.ts";
import { sha256, sha384, sha512 } from "./sha2.ts";

/** Hash of the parts one after another: 32, 48 or 64 octets. */
export function digest(hash: HashName, ...parts: readonly Uint8Array[]): Uint8Array {
  return hashes[hash](parts);
}

/** Whether both are the same octets. Looks at all of them; that the engine takes the same time is not promised. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a[at]! ^ b[at]!;
  return difference === 0;
}

const hashes = { "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 } as const;

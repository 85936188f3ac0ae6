/**
 * The library's key behind a key of ours: for the files of this room, not part of any door.
 *
 * In a file of its own, because a declaration that names a type of Node would ask everybody for Node's types, pages too.
 */

import type { KeyObject } from "node:crypto";

import { handleOfSecret, SecretKey } from "./secret-key.ts";
import { handleOf, type PublicKey } from "./verify/public-key.ts";

export function libraryKeyOf(key: PublicKey | SecretKey): KeyObject {
  // Both classes keep nothing else; the type was left out on the way here.
  return (key instanceof SecretKey ? handleOfSecret(key) : handleOf(key)) as KeyObject;
}

/** ECDSA signatures of our own, off the event loop. DER; the nonce is the library's. Source: FIPS 186-4 §6.3. */

import { type KeyObject, sign } from "node:crypto";

import type { ToSign } from "./names.ts";
import { nodeHashes } from "./verify/digest.ts";

/** DER Ecdsa-Sig-Value. The message is read before it returns: later writes to it change nothing. */
export function signed(key: KeyObject, { hash, message }: ToSign): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(nodeHashes[hash], message, key, (error, signature) => {
      if (error === null) resolve(new Uint8Array(signature));
      else reject(error); // out of memory or the like
    });
  });
}

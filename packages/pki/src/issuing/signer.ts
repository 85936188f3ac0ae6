/** A private key somewhere else: in a security module, in a file, in a test. This room never sees it. */

import type { HashName, PublicKey } from "@siegel/crypto/verify";

export interface Signer {
  readonly publicKey: PublicKey;
  /** DER Ecdsa-Sig-Value over the hash of the message. */
  sign(hash: HashName, message: Uint8Array): Promise<Uint8Array>;
}

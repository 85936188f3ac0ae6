/** Names and shapes of parameters that several files use. No module of Node. */

/** The hashes allowed: BSI TR-03116-3. */
export type HashName = "SHA-256" | "SHA-384" | "SHA-512";

/** One signature to check. */
export interface SignatureCheck {
  readonly hash: HashName;
  /** What was signed, not its hash. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** DER Ecdsa-Sig-Value unless "raw": r‖s, each as long as the curve's order. */
  readonly encoding?: "der" | "raw";
}

/** What is to be signed, and over which hash of it. */
export interface ToSign {
  readonly hash: HashName;
  readonly message: Uint8Array;
}

/** How the agreed secret becomes a key. */
export interface Derivation {
  readonly hash: HashName;
  readonly sharedInfo: Uint8Array;
  /** Octets of the key. */
  readonly byteLength: number;
}

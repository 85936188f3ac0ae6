/** Names that both forms of the door `verify` use. */

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

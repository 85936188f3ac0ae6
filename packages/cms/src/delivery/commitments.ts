/**
 * The commitment to a block: SHA-256(salt ‖ block).
 *
 * The salt has 32 octets always, so two pairs of salt and block cannot run together. Without the salt nobody can try
 * which of a few likely days it was; with it, anybody can check the block against the seal.
 */

import { digest } from "@siegel/crypto/verify";

/** 32 octets. */
export function commitmentOf({ salt, block }: { readonly salt: Uint8Array; readonly block: Uint8Array }): Uint8Array {
  return digest("SHA-256", salt, block);
}

/** The two checks of a signature, each on its own so that a proof can show them as steps. Source: RFC 5652 §5.4, §5.6. */

import { digest } from "@siegel/crypto/verify";
import type { Certificate } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { DeliveryError } from "../errors.ts";
import type { SignedClaim } from "./claim.ts";
import { hasLowS } from "./low-s.ts";

/** @throws {DeliveryError} not-canonical-signature, bad-signature */
export async function checkSignature(claim: SignedClaim, signer: Certificate): Promise<void> {
  const { attributes: message, signature } = claim;
  if (!hasLowS(signature)) throw new DeliveryError("not-canonical-signature");
  const holds = await signer.publicKey.verify({ hash: "SHA-256", message, signature });
  if (!holds) throw new DeliveryError("bad-signature");
}

/** @throws {DeliveryError} digest-mismatch */
export function checkDigest({ content }: SignedClaim, messageDigest: Uint8Array): void {
  if (!equalBytes(digest("SHA-256", content), messageDigest)) throw new DeliveryError("digest-mismatch");
}

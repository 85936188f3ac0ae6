/** One way to ask whether an authority signed something, through the memory of those that held. */

import { type Certificate, partsOf } from "../certificate.ts";
import { isSignedBy, type SignedOctets } from "../signed.ts";
import { cacheAccess, type PathCache } from "./cache.ts";

/** @param fingerprint  SHA-256 of the whole structure, signature included, as hex. */
export type CheckSignature = (issuer: Certificate, signed: SignedOctets, fingerprint: string) => Promise<boolean>;

export function signatureChecker(cache: PathCache | undefined): CheckSignature {
  return async (issuer, signed, fingerprint) => {
    const claim = { issuer, signed, key: () => `${partsOf(issuer).fingerprint}${fingerprint}` };
    if (cache !== undefined && cacheAccess.has(cache, claim)) return true;
    const holds = await isSignedBy(issuer.publicKey, signed);
    if (holds && cache !== undefined) cacheAccess.add(cache, claim);
    return holds;
  };
}

/** Key ids of certificates, computed once for each: SHA-256 of the point, leftmost 160 bits (RFC 7093 §2 method 1). */

import type { Certificate } from "@siegel/pki";

/** Of the key itself, whatever the issuer wrote. Not to be written to. */
export function keyIdOf(certificate: Certificate): Uint8Array {
  let keyId = known.get(certificate);
  if (keyId === undefined) known.set(certificate, (keyId = certificate.publicKey.keyId));
  return keyId;
}

const known = new WeakMap<Certificate, Uint8Array>();

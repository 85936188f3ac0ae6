/** The issuer's name of a certificate of our own, as the octets that others compare it by. Source: RFC 5280 §4.1. */

import { type Certificate, DerReader } from "@siegel/pki";

/** DER of Name. A view into a copy. */
export function issuerOf(certificate: Certificate): Uint8Array {
  const known = issuers.get(certificate);
  if (known !== undefined) return known;
  const reader = new DerReader(certificate.der);
  reader.header(); // Certificate
  reader.header(); // tbsCertificate
  for (const _ of ["version", "serialNumber", "signature"]) reader.take(reader.header());
  const start = reader.at;
  reader.take(reader.header());
  const issuer = reader.bytes.subarray(start, reader.at);
  issuers.set(certificate, issuer);
  return issuer;
}

const issuers = new WeakMap<Certificate, Uint8Array>();

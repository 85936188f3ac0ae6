/** Object identifiers that certificates, lists and requests of the SM-PKI name. */

import type { HashName } from "@siegel/crypto/verify";

/** Attribute types of a name. Source: RFC 5280 appendix A.1 (X.520). */
export const attributeOids = {
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
  country: "2.5.4.6",
  locality: "2.5.4.7",
  state: "2.5.4.8",
  street: "2.5.4.9",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  postalCode: "2.5.4.17",
} as const;

/** Extensions that we read. Source: RFC 5280 §4.2, §5.2, §5.3. */
export const extensionOids = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  privateKeyUsagePeriod: "2.5.29.16",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  cRLNumber: "2.5.29.20",
  reasonCode: "2.5.29.21",
  invalidityDate: "2.5.29.24",
  cRLDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
} as const;

/** Source: RFC 5280 §4.2.1.12. */
export const keyPurposeOids = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" } as const;

/** Certificate policy of the SM-PKI, as it stands in a real test sub-CA's certificate and in jzlint. */
export const smPkiPolicy = "0.4.0.127.0.7.3.4.1.1.1";

/** ecdsa-with-SHA256, -SHA384, -SHA512. Source: RFC 5758 §3.2. */
export const signatureOids: Readonly<Record<HashName, string>> = {
  "SHA-256": "1.2.840.10045.4.3.2",
  "SHA-384": "1.2.840.10045.4.3.3",
  "SHA-512": "1.2.840.10045.4.3.4",
};

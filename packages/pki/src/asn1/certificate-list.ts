/** List of revoked certificates. Each declaration stands beside its ASN.1 text in RFC 5280 §5.1. */

import { explicit, octetBits, optional, sequence, sequenceOf, smallInteger, time, withRaw } from "../der/index.ts";
import { SignatureAlgorithm } from "./algorithm.ts";
import { CertificateSerialNumber } from "./certificate.ts";
import { Extensions } from "./extensions.ts";
import { Name } from "./name.ts";

/**
 * ```
 * SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
 * ```
 */
const RevokedCertificate = sequence("RevokedCertificate", {
  userCertificate: CertificateSerialNumber,
  revocationDate: time(),
  crlEntryExtensions: optional(Extensions),
});

/**
 * ```
 * TBSCertList ::= SEQUENCE { version Version OPTIONAL -- if present, MUST be v2, signature AlgorithmIdentifier,
 *   issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL, revokedCertificates SEQUENCE OF … OPTIONAL,
 *   crlExtensions [0] EXPLICIT Extensions OPTIONAL }
 * ```
 * Of the SM-PKI: v2, nextUpdate (§5.1.2.5), extensions; without revoked certificates the field is absent (§5.1.2.6).
 */
export const TbsCertList = sequence("TBSCertList", {
  version: smallInteger({ min: 1, max: 1 }), // v2(1)
  signature: SignatureAlgorithm,
  issuer: Name,
  thisUpdate: time(),
  nextUpdate: time(),
  revokedCertificates: optional(sequenceOf(RevokedCertificate, { min: 1, max: 1 << 17 })),
  crlExtensions: explicit(0, Extensions),
});

/** `CertificateList ::= SEQUENCE { tbsCertList TBSCertList, signatureAlgorithm …, signatureValue BIT STRING }` */
export const CertificateList = sequence("CertificateList", {
  tbsCertList: withRaw(TbsCertList),
  signatureAlgorithm: SignatureAlgorithm,
  signatureValue: octetBits({ max: 256 }),
});

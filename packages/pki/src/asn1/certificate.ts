/** Certificate. Each declaration stands beside its ASN.1 text in RFC 5280 §4.1. */

import { any, explicit, integer, octetBits, sequence, smallInteger, time, withRaw } from "../der/index.ts";
import { SignatureAlgorithm } from "./algorithm.ts";
import { Extensions } from "./extensions.ts";
import { Name } from "./name.ts";

/** `CertificateSerialNumber ::= INTEGER`, positive and up to 20 octets (§4.1.2.2). */
export const CertificateSerialNumber = integer({ min: 1n, maxBytes: 20 });

/** `Validity ::= SEQUENCE { notBefore Time, notAfter Time }` */
const Validity = sequence("Validity", { notBefore: time(), notAfter: time() });

/**
 * ```
 * TBSCertificate ::= SEQUENCE { version [0] EXPLICIT Version DEFAULT v1, serialNumber CertificateSerialNumber,
 *   signature AlgorithmIdentifier, issuer Name, validity Validity, subject Name,
 *   subjectPublicKeyInfo SubjectPublicKeyInfo, issuerUniqueID [1] …, subjectUniqueID [2] …,
 *   extensions [3] EXPLICIT Extensions OPTIONAL }
 * ```
 * Of the SM-PKI: v3, no unique ids, extensions.
 */
export const TbsCertificate = sequence("TBSCertificate", {
  version: explicit(0, smallInteger({ min: 2, max: 2 })), // v3(2)
  serialNumber: CertificateSerialNumber,
  signature: SignatureAlgorithm,
  issuer: Name,
  validity: Validity,
  subject: Name,
  subjectPublicKeyInfo: any({ max: 256 }), // crypto reads it, and asks whether the point is on the curve
  extensions: explicit(3, Extensions),
});

/**
 * ```
 * Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier,
 *   signatureValue BIT STRING }
 * ```
 */
export const SignedCertificate = sequence("Certificate", {
  tbsCertificate: withRaw(TbsCertificate),
  signatureAlgorithm: SignatureAlgorithm,
  signatureValue: octetBits({ max: 256 }),
});

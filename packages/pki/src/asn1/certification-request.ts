/** Request for a certificate, PKCS #10. Each declaration stands beside its ASN.1 text in RFC 2986 §4. */

import { any, implicit, octetBits, sequence, setOf, smallInteger, withRaw } from "../der/index.ts";
import { SignatureAlgorithm } from "./algorithm.ts";
import { Name } from "./name.ts";

/**
 * RFC 2986 §4.1:
 * ```
 * CertificationRequestInfo ::= SEQUENCE { version INTEGER { v1(0) }, subject Name,
 *   subjectPKInfo SubjectPublicKeyInfo, attributes [0] Attributes }
 * Attributes ::= SET OF Attribute
 * ```
 */
export const CertificationRequestInfo = sequence("CertificationRequestInfo", {
  version: smallInteger({ max: 0 }),
  subject: Name,
  subjectPKInfo: any({ max: 256 }),
  attributes: implicit(0, setOf(any({ max: 4096 }), { max: 16 })), // not used: the authority decides what it certifies
});

/**
 * RFC 2986 §4.2:
 * ```
 * CertificationRequest ::= SEQUENCE { certificationRequestInfo CertificationRequestInfo,
 *   signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
 * ```
 */
export const SignedRequest = sequence("CertificationRequest", {
  certificationRequestInfo: withRaw(CertificationRequestInfo),
  signatureAlgorithm: SignatureAlgorithm,
  signature: octetBits({ max: 256 }),
});

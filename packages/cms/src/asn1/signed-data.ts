/**
 * ContentInfo and SignedData, as far as the signature needs them.
 *
 * In: DER of a stranger.  Out: its outer structure; attributes, content and certificates are left unread.
 * Only what we make is declared: one version, signers by key id, no CRLs. The rest of the standard is refused.
 * Source: RFC 5652 §3 and §5.
 */

import { explicit, implicit, octetString, optional, sequence, setOf, smallInteger } from "@siegel/pki";
import type { Infer } from "@siegel/wire";
import { keyIdBytes, maxAttributeBytes, maxCertificateBytes, maxCertificates, maxDeliveryBytes } from "../limits.ts";
import { AlgorithmIdentifier } from "./algorithm.ts";
import { knownOid } from "./known-oid.ts";
import { unread, unreadAny } from "./unread.ts";

/**
 * SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0] IMPLICIT, signatureAlgorithm, signature,
 * unsignedAttrs [1] IMPLICIT OPTIONAL }
 */
const SignerInfo = sequence("SignerInfo", {
  version: smallInteger({ min: 3, max: 3 }), // 3: the signer is named by key id
  sid: implicit(0, octetString({ min: keyIdBytes, max: keyIdBytes })), // subjectKeyIdentifier
  digestAlgorithm: AlgorithmIdentifier,
  signedAttrs: unread({ name: "signedAttrs", tag: 0xa0, max: maxAttributeBytes }),
  signatureAlgorithm: AlgorithmIdentifier,
  signature: octetString({ max: 80 }),
  unsignedAttrs: optional(unread({ name: "unsignedAttrs", tag: 0xa1, max: maxAttributeBytes })), // to say so when refused
});

/**
 * SignedData ::= SEQUENCE { version, digestAlgorithms SET OF, encapContentInfo, certificates [0] IMPLICIT SET OF,
 * signerInfos SET OF SignerInfo }
 */
const SignedData = sequence("SignedData", {
  version: smallInteger({ min: 3, max: 3 }), // 3: the content is not id-data
  digestAlgorithms: setOf(AlgorithmIdentifier, { min: 1, max: 2 }),
  encapContentInfo: sequence("EncapsulatedContentInfo", {
    eContentType: knownOid(),
    eContent: explicit(0, octetString({ max: maxDeliveryBytes })),
  }),
  certificates: implicit(
    0,
    setOf(unread({ name: "Certificate", tag: 0x30, max: maxCertificateBytes }), { min: 1, max: maxCertificates }),
  ),
  signerInfos: setOf(SignerInfo, { min: 1, max: 4 }),
});
export type SignedData = Infer<typeof SignedData>;

/** ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT } holding SignedData. */
export const SignedContentInfo = sequence("ContentInfo", { contentType: knownOid(), content: explicit(0, SignedData) });

/** Attribute ::= SEQUENCE { attrType, attrValues SET OF }. One value each, read by the declaration of its type. */
const Attribute = sequence("Attribute", {
  attrType: knownOid(),
  attrValues: setOf(unreadAny({ name: "AttributeValue", max: maxAttributeBytes }), { min: 1, max: 1 }),
});

/** SignedAttributes ::= SET OF Attribute: this is what is signed. In SignerInfo its first octet is a0 instead. */
export const SignedAttributes = setOf(Attribute, { min: 1, max: 8 });

/** CMSAlgorithmProtection ::= SEQUENCE { digestAlgorithm, signatureAlgorithm [1] IMPLICIT }. RFC 6211 §2 */
export const AlgorithmProtection = sequence("CMSAlgorithmProtection", {
  digestAlgorithm: AlgorithmIdentifier,
  signatureAlgorithm: implicit(1, AlgorithmIdentifier),
});

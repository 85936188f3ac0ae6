/**
 * AuthEnvelopedData with key agreement.
 *
 * Only what we make, and what other senders of the same profile make, is declared: KeyAgreeRecipientInfo with an ephemeral
 * key. Authenticated and unauthenticated attributes are refused: the encrypted content is `id-data`, for which the standard
 * asks for none, and the seal around the envelope covers all of it.
 * Source: RFC 5083 §2.1; RFC 5652 §6.2.2; RFC 5753 §3.1 and §7.2; RFC 5084 §3.2.
 */

import {
  any,
  choice,
  explicit,
  implicit,
  integer,
  octetBits,
  octetString,
  optional,
  sequence,
  sequenceOf,
  setOf,
  smallInteger,
  generalizedTime,
} from "@siegel/pki";
import type { Infer } from "@siegel/wire";
import { maxDeliveryBytes, maxRecipients } from "../limits.ts";
import { AlgorithmIdentifier } from "./algorithm.ts";
import { knownOid } from "./known-oid.ts";

/** OriginatorPublicKey: the ephemeral key. Its curve may be left out: it is the receiver's. RFC 5753 §3.1.1 */
const OriginatorPublicKey = sequence("OriginatorPublicKey", {
  algorithm: AlgorithmIdentifier,
  publicKey: octetBits({ max: 65 }), // 04‖x‖y
});

/** KeyAgreeRecipientIdentifier: both ways to name a certificate. */
const RecipientIdentifier = choice("KeyAgreeRecipientIdentifier", {
  issuerAndSerialNumber: sequence("IssuerAndSerialNumber", {
    issuer: any({ max: 1024 }),
    serialNumber: integer({ maxBytes: 21 }),
  }),
  rKeyId: implicit(
    0,
    sequence("RecipientKeyIdentifier", {
      subjectKeyIdentifier: octetString({ max: 64 }),
      date: optional(generalizedTime()), // read over: no statement that we could check
    }),
  ),
});

const RecipientEncryptedKey = sequence("RecipientEncryptedKey", {
  rid: RecipientIdentifier,
  encryptedKey: octetString({ max: 72 }),
});

const KeyAgreeRecipientInfo = sequence("KeyAgreeRecipientInfo", {
  version: smallInteger({ min: 3, max: 3 }),
  originator: explicit(0, implicit(1, OriginatorPublicKey)),
  ukm: optional(explicit(1, octetString({ max: 64 }))),
  keyEncryptionAlgorithm: AlgorithmIdentifier,
  recipientEncryptedKeys: sequenceOf(RecipientEncryptedKey, { min: 1, max: maxRecipients }),
});

/** EncryptedContentInfo ::= SEQUENCE { contentType, contentEncryptionAlgorithm, encryptedContent [0] IMPLICIT } */
const EncryptedContentInfo = sequence("EncryptedContentInfo", {
  contentType: knownOid(),
  contentEncryptionAlgorithm: AlgorithmIdentifier,
  encryptedContent: implicit(0, octetString({ max: maxDeliveryBytes })),
});

export const AuthEnvelopedData = sequence("AuthEnvelopedData", {
  version: smallInteger({ min: 0, max: 0 }),
  recipientInfos: setOf(implicit(1, KeyAgreeRecipientInfo), { min: 1, max: maxRecipients }),
  authEncryptedContentInfo: EncryptedContentInfo,
  mac: octetString({ min: 16, max: 16 }),
});
export type AuthEnvelopedData = Infer<typeof AuthEnvelopedData>;
export type KeyAgreeRecipientInfo = Infer<typeof KeyAgreeRecipientInfo>;
export type RecipientIdentifier = Infer<typeof RecipientIdentifier>;

/** GCMParameters ::= SEQUENCE { aes-nonce, aes-ICVlen INTEGER DEFAULT 12 }. RFC 5084 §3.2; ours is always 16. */
export const GcmParameters = sequence("GCMParameters", {
  nonce: octetString({ min: 12, max: 12 }),
  icvLength: smallInteger({ min: 16, max: 16 }),
});

/** ECC-CMS-SharedInfo: what the derived key is for. RFC 5753 §7.2 */
export const SharedInfo = sequence("ECC-CMS-SharedInfo", {
  keyInfo: AlgorithmIdentifier,
  entityUInfo: optional(explicit(0, octetString({ max: 64 }))),
  suppPubInfo: explicit(2, octetString({ min: 4, max: 4 })), // bits of the key, most significant octet first
});

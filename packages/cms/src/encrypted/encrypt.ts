/**
 * Encrypts a content for one receiver: AuthEnvelopedData.
 *
 * Fresh for each message: the ephemeral key pair, the content key, the nonce. None of them is kept.
 * What is written here is declared in ../asn1/auth-enveloped-data.ts.
 * Source: RFC 5083; RFC 5753 §3.1 (ephemeral-static ECDH); BSI TR-03116-3 (ECKA-EG, key wrap, the two ciphers).
 */

import { agreeEphemeral, generateSecretKey, randomBytes, wrapKey } from "@siegel/crypto";
import { type Certificate, encodeDer } from "@siegel/pki";
import { AlgorithmIdentifier, keyEncryption } from "../asn1/algorithm.ts";
import { oidDer, tag, tlv } from "../asn1/tlv.ts";
import { derivationOf } from "./agreement.ts";
import { cipherOf, type ContentCipher } from "./ciphers.ts";

export interface ToEncrypt {
  readonly content: Uint8Array;
  /** With an ENC key on brainpoolP256r1. */
  readonly receiver: Certificate;
  readonly cipher: ContentCipher;
  readonly ukm?: Uint8Array;
}

/** Where keys and nonces come from. */
export interface Fresh {
  readonly agreeEphemeral: typeof agreeEphemeral;
  readonly generateSecretKey: typeof generateSecretKey;
  readonly randomBytes: typeof randomBytes;
}

/** DER of AuthEnvelopedData. @throws {RangeError} when the receiver's certificate is for another kind of key. */
export async function encrypt(
  { content, receiver, cipher: name, ukm }: ToEncrypt,
  fresh: Fresh = random,
): Promise<Uint8Array> {
  const { publicKey, purpose } = receiver;
  if (purpose !== "ENC" || publicKey.curve !== "brainpoolP256r1") {
    throw new RangeError("the receiver's certificate is not one of an ENC key on brainpoolP256r1");
  }
  const cipher = cipherOf(name, fresh.randomBytes(12));
  const { ephemeral, key: kek } = await fresh.agreeEphemeral({ receiver: publicKey, ...derivationOf(ukm) });
  const contentKey = fresh.generateSecretKey(cipher.keyBytes);
  const { ciphertext, tag: mac } = cipher.seal(contentKey, content);
  const ukmDer = ukm === undefined ? [] : [tlv(tag.constructed(1), tlv(tag.octetString, ukm))];
  const recipient = tlv(
    tag.constructed(1), // KeyAgreeRecipientInfo
    version3,
    tlv(
      tag.constructed(0),
      tlv(tag.constructed(1), ecPublicKey, tlv(tag.bitString, noUnusedBits, ephemeral.toPoint())),
    ),
    ...ukmDer,
    keyEncryptionDer,
    tlv(
      tag.sequence,
      tlv(
        tag.sequence,
        tlv(tag.constructed(0), tlv(tag.octetString, receiver.keyId)), // rKeyId
        tlv(tag.octetString, wrapKey(kek, contentKey)),
      ),
    ),
  );
  const encryptedContentInfo = tlv(
    tag.sequence,
    oidDer.data,
    encodeDer(AlgorithmIdentifier, cipher.algorithm),
    tlv(tag.context(0), ciphertext),
  );
  return tlv(
    tag.sequence,
    version0,
    tlv(tag.set, recipient),
    encryptedContentInfo,
    tlv(tag.octetString, mac),
  ).toBytes();
}

const random: Fresh = { agreeEphemeral, generateSecretKey, randomBytes };
const version0 = Uint8Array.of(tag.integer, 1, 0);
const version3 = Uint8Array.of(tag.integer, 1, 3);
const noUnusedBits = Uint8Array.of(0);
/** The curve is the receiver's and left out: RFC 5753 §3.1.1. */
const ecPublicKey = tlv(tag.sequence, oidDer.ecPublicKey).toBytes();
const keyEncryptionDer = encodeDer(AlgorithmIdentifier, keyEncryption);

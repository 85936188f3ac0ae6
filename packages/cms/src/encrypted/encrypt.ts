/**
 * Encrypts a content for one receiver: AuthEnvelopedData.
 *
 * Fresh for each message: the ephemeral key pair, the content key, the nonce. None of them is kept.
 * Source: RFC 5083; RFC 5753 §3.1 (ephemeral-static ECDH); BSI TR-03116-3 (ECKA-EG, key wrap, the two ciphers).
 */

import { agreeEphemeral, generateSecretKey, randomBytes, wrapKey } from "@siegel/crypto";
import { type Certificate, encodeDer } from "@siegel/pki";
import { AuthEnvelopedData } from "../asn1/auth-enveloped-data.ts";
import { oids } from "../oids.ts";
import { derivationOf, keyEncryption } from "./agreement.ts";
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
  const { ciphertext, tag } = cipher.seal(contentKey, content);
  return encodeDer(AuthEnvelopedData, {
    version: 0,
    recipientInfos: [
      {
        version: 3,
        originator: { algorithm: { algorithm: oids.ecPublicKey }, publicKey: ephemeral.toPoint() },
        ukm,
        keyEncryptionAlgorithm: keyEncryption,
        recipientEncryptedKeys: [
          {
            rid: { kind: "rKeyId", value: { subjectKeyIdentifier: receiver.keyId } },
            encryptedKey: wrapKey(kek, contentKey),
          },
        ],
      },
    ],
    authEncryptedContentInfo: {
      contentType: oids.data,
      contentEncryptionAlgorithm: cipher.algorithm,
      encryptedContent: ciphertext,
    },
    mac: tag,
  });
}

const random: Fresh = { agreeEphemeral, generateSecretKey, randomBytes };

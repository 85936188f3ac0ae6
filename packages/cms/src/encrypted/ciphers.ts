/**
 * The two content ciphers that every receiver has to take, as CMS carries them.
 *
 * GCM: 16 octets of key; parameters with nonce and tag length (RFC 5084).
 * CBC-CMAC: 32 octets, K_enc ‖ K_mac; no parameters, the initial vector is zero. This layout is ours: the annex of the BSI
 * was not at hand (docs/formats/delivery.md). The lengths differ, so a key of one cannot be used as one of the other.
 * Each message has fresh keys, so a nonce cannot meet its key twice.
 */

import { aesCbcCmacOpen, aesCbcCmacSeal, aesGcmOpen, aesGcmSeal, type SecretKey, splitKey } from "@siegel/crypto";
import { decodeDer, encodeDer } from "@siegel/pki";
import { aesCbcCmac128, type AlgorithmIdentifier } from "../asn1/algorithm.ts";
import { GcmParameters } from "../asn1/auth-enveloped-data.ts";
import { oids } from "../oids.ts";

export type ContentCipher = "gcm" | "cbc-cmac";

/** How a content is sealed and opened with one key. */
export interface Cipher {
  readonly keyBytes: number;
  seal(key: SecretKey, plaintext: Uint8Array): { ciphertext: Uint8Array; tag: Uint8Array };
  /** @throws {CipherError} "authentication-failed": before the tag holds there is no plaintext. */
  open(key: SecretKey, sealed: { ciphertext: Uint8Array; tag: Uint8Array }): Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
}

/** For sealing. @param nonce  12 fresh octets; CBC-CMAC needs none. */
export function cipherOf(name: ContentCipher, nonce: Uint8Array): Cipher {
  if (name === "cbc-cmac") return cbcCmac;
  return gcm(nonce, { algorithm: oids.aes128Gcm, parameters: encodeDer(GcmParameters, { nonce, icvLength: 16 }) });
}

/** For opening. @throws {DecodeError} for parameters of another form; undefined for another algorithm. */
export function cipherFor(algorithm: AlgorithmIdentifier): Cipher | undefined {
  const { algorithm: id, parameters } = algorithm;
  if (id === oids.aesCbcCmac128) return parameters === undefined ? cbcCmac : undefined;
  if (id !== oids.aes128Gcm || parameters === undefined) return undefined;
  return gcm(decodeDer(GcmParameters, parameters).nonce, algorithm);
}

function gcm(nonce: Uint8Array, algorithm: AlgorithmIdentifier): Cipher {
  return {
    keyBytes: 16,
    algorithm,
    seal: (key, plaintext) => aesGcmSeal({ key, nonce, aad: nothing, plaintext }),
    open: (key, sealed) => aesGcmOpen({ key, nonce, aad: nothing, ...sealed }),
  };
}

const nothing = new Uint8Array();
const cbcCmac: Cipher = {
  keyBytes: 32,
  algorithm: aesCbcCmac128,
  seal(key, plaintext) {
    const [encryptionKey, macKey] = splitKey(key, 16);
    return aesCbcCmacSeal({ encryptionKey, macKey, aad: nothing, plaintext });
  },
  open(key, sealed) {
    const [encryptionKey, macKey] = splitKey(key, 16);
    return aesCbcCmacOpen({ encryptionKey, macKey, aad: nothing, ...sealed });
  },
};

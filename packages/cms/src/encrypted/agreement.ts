/** What both sides put into the key derivation, and the names of the algorithms. Source: RFC 5753 §7.1, §7.2; BSI TR-03111. */

import type { Derivation } from "@siegel/crypto";
import { encodeDer } from "@siegel/pki";
import { AlgorithmIdentifier } from "../asn1/algorithm.ts";
import { SharedInfo } from "../asn1/auth-enveloped-data.ts";
import { oids } from "../oids.ts";

/** AES-128 key wrap: no parameters (RFC 3565 §2.3.2). */
const aes128Wrap: AlgorithmIdentifier = { algorithm: oids.aes128Wrap };

/** ECKA-EG with the X9.63 KDF over SHA-256, for a key that wraps with AES-128. */
export const keyEncryption: AlgorithmIdentifier = {
  algorithm: oids.eckaEgX963KdfSha256,
  parameters: encodeDer(AlgorithmIdentifier, aes128Wrap),
};

/** @param ukm  Further octets that both must have: here the sender's key id, or none. */
export function derivationOf(ukm: Uint8Array | undefined): Derivation {
  if (ukm === undefined) return plain;
  return { ...plain, sharedInfo: sharedInfoOf(ukm) };
}

function sharedInfoOf(entityUInfo: Uint8Array | undefined): Uint8Array {
  return encodeDer(SharedInfo, { keyInfo: aes128Wrap, entityUInfo, suppPubInfo: bits128 });
}

/** 128 bits, as 32-bit number. */
const bits128 = Uint8Array.of(0, 0, 0, 128);
const plain: Derivation = { hash: "SHA-256", sharedInfo: sharedInfoOf(undefined), byteLength: 16 };

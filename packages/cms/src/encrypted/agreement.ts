/** What both sides put into the key derivation. Source: RFC 5753 §7.2; BSI TR-03111. */

import type { Derivation } from "@siegel/crypto";
import { encodeDer } from "@siegel/pki";
import { aes128Wrap } from "../asn1/algorithm.ts";
import { SharedInfo } from "../asn1/auth-enveloped-data.ts";

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

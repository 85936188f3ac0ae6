/** Keys with a chosen private number, on any of the five curves, and signatures with them by Node. */

import { createECDH, createPrivateKey, type KeyObject, sign } from "node:crypto";

import { type CurveName, curves } from "../src/curves.ts";
import type { HashName } from "../src/names.ts";
import { element, joined, octetsOf } from "./octets.ts";

export const curveNames: readonly CurveName[] = [
  "brainpoolP256r1",
  "brainpoolP384r1",
  "brainpoolP512r1",
  "P-256",
  "P-192",
];
export const ownCurves = ["brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"] as const;
export const hashNames: readonly HashName[] = ["SHA-256", "SHA-384", "SHA-512"];

/** As OpenSSL names them. */
export const opensslNames: Record<CurveName, string> = {
  brainpoolP256r1: "brainpoolP256r1",
  brainpoolP384r1: "brainpoolP384r1",
  brainpoolP512r1: "brainpoolP512r1",
  "P-256": "prime256v1",
  "P-192": "prime192v1",
};

/** 04‖x‖y of this multiple of the base point. */
export function pointOfScalar(curve: CurveName, scalar: bigint): Uint8Array {
  const ecdh = createECDH(opensslNames[curve]);
  ecdh.setPrivateKey(octetsOf(scalar, curves[curve].byteLength));
  return new Uint8Array(ecdh.getPublicKey());
}

/** PKCS #8 with this private number. */
export function pkcs8Of(curve: CurveName, scalar: bigint): Uint8Array {
  const { byteLength, spkiPrefix } = curves[curve];
  const lengthOctets = spkiPrefix[1] === 0x81 ? 1 : 0;
  const algorithm = spkiPrefix.subarray(2 + lengthOctets, 4 + lengthOctets + spkiPrefix[3 + lengthOctets]!);
  const key = element(0x30, [2, 1, 1], element(0x04, octetsOf(scalar, byteLength)));
  return element(0x30, [2, 1, 0], algorithm, element(0x04, key));
}

export function privateKeyOf(curve: CurveName, scalar: bigint): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8Of(curve, scalar)), format: "der", type: "pkcs8" });
}

export function signByNode(
  key: KeyObject,
  a: { readonly hash: HashName; readonly message: Uint8Array; readonly encoding?: "der" | "raw" },
): Uint8Array {
  const dsaEncoding = a.encoding === "raw" ? "ieee-p1363" : "der";
  return joined(sign(a.hash.replace("-", ""), a.message, { key, dsaEncoding }));
}

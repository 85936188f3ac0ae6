/** AlgorithmIdentifier, and the comparison with the few that are allowed. Source: RFC 5652 §10.1; RFC 5280 §4.1.1.2. */

import { any, type DerReader, encodeDer, optional, sequence, type Tagged } from "@siegel/pki";
import { equalBytes, type Infer } from "@siegel/wire";
import { oids } from "../oids.ts";
import { knownOid } from "./known-oid.ts";

const plain = sequence("AlgorithmIdentifier", {
  algorithm: knownOid(),
  parameters: optional(any({ max: 128 })),
});
export type AlgorithmIdentifier = Infer<typeof plain>;

/** With a memory for those of the format, which stand in each delivery eight times. Others are read as ever. */
export const AlgorithmIdentifier: Tagged<AlgorithmIdentifier> = {
  ...plain,
  read: (reader) => readContent(reader, reader.expect(plain.tag)),
  readContent,
};

/** One that the format has: the same object whenever it is read. */
function algorithmOf(name: keyof typeof oids, parameters?: AlgorithmIdentifier): AlgorithmIdentifier {
  const value: AlgorithmIdentifier = Object.freeze({
    algorithm: oids[name],
    ...(parameters !== undefined && { parameters: encodeDer(plain, parameters) }),
  });
  const content = encodeDer(plain, value).subarray(2); // each is shorter than 128 octets
  (byLength[content.length] ??= []).push({ content, value });
  return value;
}

function readContent(reader: DerReader, length: number): AlgorithmIdentifier {
  // Whoever watches the fields wants to see them all.
  const candidates = reader.observer === undefined ? byLength[length] : undefined;
  if (candidates !== undefined) {
    const octets = reader.bytes.subarray(reader.at, reader.at + length);
    for (const { content, value } of candidates) {
      if (!equalBytes(octets, content)) continue;
      reader.take(length);
      return value;
    }
  }
  return plain.readContent(reader, length);
}

/** The same algorithm with the same parameters, octet by octet. Absent and NULL are different. */
export function sameAlgorithm(a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean {
  if (a === b) return true;
  if (a.algorithm !== b.algorithm) return false;
  if (a.parameters === undefined || b.parameters === undefined) return a.parameters === b.parameters;
  return equalBytes(a.parameters, b.parameters);
}

/** Content octets of the algorithms of the format, by their number. */
const byLength: { readonly content: Uint8Array; readonly value: AlgorithmIdentifier }[][] = [];
export const sha256 = algorithmOf("sha256");
export const ecdsaWithSha256 = algorithmOf("ecdsaWithSha256");
/** AES-128 key wrap: no parameters (RFC 3565 §2.3.2). */
export const aes128Wrap = algorithmOf("aes128Wrap");
/** ECKA-EG with the X9.63 KDF over SHA-256, for a key that wraps with AES-128. */
export const keyEncryption = algorithmOf("eckaEgX963KdfSha256", aes128Wrap);
/** AES-128-CBC and CMAC: no parameters, which is ours. */
export const aesCbcCmac128 = algorithmOf("aesCbcCmac128");
/** An elliptic-curve key whose curve is known from elsewhere. RFC 5753 §3.1.1 */
export const ecPublicKey = algorithmOf("ecPublicKey");

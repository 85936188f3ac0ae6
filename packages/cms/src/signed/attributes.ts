/**
 * The signed attributes: exactly those of the format, each once.
 *
 * In: attributes whose signature holds.  Out: what they say, after comparison with the message around them.
 * Source: RFC 5652 §11.1, §11.2; RFC 6211.
 */

import { decodeDer, octetString } from "@siegel/pki";
import { ecdsaWithSha256, sameAlgorithm, sha256 } from "../asn1/algorithm.ts";
import { knownOid } from "../asn1/known-oid.ts";
import { AlgorithmProtection, SignedAttributes } from "../asn1/signed-data.ts";
import { attempt } from "../attempt.ts";
import { DeliveryError } from "../errors.ts";
import { hashBytes } from "../limits.ts";
import { oids } from "../oids.ts";

export interface ReadAttributes {
  /** SHA-256 of the content, as signed. */
  readonly messageDigest: Uint8Array;
  /** DER of the value of the format's own attribute, where there is one. */
  readonly own: Uint8Array | undefined;
}

/**
 * @param expected.contentType  What the message around them says that it is.
 * @param expected.own          The one further attribute of this kind of message.
 * @throws {DeliveryError} bad-attributes, content-type-mismatch, algorithm-mismatch
 */
export function readAttributes(
  set: Uint8Array,
  expected: { readonly contentType: string; readonly own?: string | undefined },
): ReadAttributes {
  const byType = new Map<string, Uint8Array>();
  for (const { attrType, attrValues } of attempt("bad-attributes", () => decodeDer(SignedAttributes, set))) {
    if (byType.has(attrType)) throw new DeliveryError("bad-attributes");
    byType.set(attrType, attrValues[0]!); // exactly one, by its declaration
  }
  const wanted: string[] = [oids.contentType, oids.messageDigest, oids.cmsAlgorithmProtection];
  if (expected.own !== undefined) wanted.push(expected.own);
  if (byType.size !== wanted.length) throw new DeliveryError("bad-attributes");
  const [contentType, messageDigest, protection, own] = wanted.map((type) => {
    const value = byType.get(type);
    if (value === undefined) throw new DeliveryError("bad-attributes");
    return value;
  });
  const read = attempt("bad-attributes", () => ({
    contentType: decodeDer(objectIdentifier, contentType!), // three at least, by the list above
    messageDigest: decodeDer(digestOctets, messageDigest!),
    protection: decodeDer(AlgorithmProtection, protection!),
  }));
  if (read.contentType !== expected.contentType) throw new DeliveryError("content-type-mismatch");
  const { digestAlgorithm, signatureAlgorithm } = read.protection;
  if (!sameAlgorithm(digestAlgorithm, sha256) || !sameAlgorithm(signatureAlgorithm, ecdsaWithSha256)) {
    throw new DeliveryError("algorithm-mismatch");
  }
  return { messageDigest: read.messageDigest, own };
}

const objectIdentifier = knownOid();
const digestOctets = octetString({ min: hashBytes, max: hashBytes });

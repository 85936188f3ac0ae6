/**
 * A signed message whose outer structure was read, and nothing else. Nobody has shown anything yet.
 *
 * In: DER of a stranger.  Out: the few octets that it takes to check the signature.
 * Read is only what the check needs: attributes, content and certificates are views that were not looked into.
 */

import { decodeDer } from "@siegel/pki";
import { ecdsaWithSha256, sameAlgorithm, sha256 } from "../asn1/algorithm.ts";
import { SignedContentInfo } from "../asn1/signed-data.ts";
import { attempt } from "../attempt.ts";
import { DeliveryError } from "../errors.ts";
import { oids } from "../oids.ts";

/** Views into the message. */
export interface SignedClaim {
  readonly content: Uint8Array;
  readonly certificates: readonly Uint8Array[];
  /** Key id of the signer's certificate. */
  readonly signerKeyId: Uint8Array;
  /** SET OF Attribute in DER, as it was signed. */
  readonly attributes: Uint8Array;
  readonly signature: Uint8Array;
}

/** @throws {DeliveryError} too-large, malformed, wrong-content-type, wrong-algorithm, not-one-signer, unsigned-attributes */
export function readClaim(
  der: Uint8Array,
  { contentType, maxBytes }: { contentType: string; maxBytes: number },
): SignedClaim {
  if (der.length > maxBytes) throw new DeliveryError("too-large");
  const info = attempt("malformed", () => decodeDer(SignedContentInfo, der, { maxBytes }));
  const { digestAlgorithms, encapContentInfo, certificates, signerInfos } = info.content;
  if (info.contentType !== oids.signedData || encapContentInfo.eContentType !== contentType) {
    throw new DeliveryError("wrong-content-type");
  }
  const [signer, second] = signerInfos;
  if (signer === undefined || second !== undefined) throw new DeliveryError("not-one-signer");
  const [digest, otherDigest] = digestAlgorithms;
  const asTheFormatSays =
    digest !== undefined &&
    otherDigest === undefined &&
    sameAlgorithm(digest, sha256) &&
    sameAlgorithm(signer.digestAlgorithm, sha256) &&
    sameAlgorithm(signer.signatureAlgorithm, ecdsaWithSha256);
  if (!asTheFormatSays) throw new DeliveryError("wrong-algorithm");
  if (signer.unsignedAttrs !== undefined) throw new DeliveryError("unsigned-attributes");
  const attributes = signer.signedAttrs.slice();
  attributes[0] = setTag; // RFC 5652 §5.4: signed is the SET OF, not the [0]
  return {
    content: encapContentInfo.eContent,
    certificates,
    signerKeyId: signer.sid,
    attributes,
    signature: signer.signature,
  };
}

const setTag = 0x31;

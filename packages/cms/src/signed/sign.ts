/**
 * Makes a signed message.
 *
 * In: content, its type, whose key.  Out: DER of ContentInfo with SignedData.
 * The key stays where it is: signing is a call to the security module.
 * Source: RFC 5652 §5; what is written here is declared in ../asn1/signed-data.ts.
 */

import type { SecurityModule } from "@siegel/crypto";
import { digest } from "@siegel/crypto/verify";
import { type Certificate, encodeDer } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { AlgorithmIdentifier, ecdsaWithSha256, sha256 } from "../asn1/algorithm.ts";
import { AlgorithmProtection } from "../asn1/signed-data.ts";
import { oidDer, type Part, sorted, tag, tlv } from "../asn1/tlv.ts";
import { maxCertificates } from "../limits.ts";
import type { oids } from "../oids.ts";
import { withLowS } from "./low-s.ts";

/** Whose seal it becomes. */
export interface Sender {
  readonly module: Pick<SecurityModule, "sign">;
  /** Slot of the SIG key. */
  readonly slot: string;
  /** Of that key, on brainpoolP256r1. */
  readonly certificate: Certificate;
  /** Certificates of authorities. Those between the certificate and the root are sent along for whoever checks. */
  readonly others: readonly Certificate[];
}

export interface ToSeal {
  readonly contentType: keyof typeof oids;
  readonly content: Uint8Array;
  /** The further signed attribute of this kind: its type, and its value in DER. */
  readonly ownAttribute?: { readonly type: keyof typeof oids; readonly value: Part };
}

/** @throws {ModuleError} of the security module; {RangeError} when the sender's certificate is for another kind of key. */
export async function signMessage({ contentType, content, ownAttribute }: ToSeal, sender: Sender): Promise<Uint8Array> {
  const { module, slot, certificate } = sender;
  if (certificate.purpose !== "SIG" || certificate.publicKey.curve !== "brainpoolP256r1") {
    throw new RangeError("the sender's certificate is not one of a SIG key on brainpoolP256r1");
  }
  const attributes = [
    attribute(oidDer.contentType, oidDer[contentType]),
    attribute(oidDer.messageDigest, tlv(tag.octetString, digest("SHA-256", content))),
    algorithmProtection,
  ];
  if (ownAttribute !== undefined) attributes.push(attribute(oidDer[ownAttribute.type], ownAttribute.value));
  const signedAttrs = tlv(tag.set, ...sorted(attributes)).toBytes();
  const signature = withLowS(await module.sign({ slot, hash: "SHA-256", message: signedAttrs }));
  signedAttrs[0] = tag.constructed(0); // the same octets stand under [0]: RFC 5652 §5.4
  const signerInfo = tlv(
    tag.sequence,
    version3,
    tlv(tag.context(0), certificate.keyId),
    sha256Der,
    signedAttrs,
    ecdsaDer,
    tlv(tag.octetString, signature),
  );
  const signedData = tlv(
    tag.sequence,
    version3,
    digestAlgorithms,
    tlv(tag.sequence, oidDer[contentType], tlv(tag.constructed(0), tlv(tag.octetString, content))),
    certificatesOf(sender),
    tlv(tag.set, signerInfo),
  );
  return tlv(tag.sequence, oidDer.signedData, tlv(tag.constructed(0), signedData)).toBytes();
}

/** `[0]` with what is sent along. The same for all messages of a sender until an authority comes or goes. */
function certificatesOf({ certificate, others }: Sender): Uint8Array {
  const known = embedded.get(certificate);
  if (known?.others.length === others.length && known.others.every((one, index) => one === others[index])) {
    return known.der;
  }
  const der = tlv(tag.constructed(0), ...sorted(chainOf(certificate, others).map((one) => one.der))).toBytes();
  embedded.set(certificate, { others: [...others], der });
  return der;
}

/** The certificate, and authority for authority up to the one below the root, as far as they are there. */
function chainOf(certificate: Certificate, others: readonly Certificate[]): readonly Certificate[] {
  const chain = [certificate];
  for (let last = certificate; chain.length < maxCertificates;) {
    const { authorityKeyId } = last;
    if (authorityKeyId === undefined) break;
    const issuer = others.find((one) => one.role === "SUB-CA" && equalBytes(one.keyId, authorityKeyId));
    if (issuer === undefined || chain.includes(issuer)) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function attribute(type: Uint8Array, value: Part): Uint8Array {
  return tlv(tag.sequence, type, tlv(tag.set, value)).toBytes();
}

const embedded = new WeakMap<Certificate, { readonly others: readonly Certificate[]; readonly der: Uint8Array }>();
const version3 = Uint8Array.of(tag.integer, 1, 3);
const sha256Der = encodeDer(AlgorithmIdentifier, sha256);
const ecdsaDer = encodeDer(AlgorithmIdentifier, ecdsaWithSha256);
const digestAlgorithms = tlv(tag.set, sha256Der).toBytes();
const algorithmProtection = attribute(
  oidDer.cmsAlgorithmProtection,
  encodeDer(AlgorithmProtection, { digestAlgorithm: sha256, signatureAlgorithm: ecdsaWithSha256 }),
);

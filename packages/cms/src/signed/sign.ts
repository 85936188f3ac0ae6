/**
 * Makes a signed message.
 *
 * In: content, its type, whose key.  Out: DER of ContentInfo with SignedData.
 * The key stays where it is: signing is a call to the security module.
 */

import type { SecurityModule } from "@siegel/crypto";
import { digest } from "@siegel/crypto/verify";
import { type Certificate, encodeDer, octetString, oid } from "@siegel/pki";
import { AlgorithmProtection, SignedAttributes, SignedContentInfo } from "../asn1/signed-data.ts";
import { oids } from "../oids.ts";
import { ecdsaWithSha256, sha256 } from "./claim.ts";
import { withLowS } from "./low-s.ts";

/** Whose seal it becomes. */
export interface Sender {
  readonly module: Pick<SecurityModule, "sign">;
  /** Slot of the SIG key. */
  readonly slot: string;
  /** Of that key, on brainpoolP256r1. */
  readonly certificate: Certificate;
  /** Sent along for whoever checks: authorities between the certificate and the root. At most three. */
  readonly others: readonly Certificate[];
}

export interface ToSeal {
  readonly contentType: string;
  readonly content: Uint8Array;
  /** The further signed attribute of this kind: its type, and its value in DER. */
  readonly ownAttribute?: { readonly type: string; readonly value: Uint8Array };
}

/** @throws {ModuleError} of the security module; {RangeError} when the sender's certificate is for another kind of key. */
export async function signMessage({ contentType, content, ownAttribute }: ToSeal, sender: Sender): Promise<Uint8Array> {
  const { module, slot, certificate, others } = sender;
  if (certificate.purpose !== "SIG" || certificate.publicKey.curve !== "brainpoolP256r1") {
    throw new RangeError("the sender's certificate is not one of a SIG key on brainpoolP256r1");
  }
  const attributes: { attrType: string; attrValues: Uint8Array[] }[] = [
    { attrType: oids.contentType, attrValues: [encodeDer(oid(), contentType)] },
    { attrType: oids.messageDigest, attrValues: [encodeDer(octetString(), digest("SHA-256", content))] },
    { attrType: oids.cmsAlgorithmProtection, attrValues: [protection] },
  ];
  if (ownAttribute !== undefined) attributes.push({ attrType: ownAttribute.type, attrValues: [ownAttribute.value] });
  const signedAttrs = encodeDer(SignedAttributes, attributes);
  const signature = withLowS(await module.sign({ slot, hash: "SHA-256", message: signedAttrs }));
  signedAttrs[0] = contextTag; // the same octets stand under [0]: RFC 5652 §5.4
  return encodeDer(SignedContentInfo, {
    contentType: oids.signedData,
    content: {
      version: 3,
      digestAlgorithms: [sha256],
      encapContentInfo: { eContentType: contentType, eContent: content },
      certificates: [certificate, ...others].map(({ der }) => der),
      signerInfos: [
        {
          version: 3,
          sid: certificate.keyId,
          digestAlgorithm: sha256,
          signedAttrs,
          signatureAlgorithm: ecdsaWithSha256,
          signature,
        },
      ],
    },
  });
}

const protection = encodeDer(AlgorithmProtection, { digestAlgorithm: sha256, signatureAlgorithm: ecdsaWithSha256 });
const contextTag = 0xa0;

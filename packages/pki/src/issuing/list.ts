/** Makes a list of revoked certificates and has it signed. Source: RFC 5280 §5. */

import { CertificateList, TbsCertList } from "../asn1/certificate-list.ts";
import type { RevocationReason } from "../asn1/extensions.ts";
import { type Certificate, partsOf } from "../certificate.ts";
import { encodeDer } from "../der/der.ts";
import { IssueError } from "../errors.ts";
import { hashOf } from "../signed.ts";
import type { Signer } from "./signer.ts";

export interface RevokedEntry {
  readonly serial: bigint;
  /** Whole seconds. From this instant on the certificate is not to be believed; it may lie in the past. */
  readonly dateMs: number;
  /** "unspecified" unless told, which is not written (RFC 5280 §5.3.1). */
  readonly reason?: RevocationReason;
}

export interface ListContent {
  /** Higher than in every list before. */
  readonly number: bigint;
  /** Whole seconds. */
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  /** Of this authority, each serial once. */
  readonly revoked: readonly RevokedEntry[];
}

/**
 * @returns DER of the list.
 * @throws {IssueError} "other-key", "bad-interval", "already-revoked" when a serial is named twice.
 */
export async function issueCrl(
  content: ListContent,
  issuer: { readonly signer: Signer; readonly certificate: Certificate },
): Promise<Uint8Array> {
  const { signer, certificate } = issuer;
  if (!signer.publicKey.equals(certificate.publicKey)) throw new IssueError("other-key");
  if (!(content.nextUpdateMs > content.thisUpdateMs)) throw new IssueError("bad-interval");
  if (new Set(content.revoked.map(({ serial }) => serial)).size !== content.revoked.length) {
    throw new IssueError("already-revoked");
  }
  const hash = hashOf(signer.publicKey);
  const value = {
    version: 1,
    signature: hash,
    issuer: { value: certificate.subject, raw: partsOf(certificate).subjectDer },
    thisUpdate: content.thisUpdateMs,
    nextUpdate: content.nextUpdateMs,
    ...(content.revoked.length === 0 ? {} : { revokedCertificates: content.revoked.map(entryOf) }),
    crlExtensions: {
      known: {
        cRLNumber: { critical: false, value: content.number },
        authorityKeyIdentifier: { critical: false, value: { keyIdentifier: certificate.keyId } },
      },
      unknown: [],
    },
  };
  const raw = encodeDer(TbsCertList, value);
  return encodeDer(CertificateList, {
    tbsCertList: { value, raw },
    signatureAlgorithm: hash,
    signatureValue: await signer.sign(hash, raw),
  });
}

function entryOf({ serial, dateMs, reason = "unspecified" }: RevokedEntry) {
  return {
    userCertificate: serial,
    revocationDate: dateMs,
    ...(reason === "unspecified"
      ? {}
      : { crlEntryExtensions: { known: { reasonCode: { critical: false, value: reason } }, unknown: [] } }),
  };
}

/**
 * Makes a certificate of the profile and has it signed.
 *
 * In: whose key, which role and purpose, until when; a signer.  Out: DER.
 * What is made is read again and put to the rules that everybody applies who checks it, before it is given away. So a
 * certificate that nobody would accept is not issued.
 */

import type { PublicKey } from "@siegel/crypto/verify";
import { EncodeError } from "@siegel/wire";

import { SignedCertificate, TbsCertificate } from "../asn1/certificate.ts";
import type { ExtensionValues, KeyUsageBit } from "../asn1/extensions.ts";
import { type DistinguishedName, PlainName } from "../asn1/name.ts";
import { keyPurposeOids, smPkiPolicy } from "../asn1/oids.ts";
import { Certificate, partsOf } from "../certificate.ts";
import { encodeDer } from "../der/der.ts";
import { IssueError } from "../errors.ts";
import { breachOf, type CurveRule, legacyCurves } from "../path/profile.ts";
import type { Purpose, Role } from "../roles.ts";
import { hashOf } from "../signed.ts";
import type { Signer } from "./signer.ts";

/** What stands in a certificate. The rest follows from role and purpose. */
export interface CertificateContent {
  /** 1 … 2^159 − 1. */
  readonly serial: bigint;
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKey;
  readonly role: Role;
  /** "CA" for ROOT and SUB-CA, one of the others for the rest. */
  readonly purpose: Purpose;
  /** Whole seconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** How the subject is reached: a must for GWA, GWH and EMT, forbidden for a gateway. */
  readonly reachedBy?: { readonly email?: string; readonly uri?: string; readonly dnsNames?: readonly string[] };
  /** Where the issuer's list of revoked certificates is. Not for a root. */
  readonly revocationListUri?: string;
  /** Where the issuer is reached. Not for a root. */
  readonly issuerUri?: string;
  /** That of the SM-PKI unless told. */
  readonly policy?: string;
}

/** Who signs: with the certificate of its key, or without for a root, which signs itself. */
export interface Issuer {
  readonly signer: Signer;
  readonly certificate?: Certificate;
}

/**
 * @returns DER of the certificate.
 * @throws {IssueError} "other-key", "bad-interval", "outlives-issuer", "not-in-profile".
 */
export async function issueCertificate(content: CertificateContent, issuer: Issuer): Promise<Uint8Array> {
  const { signer, certificate } = issuer;
  const issuerKey = certificate?.publicKey ?? content.publicKey;
  if (!signer.publicKey.equals(issuerKey)) throw new IssueError("other-key");
  if (certificate !== undefined && certificate.purpose !== "CA") throw new IssueError("not-in-profile");
  if (!(content.notAfterMs > content.notBeforeMs)) throw new IssueError("bad-interval");
  // Shell model: what outlives its issuer is worth nothing from then on.
  if (certificate !== undefined && content.notAfterMs > certificate.notAfterMs) throw new IssueError("outlives-issuer");
  const hash = hashOf(signer.publicKey);
  const tbsCertificate = encoded(() => {
    const subject = named(content.subject);
    const value = {
      version: 2,
      serialNumber: content.serial,
      signature: hash,
      // The very octets of the issuer's own name: that is how names are compared.
      issuer:
        certificate === undefined ? subject : { value: certificate.subject, raw: partsOf(certificate).subjectDer },
      validity: { notBefore: content.notBeforeMs, notAfter: content.notAfterMs },
      subject,
      subjectPublicKeyInfo: content.publicKey.toSpki(),
      extensions: { known: extensionsOf(content, certificate?.keyId), unknown: [] },
    };
    return { value, raw: encodeDer(TbsCertificate, value) };
  });
  const der = encodeDer(SignedCertificate, {
    tbsCertificate,
    signatureAlgorithm: hash,
    signatureValue: await signer.sign(hash, tbsCertificate.raw),
  });
  checkProfile(Certificate.parse(der), content);
  return der;
}

function extensionsOf(content: CertificateContent, issuerKeyId: Uint8Array | undefined): ExtensionValues {
  const { role, purpose, reachedBy, revocationListUri, issuerUri } = content;
  const isRoot = role === "ROOT";
  const authorityKeyId = issuerKeyId ?? content.publicKey.keyId;
  const alternativeNames = [
    ...uris(reachedBy?.uri),
    ...(reachedBy?.email === undefined ? [] : [{ kind: "rfc822Name", value: reachedBy.email } as const]),
    ...(reachedBy?.dnsNames ?? []).map((value) => ({ kind: "dNSName", value }) as const),
  ];
  return {
    authorityKeyIdentifier: { critical: false, value: { keyIdentifier: authorityKeyId } },
    subjectKeyIdentifier: { critical: false, value: content.publicKey.keyId },
    keyUsage: { critical: true, value: usages[purpose] },
    ...(isRoot
      ? {}
      : { certificatePolicies: { critical: false, value: [{ policyIdentifier: content.policy ?? smPkiPolicy }] } }),
    ...(alternativeNames.length === 0 ? {} : { subjectAltName: { critical: false, value: alternativeNames } }),
    ...(issuerUri === undefined ? {} : { issuerAltName: { critical: false, value: uris(issuerUri) } }),
    basicConstraints: {
      critical: true,
      value: purpose === "CA" ? { cA: true, pathLenConstraint: isRoot ? 1 : 0 } : { cA: false },
    },
    ...(purpose === "TLS"
      ? { extKeyUsage: { critical: true, value: [keyPurposeOids.serverAuth, keyPurposeOids.clientAuth] } }
      : {}),
    ...(revocationListUri === undefined
      ? {}
      : {
          cRLDistributionPoints: {
            critical: false,
            value: [{ distributionPoint: { kind: "fullName", value: uris(revocationListUri) } as const }],
          },
        }),
  };
}

/** A root of ours may be of the older size, too: whether that is accepted is for the one who checks. */
function checkProfile(certificate: Certificate, { role, purpose, policy = smPkiPolicy }: CertificateContent): void {
  const curves: CurveRule = legacyCurves;
  const breach =
    certificate.purpose === purpose ? breachOf(certificate, role, { curves, policies: [policy] }) : "wrong-purpose";
  if (breach !== undefined) throw new IssueError("not-in-profile", { cause: breach });
}

function named(name: DistinguishedName): { value: DistinguishedName; raw: Uint8Array } {
  return { value: name, raw: encodeDer(PlainName, name) };
}

function uris(uri: string | undefined): { kind: "uniformResourceIdentifier"; value: string }[] {
  return uri === undefined ? [] : [{ kind: "uniformResourceIdentifier", value: uri }];
}

/** What cannot be written is not in the profile. */
function encoded<T>(encode: () => T): T {
  try {
    return encode();
  } catch (cause) {
    if (cause instanceof EncodeError) throw new IssueError("not-in-profile", { cause });
    throw cause;
  }
}

const usages: Readonly<Record<Purpose, readonly KeyUsageBit[]>> = {
  CA: ["keyCertSign", "cRLSign"],
  TLS: ["digitalSignature"],
  SIG: ["digitalSignature"],
  ENC: ["keyEncipherment", "keyAgreement"],
};

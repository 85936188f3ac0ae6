/**
 * A certificate that was read whole. Nothing about it has been believed yet: that is ./path.
 *
 * In: DER.  Out: fields that do not change, and copies of octets.
 * Source: RFC 5280 §4.1, §4.2; profile of the SM-PKI.
 */

import { digest, type PublicKey } from "@siegel/crypto/verify";
import { DecodeError, toHex } from "@siegel/wire";

import { SignedCertificate } from "./asn1/certificate.ts";
import type { ExtensionSet } from "./asn1/extensions.ts";
import type { DistinguishedName } from "./asn1/name.ts";
import { decodeDer } from "./der/der.ts";
import { type Purpose, purposeOf, type Role, roleOfName } from "./roles.ts";
import { publicKeyOf, sameAlgorithm, type SignedOctets } from "./signed.ts";

/** What path validation and issuing look at besides. Views: not given away. */
export interface CertificateParts {
  readonly signed: SignedOctets;
  readonly subjectDer: Uint8Array;
  readonly issuerDer: Uint8Array;
  readonly extensions: ExtensionSet;
  /** Hex, as names for maps. */
  readonly keyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  readonly fingerprint: string;
}

/** For the other files of this room, not part of its door. */
export let partsOf: (certificate: Certificate) => CertificateParts;

export class Certificate {
  static {
    partsOf = (certificate) => certificate.#parts;
  }

  /** Positive, up to 20 octets. */
  readonly serial: bigint;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly publicKey: PublicKey;
  /** By the end of the common name; whether the rest agrees is for `validatePath` to say. */
  readonly role: Role | undefined;
  /** By the extensions. */
  readonly purpose: Purpose | undefined;
  readonly #der: Uint8Array;
  readonly #parts: CertificateParts;

  private constructor(der: Uint8Array) {
    const { tbsCertificate, signatureAlgorithm, signatureValue } = decodeDer(SignedCertificate, der, {
      maxBytes: maxCertificateBytes,
    });
    const tbs = tbsCertificate.value;
    const { known } = tbs.extensions;
    this.serial = tbs.serialNumber;
    this.subject = Object.freeze(tbs.subject.value);
    this.issuer = Object.freeze(tbs.issuer.value);
    this.notBeforeMs = tbs.validity.notBefore;
    this.notAfterMs = tbs.validity.notAfter;
    if (this.notAfterMs < this.notBeforeMs) {
      throw new DecodeError("out-of-range", { path: "Certificate.tbsCertificate.validity", offset: 0 });
    }
    this.publicKey = publicKeyOf(tbs.subjectPublicKeyInfo, "Certificate.tbsCertificate.subjectPublicKeyInfo");
    this.role = roleOfName(this.subject);
    this.purpose = purposeOf(known);
    this.#der = der;
    this.#parts = {
      signed: {
        octets: tbsCertificate.raw,
        hash: sameAlgorithm(tbs.signature, signatureAlgorithm, "Certificate.signatureAlgorithm"),
        signature: signatureValue,
      },
      subjectDer: tbs.subject.raw,
      issuerDer: tbs.issuer.raw,
      extensions: tbs.extensions,
      keyId: hexOf(known.subjectKeyIdentifier?.value),
      authorityKeyId: hexOf(known.authorityKeyIdentifier?.value.keyIdentifier),
      fingerprint: toHex(digest("SHA-256", der)),
    };
  }

  /**
   * Reads one whole certificate, strictly. The octets are copied.
   *
   * @throws {DecodeError} with path and offset.
   */
  static parse(der: Uint8Array): Certificate {
    return new Certificate(new Uint8Array(der));
  }

  /** The common name, which ends in the role: `ESGL0000000001.SMGW`. */
  get name(): string {
    return this.subject.commonName;
  }

  /** A copy. */
  get der(): Uint8Array {
    return this.#der.slice();
  }

  /** SHA-256 of the DER. A copy. */
  get fingerprint(): Uint8Array {
    return digest("SHA-256", this.#der);
  }

  /**
   * 20 octets, as the issuer wrote them (subjectKeyIdentifier); where it wrote none, computed as RFC 7093 §2 method 1 does.
   * Certificates that we issue have that value. A copy.
   */
  get keyId(): Uint8Array {
    return this.#parts.extensions.known.subjectKeyIdentifier?.value.slice() ?? this.publicKey.keyId;
  }

  /** 20 octets: key id of the issuer. A copy. */
  get authorityKeyId(): Uint8Array | undefined {
    return this.#parts.extensions.known.authorityKeyIdentifier?.value.keyIdentifier.slice();
  }

  /** Where the issuer puts its list of revoked certificates. */
  get revocationListUris(): readonly string[] {
    const points = this.#parts.extensions.known.cRLDistributionPoints?.value ?? [];
    return points.flatMap(({ distributionPoint }) =>
      (distributionPoint?.value ?? []).flatMap((name) =>
        name.kind === "uniformResourceIdentifier" ? [name.value] : [],
      ),
    );
  }

  /** Further names by which the subject is reached: DNS names. */
  get dnsNames(): readonly string[] {
    const names = this.#parts.extensions.known.subjectAltName?.value ?? [];
    return names.flatMap((name) => (name.kind === "dNSName" ? [name.value] : []));
  }

  /** The same octets. */
  equals(other: Certificate): boolean {
    return this.#parts.fingerprint === other.#parts.fingerprint;
  }
}

function hexOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : toHex(bytes);
}

/** Real ones have about a thousand. */
const maxCertificateBytes = 1 << 14;

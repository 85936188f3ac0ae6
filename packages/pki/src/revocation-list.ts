/**
 * A list of revoked certificates that was read whole. Who signed it is for ./path to ask.
 *
 * Read are complete lists, signed by the authority itself. Indirect, partial and delta lists announce themselves by critical
 * extensions, which path validation refuses as every critical extension that it does not know.
 * Source: RFC 5280 §5.
 */

import { DecodeError, toHex } from "@siegel/wire";

import { CertificateList } from "./asn1/certificate-list.ts";
import type { ExtensionSet, RevocationReason } from "./asn1/extensions.ts";
import type { DistinguishedName } from "./asn1/name.ts";
import { digest } from "@siegel/crypto/verify";
import { decodeDer } from "./der/der.ts";
import { sameAlgorithm, type SignedOctets } from "./signed.ts";

export interface Revocation {
  /** From this instant on the certificate is not to be believed. */
  readonly dateMs: number;
  readonly reason: RevocationReason;
}

/** What path validation looks at besides. Views: not given away. */
export interface ListParts {
  readonly signed: SignedOctets;
  readonly issuerDer: Uint8Array;
  readonly extensions: ExtensionSet;
  /** A critical extension on an entry that nobody here understands. */
  readonly hasUnknownCriticalEntry: boolean;
  /** Hex. */
  readonly authorityKeyId: string | undefined;
  readonly fingerprint: string;
}

/** For the other files of this room, not part of its door. */
export let listPartsOf: (list: RevocationList) => ListParts;

export class RevocationList {
  static {
    listPartsOf = (list) => list.#parts;
  }

  readonly issuer: DistinguishedName;
  readonly thisUpdateMs: number;
  /** When the authority will have written the next one. */
  readonly nextUpdateMs: number;
  /** Rises with each list of an authority. */
  readonly number: bigint | undefined;
  readonly #der: Uint8Array;
  readonly #revoked: ReadonlyMap<bigint, Revocation>;
  readonly #parts: ListParts;

  private constructor(der: Uint8Array) {
    const { tbsCertList, signatureAlgorithm, signatureValue } = decodeDer(CertificateList, der, {
      maxBytes: maxListBytes,
    });
    const tbs = tbsCertList.value;
    this.issuer = Object.freeze(tbs.issuer.value);
    this.thisUpdateMs = tbs.thisUpdate;
    this.nextUpdateMs = tbs.nextUpdate;
    if (this.nextUpdateMs < this.thisUpdateMs) throw refusal("out-of-range", "nextUpdate");
    this.number = tbs.crlExtensions.known.cRLNumber?.value;
    this.#der = der;
    const revoked = new Map<bigint, Revocation>();
    let hasUnknownCriticalEntry = false;
    for (const { userCertificate, revocationDate, crlEntryExtensions } of tbs.revokedCertificates ?? []) {
      if (revoked.has(userCertificate)) throw refusal("wrong-length", "revokedCertificates");
      const reason = crlEntryExtensions?.known.reasonCode?.value ?? "unspecified";
      revoked.set(userCertificate, Object.freeze({ dateMs: revocationDate, reason }));
      if (crlEntryExtensions?.unknown.some(({ critical }) => critical) === true) hasUnknownCriticalEntry = true;
    }
    this.#revoked = revoked;
    const authorityKeyId = tbs.crlExtensions.known.authorityKeyIdentifier?.value.keyIdentifier;
    this.#parts = {
      signed: {
        octets: tbsCertList.raw,
        hash: sameAlgorithm(tbs.signature, signatureAlgorithm, "CertificateList.signatureAlgorithm"),
        signature: signatureValue,
      },
      issuerDer: tbs.issuer.raw,
      extensions: tbs.crlExtensions,
      hasUnknownCriticalEntry,
      authorityKeyId: authorityKeyId === undefined ? undefined : toHex(authorityKeyId),
      fingerprint: toHex(digest("SHA-256", der)),
    };
  }

  /**
   * Reads one whole list, strictly. The octets are copied.
   *
   * @throws {DecodeError} with path and offset.
   */
  static parse(der: Uint8Array): RevocationList {
    return new RevocationList(new Uint8Array(der));
  }

  /** A copy. */
  get der(): Uint8Array {
    return this.#der.slice();
  }

  /** How many certificates it names. */
  get count(): number {
    return this.#revoked.size;
  }

  /** When and why a certificate of this authority was revoked. */
  revocationOf(serial: bigint): Revocation | undefined {
    return this.#revoked.get(serial);
  }

  /** Whether it is on the list, whatever the date. */
  isRevoked(serial: bigint): boolean {
    return this.#revoked.has(serial);
  }

  /** Serials and revocations in the order of the list. */
  entries(): IterableIterator<[bigint, Revocation]> {
    return this.#revoked.entries();
  }
}

function refusal(code: "out-of-range" | "wrong-length", field: string): DecodeError {
  return new DecodeError(code, { path: `CertificateList.tbsCertList.${field}`, offset: 0 });
}

/** 2^17 entries with a reason fit. */
const maxListBytes = 1 << 23;

/**
 * Embedded certificates, read: those of signers whose path held once are remembered.
 *
 * A head-end sees the same few certificates with every delivery. Reading one costs a tenth of a signature check, and a key
 * that is kept need not be taken in by the library again.
 */

import { Certificate, type ValidatedPath } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { attempt } from "../attempt.ts";
import { DeliveryError } from "../errors.ts";
import type { SignedClaim } from "./claim.ts";

/** Certificates by their octets. Only what belonged to a valid path is kept: a stranger's take no place. */
export class CertificateMemory {
  /** By their last octets, which are of the signature; in the order in which they were kept. */
  readonly #byEnd = new Map<number, { readonly der: Uint8Array; readonly certificate: Certificate }>();
  readonly #maxEntries: number;

  /** @param maxEntries  About 5 KB each; beyond it the one kept longest goes. */
  constructor(maxEntries = 10_000) {
    if (!(maxEntries >= 1)) throw new RangeError("maxEntries");
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#byEnd.size;
  }

  /** @throws {DecodeError} as `Certificate.parse` */
  read(der: Uint8Array): Certificate {
    const known = this.#byEnd.get(endOf(der));
    return known !== undefined && equalBytes(known.der, der) ? known.certificate : Certificate.parse(der);
  }

  keep(certificate: Certificate): void {
    if (this.#kept.has(certificate)) return;
    this.#kept.add(certificate);
    const { der } = certificate;
    this.#byEnd.set(endOf(der), { der, certificate });
    if (this.#byEnd.size <= this.#maxEntries) return;
    const [oldest] = this.#byEnd;
    if (oldest === undefined) return;
    this.#byEnd.delete(oldest[0]);
    this.#kept.delete(oldest[1].certificate);
  }

  /** So that what is kept already is told without making a copy of its octets. */
  readonly #kept = new WeakSet<Certificate>();
}

/** Tells certificates apart nearly always; whether it is the same one is then compared octet by octet. */
function endOf(der: Uint8Array): number {
  let end = 0;
  for (let at = Math.max(0, der.length - 6); at < der.length; at++) end = end * 256 + der[at]!;
  return end;
}

/** The signer's certificate and the others that came along. */
export interface EmbeddedCertificates {
  readonly signer: Certificate;
  readonly others: readonly Certificate[];
}

/**
 * Finds the one embedded certificate that the signer names.
 *
 * @throws {DeliveryError} no-signer-certificate; wrong-certificates when one is not readable; wrong-algorithm when the
 *   signer's key is on another curve than gateways and market participants have.
 */
export function certificatesOf(claim: SignedClaim, memory: CertificateMemory): EmbeddedCertificates {
  const read = attempt("wrong-certificates", () => claim.certificates.map((der) => memory.read(der)));
  const [signer, second] = read.filter(({ keyId }) => equalBytes(keyId, claim.signerKeyId));
  if (signer === undefined || second !== undefined) throw new DeliveryError("no-signer-certificate");
  if (signer.publicKey.curve !== "brainpoolP256r1") throw new DeliveryError("wrong-algorithm");
  return { signer, others: read.filter((one) => one !== signer) };
}

/**
 * The embedded certificates are no part of what is signed. So they have to be exactly those of the path without its root:
 * otherwise whoever forwards a delivery could give it another hash.
 *
 * @throws {DeliveryError} wrong-certificates
 */
export function checkEmbedded({ others }: EmbeddedCertificates, { chain }: ValidatedPath): void {
  const between = chain.slice(1, -1);
  const isExact =
    others.length === between.length && between.every((needed) => others.some((one) => one.equals(needed)));
  if (!isExact) throw new DeliveryError("wrong-certificates");
}

/**
 * Embedded certificates, read: those of signers whose path held once are remembered.
 *
 * A head-end sees the same few certificates with every delivery. Reading one costs a tenth of a signature check, and a key
 * that is kept need not be taken in by the library again.
 */

import { Certificate } from "@siegel/pki";
import { DecodeError, equalBytes } from "@siegel/wire";
import { DeliveryError } from "../errors.ts";
import type { SignedClaim } from "./claim.ts";

/** Certificates by their octets. Only what belonged to a valid path is kept: a stranger's take no place. */
export class CertificateMemory {
  /** By their last octets, which are of the signature; in the order of last use: a Map keeps the order of insertion. */
  readonly #byEnd = new Map<string, { readonly der: Uint8Array; readonly certificate: Certificate }>();
  readonly #maxEntries: number;

  /** @param maxEntries  About 5 KB each; beyond it the one used longest ago goes. */
  constructor(maxEntries = 10_000) {
    if (!(maxEntries >= 1)) throw new RangeError("maxEntries");
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#byEnd.size;
  }

  /** @throws {DecodeError} as `Certificate.parse` */
  read(der: Uint8Array): Certificate {
    const end = endOf(der);
    const known = this.#byEnd.get(end);
    if (known === undefined || !equalBytes(known.der, der)) return Certificate.parse(der);
    this.#byEnd.delete(end);
    this.#byEnd.set(end, known);
    return known.certificate;
  }

  keep(certificates: readonly Certificate[]): void {
    for (const certificate of certificates) {
      if (this.#kept.has(certificate)) continue;
      const { der } = certificate;
      this.#byEnd.set(endOf(der), { der, certificate });
      this.#kept.add(certificate);
      if (this.#byEnd.size > this.#maxEntries) this.#forgetOldest();
    }
  }

  readonly #kept = new WeakSet<Certificate>();

  #forgetOldest(): void {
    for (const [end, { certificate }] of this.#byEnd) {
      this.#byEnd.delete(end);
      this.#kept.delete(certificate);
      return;
    }
  }
}

/** Enough to tell certificates apart; whether it is the same one is then compared octet by octet. */
function endOf(der: Uint8Array): string {
  return String.fromCharCode(...der.subarray(-16));
}

/** The signer's certificate and the others that came along. */
export interface EmbeddedCertificates {
  readonly signer: Certificate;
  readonly others: readonly Certificate[];
}

/**
 * Finds the one embedded certificate that the signer names. Others that are not readable are left out: they prove nothing.
 *
 * @throws {DeliveryError} no-signer-certificate; wrong-algorithm when its key is on another curve than gateways and
 *   market participants have.
 */
export function certificatesOf(claim: SignedClaim, memory: CertificateMemory): EmbeddedCertificates {
  const read: Certificate[] = [];
  for (const der of claim.certificates) {
    const certificate = readOrNot(der, memory);
    if (certificate !== undefined) read.push(certificate);
  }
  const named = read.filter(({ keyId }) => equalBytes(keyId, claim.signerKeyId));
  const [signer, second] = named;
  if (signer === undefined || second !== undefined) throw new DeliveryError("no-signer-certificate");
  if (signer.publicKey.curve !== "brainpoolP256r1") throw new DeliveryError("wrong-algorithm");
  return { signer, others: read.filter((one) => one !== signer) };
}

function readOrNot(der: Uint8Array, memory: CertificateMemory): Certificate | undefined {
  try {
    return memory.read(der);
  } catch (error) {
    if (error instanceof DecodeError) return undefined; // no certificate of ours; who needs it will miss it
    throw error;
  }
}

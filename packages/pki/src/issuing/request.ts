/**
 * Asking for a certificate: who holds a private key says so, and proves it.
 *
 * In: name, public key, a signer.  Out: PKCS #10; on the other side `VerifiedRequest`, which only a good signature makes.
 * The SM-PKI itself uses CRMF with three signatures (smgw.md §3.3); this is our form for the lab, one request a key.
 * Source: RFC 2986.
 */

import type { HashName, PublicKey } from "@siegel/crypto/verify";

import { CertificationRequestInfo, SignedRequest } from "../asn1/certification-request.ts";
import { type DistinguishedName, PlainName } from "../asn1/name.ts";
import { decodeDer, encodeDer } from "../der/der.ts";
import { RequestError } from "../errors.ts";
import { hashOf, isSignedBy, publicKeyOf, type SignedOctets } from "../signed.ts";

/**
 * A request in DER. `openssl req -verify` accepts it.
 *
 * @param ask.sign  As of `Signer`; the security module's `signRequest` fits.
 */
export async function certificationRequest(ask: {
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKey;
  sign(hash: HashName, message: Uint8Array): Promise<Uint8Array>;
}): Promise<Uint8Array> {
  const { subject, publicKey } = ask;
  const hash = hashOf(publicKey);
  const info = {
    version: 0,
    subject: { value: subject, raw: encodeDer(PlainName, subject) },
    subjectPKInfo: publicKey.toSpki(),
    attributes: [],
  };
  const raw = encodeDer(CertificationRequestInfo, info);
  return encodeDer(SignedRequest, {
    certificationRequestInfo: { value: info, raw },
    signatureAlgorithm: hash,
    signature: await ask.sign(hash, raw),
  });
}

/** A request that was read whole. Not yet believed. */
export class CertificationRequest {
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKey;
  readonly #signed: SignedOctets;

  private constructor(der: Uint8Array) {
    const { certificationRequestInfo, signatureAlgorithm, signature } = decodeDer(SignedRequest, der, {
      maxBytes: maxRequestBytes,
    });
    const info = certificationRequestInfo.value;
    this.subject = Object.freeze(info.subject.value);
    this.publicKey = publicKeyOf(info.subjectPKInfo, "CertificationRequest.certificationRequestInfo.subjectPKInfo");
    this.#signed = { octets: certificationRequestInfo.raw, hash: signatureAlgorithm, signature };
  }

  /**
   * Reads one whole request, strictly. The octets are copied.
   *
   * @throws {DecodeError} with path and offset.
   */
  static parse(der: Uint8Array): CertificationRequest {
    return new CertificationRequest(new Uint8Array(der));
  }

  /** As `VerifiedRequest.verify`. */
  verify(): Promise<VerifiedRequest> {
    return VerifiedRequest.verify(this);
  }

  /** Whether the holder of the private key signed it. */
  isSigned(): Promise<boolean> {
    return isSignedBy(this.publicKey, this.#signed);
  }
}

/** The asker holds the private key. That it may have the name is for somebody else to say. Only `verify` makes one. */
export class VerifiedRequest {
  readonly #request: CertificationRequest;

  private constructor(request: CertificationRequest) {
    this.#request = request;
  }

  /** The name that is asked for. */
  get subject(): DistinguishedName {
    return this.#request.subject;
  }

  get publicKey(): PublicKey {
    return this.#request.publicKey;
  }

  /** @throws {RequestError} "bad-signature", or "wrong-curve" for a key that no end entity has. */
  static async verify(request: CertificationRequest): Promise<VerifiedRequest> {
    if (request.publicKey.curve !== "brainpoolP256r1") throw new RequestError("wrong-curve");
    if (!(await request.isSigned())) throw new RequestError("bad-signature");
    return new VerifiedRequest(request);
  }
}

const maxRequestBytes = 1 << 14;

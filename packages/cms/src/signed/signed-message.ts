/**
 * From octets to evidence: who signed this content, with which attributes, and that he may.
 *
 * Order: outer structure, bounded → signature over the attributes → attributes and digest of the content → path of the
 * signer, and that no other certificate came along. The content is handed on only then, and has not been looked into.
 */

import type { At, Purpose, Role, ValidatedPath } from "@siegel/pki";
import { readAttributes } from "./attributes.ts";
import { CertificateMemory, certificatesOf, checkEmbedded } from "./certificates.ts";
import { checkDigest, checkSignature } from "./checks.ts";
import { readClaim } from "./claim.ts";
import { acceptedPathOf, type Trust } from "./trust.ts";

/** What kind of message is expected, and of whom. */
export interface MessageKind {
  readonly contentType: string;
  /** The further signed attribute of this kind. */
  readonly ownAttribute?: string;
  readonly role: Role | readonly Role[];
  readonly purpose: Purpose;
  readonly maxBytes: number;
}

export interface SignedAsk {
  readonly der: Uint8Array;
  readonly kind: MessageKind;
  readonly trust: Trust;
  /** The instant at which the signer must have been in order; from the content where it says so itself. */
  readonly at: At | ((content: Uint8Array) => At);
  readonly memory?: CertificateMemory;
}

/** Signature, digest and path held. Only `verify` can make one. */
export class SignedMessage {
  readonly #content: Uint8Array;
  readonly #ownAttribute: Uint8Array | undefined;
  readonly #signer: ValidatedPath;

  private constructor(content: Uint8Array, ownAttribute: Uint8Array | undefined, signer: ValidatedPath) {
    this.#content = content;
    this.#ownAttribute = ownAttribute;
    this.#signer = signer;
  }

  /** A view into the message. */
  get content(): Uint8Array {
    return this.#content;
  }

  /** DER of the value of the kind's own attribute. A view. */
  get ownAttribute(): Uint8Array | undefined {
    return this.#ownAttribute;
  }

  get signer(): ValidatedPath {
    return this.#signer;
  }

  /** @throws {DeliveryError} with the reason of the first check that does not hold. */
  static async verify({ der, kind, trust, at, memory = new CertificateMemory(8) }: SignedAsk): Promise<SignedMessage> {
    const { contentType, ownAttribute, role, purpose, maxBytes } = kind;
    const claim = readClaim(der, { contentType, maxBytes });
    const embedded = certificatesOf(claim, memory);
    const { signer, others } = embedded;
    await checkSignature(claim, signer);
    const { messageDigest, own } = readAttributes(claim.attributes, { contentType, own: ownAttribute });
    checkDigest(claim, messageDigest);
    const instant = typeof at === "function" ? at(claim.content) : at;
    const path = await acceptedPathOf({ leaf: signer, others, trust, role, purpose, at: instant });
    checkEmbedded(embedded, path);
    memory.keep(signer);
    for (const one of others) memory.keep(one);
    return new SignedMessage(claim.content, own, path);
  }
}

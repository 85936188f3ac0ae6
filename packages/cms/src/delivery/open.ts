/**
 * From octets of a stranger to evidence: a gateway of the PKI sealed exactly these blocks for us, under this number.
 *
 * Order, and nothing is read before what stands before it holds:
 * outer structure, bounded → signature → attributes and digest → path (SMGW, SIG, instant) → binding: sender and receiver →
 * envelope → agreement, unwrapping → tag → content → header inside = header outside → every commitment.
 */

import { digest } from "@siegel/crypto";
import { type At, decodeDer, type ValidatedPath } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { type DeliveryBinding, DeliveryContent, type DeliveryHeader } from "../asn1/delivery.ts";
import { attempt } from "../attempt.ts";
import { decrypt } from "../encrypted/decrypt.ts";
import { type Receiver, readEnvelope } from "../encrypted/envelope.ts";
import { DeliveryError } from "../errors.ts";
import { maxDeliveryBytes } from "../limits.ts";
import { keyIdOf } from "../signed/key-id.ts";
import { CertificateMemory } from "../signed/certificates.ts";
import { SignedMessage } from "../signed/signed-message.ts";
import type { Trust } from "../signed/trust.ts";
import { commitmentOf } from "./commitments.ts";
import { checkSender, deliveryKind, readBinding } from "./header.ts";
import { isPadded } from "./padding.ts";

export interface VerifiedBlock {
  readonly salt: Uint8Array;
  readonly block: Uint8Array;
  /** SHA-256(salt ‖ block), as signed. */
  readonly commitment: Uint8Array;
}

export interface ToOpen {
  readonly der: Uint8Array;
  readonly trust: Trust;
  readonly at: At;
  /** 4 MiB unless told; never more. */
  readonly maxBytes?: number;
}

/** Everything held. Only `openDelivery` and `Opener.open` make one. */
export class VerifiedDelivery {
  readonly header: DeliveryHeader;
  readonly blocks: readonly VerifiedBlock[];
  readonly #gateway: ValidatedPath;
  readonly #der: Uint8Array;
  readonly #hash: Uint8Array;

  private constructor(a: {
    header: DeliveryHeader;
    blocks: readonly VerifiedBlock[];
    gateway: ValidatedPath;
    der: Uint8Array;
  }) {
    this.header = Object.freeze(a.header);
    this.blocks = Object.freeze(a.blocks);
    this.#gateway = a.gateway;
    this.#der = a.der;
    this.#hash = digest("SHA-256", a.der);
  }

  get gateway(): ValidatedPath {
    return this.#gateway;
  }

  /** Name in its certificate: `ESGL0000000001.SMGW`. */
  get gatewayName(): string {
    return this.#gateway.leaf.name;
  }

  /** SHA-256 of the whole delivery. A copy. */
  get hash(): Uint8Array {
    return this.#hash.slice();
  }

  /** The delivery as it came. A copy. */
  get der(): Uint8Array {
    return this.#der.slice();
  }

  /** As `Opener.open`. */
  static async open(a: ToOpen, receivers: readonly Receiver[], memory: CertificateMemory): Promise<VerifiedDelivery> {
    const { trust, at, maxBytes = maxDeliveryBytes } = a;
    if (a.der.length > Math.min(maxBytes, maxDeliveryBytes)) throw new DeliveryError("too-large");
    const der = a.der.slice(); // what is checked is what is kept, whoever writes into his buffer meanwhile
    const message = await SignedMessage.verify({ der, kind: deliveryKind, trust, at, memory });
    const binding = readBinding(message.ownAttribute);
    checkSender(binding, message.signer.leaf);
    const addressed = receivers.filter(({ certificate }) =>
      equalBytes(keyIdOf(certificate), binding.header.value.receiver),
    );
    if (addressed.length === 0) throw new DeliveryError("wrong-receiver");
    const envelope = readEnvelope(message.content, addressed);
    if (envelope.recipientCount !== 1) throw new DeliveryError("ambiguous-recipient");
    if (envelope.ukm !== undefined) throw new DeliveryError("bad-envelope"); // of other contents: ../content.ts
    const blocks = checkContent(await decrypt(envelope), binding);
    return new VerifiedDelivery({ header: binding.header.value, blocks, gateway: message.signer, der });
  }
}

/**
 * Opens deliveries one after the other, or many at a time: remembers certificates of gateways whose path held, so that they
 * are not read again. How many at a time is the caller's to bound; 64 keep the thread pool busy.
 */
export class Opener {
  readonly #receivers: readonly Receiver[];
  readonly #memory: CertificateMemory;

  /** @param a.receivers  Our ENC keys: the active one, and retired ones that still open. @param a.memory  10,000 certificates unless told. */
  constructor(a: { readonly receivers: readonly Receiver[]; readonly memory?: CertificateMemory }) {
    this.#receivers = a.receivers;
    this.#memory = a.memory ?? new CertificateMemory();
  }

  /**
   * @throws {DeliveryError} with a typed code; `outward` is the same for all.
   * @throws {ModuleError} when the security module does not do its part: no statement about the delivery.
   */
  open(a: ToOpen): Promise<VerifiedDelivery> {
    return VerifiedDelivery.open(a, this.#receivers, this.#memory);
  }
}

/** One delivery for one key, nothing remembered. @throws as `Opener.open` */
export function openDelivery(a: ToOpen & { readonly receiver: Receiver }): Promise<VerifiedDelivery> {
  return VerifiedDelivery.open(a, [a.receiver], new CertificateMemory(8));
}

function checkContent(plaintext: Uint8Array, { header, commitments }: DeliveryBinding): readonly VerifiedBlock[] {
  const content = attempt("bad-content", () => decodeDer(DeliveryContent, plaintext));
  if (!isPadded(plaintext, content.padding)) throw new DeliveryError("bad-content");
  if (!equalBytes(content.header.raw, header.raw)) throw new DeliveryError("header-mismatch");
  if (content.blocks.length !== commitments.length) throw new DeliveryError("commitment-mismatch");
  return content.blocks.map(({ salt, block }, index) => {
    const commitment = commitments[index]!; // as many as blocks
    if (!equalBytes(commitmentOf({ salt, block }), commitment)) throw new DeliveryError("commitment-mismatch");
    return { salt, block, commitment };
  });
}

/**
 * Blocks to a sealed delivery: the receiver's certificate is judged, then a number is drawn, then it is encrypted and signed.
 *
 * In: blocks of one profile.  Out: bytes for the outbox.
 * Not here: what a seal is (cms); keys (the security module); which blocks (../core/courier).
 * The judgement comes first each time: a certificate that was revoked since the last delivery gets no further one, and no
 * number is used up. Salts and message ids come from the module's generator.
 */

import { type CertificateFile, type ModuleIdentity, slotOf, type TrustFiles } from "@siegel/channel";
import { type ContentCipher, sealDelivery } from "@siegel/cms";
import type { SecurityModule } from "@siegel/crypto";
import { type ValidatedPath, validatePath } from "@siegel/pki";

import type { SealedBytes, Sealer } from "../core/ports.ts";
import { GatewayError } from "../errors.ts";

export interface SealingPorts {
  readonly module: Pick<SecurityModule, "sign" | "random" | "nextNumber">;
  readonly identity: ModuleIdentity;
  readonly trust: TrustFiles;
  readonly receiver: Pick<CertificateFile, "read">;
  /** Common name that the receiver's certificate must have. */
  readonly receiverName: string;
  readonly cipher: ContentCipher;
  readonly clock: { wallMs(): number };
}

export class CmsSealer implements Sealer {
  readonly #ports: SealingPorts;

  constructor(ports: SealingPorts) {
    this.#ports = ports;
  }

  /** @throws {PathError} or {TrustFileError} when the receiver's certificate does not hold; what the module throws. */
  async seal({
    profile,
    blocks,
  }: {
    readonly profile: string;
    readonly blocks: readonly Uint8Array[];
  }): Promise<SealedBytes & { readonly number: bigint }> {
    const { module, identity, cipher } = this.#ports;
    const receiver = await this.#receiver();
    const salts = await module.random(blocks.length * saltBytes);
    const messageId = await module.random(messageIdBytes);
    const number = await module.nextNumber(deliveryCounter);
    const { der, hash } = await sealDelivery({
      profile,
      kind: "measured",
      number,
      messageId,
      blocks: blocks.map((block, index) => ({ salt: salts.slice(index * saltBytes, (index + 1) * saltBytes), block })),
      sender: { module, slot: slotOf.SIG, certificate: identity.SIG, others: identity.issuers },
      receiver,
      cipher,
    });
    return { number, der, hash };
  }

  async #receiver(): Promise<ValidatedPath> {
    const { trust, receiver, receiverName, clock } = this.#ports;
    trust.refresh();
    const path = await validatePath({
      leaf: receiver.read(),
      others: trust.others,
      anchors: trust.anchors,
      revocation: trust.revocation(),
      at: { epochMs: clock.wallMs() },
      role: "EMT",
      purpose: "ENC",
      cache: trust.cache,
    });
    if (path.leaf.name !== receiverName) {
      throw new GatewayError("no-trust", "receiver.encCertificate: it is another receiver's than receiver.name");
    }
    return path;
  }
}

/** Of the security module: numbers of deliveries. */
export const deliveryCounter = "delivery";
const saltBytes = 32;
const messageIdBytes = 16;

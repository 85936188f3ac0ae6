/**
 * Whether a receipt is the receiver's, for this delivery.
 *
 * In: octets from the line.  Out: when the receiver committed; or an error with the reason.
 * Judged at our own time, not at the one in the receipt: whoever holds a revoked key could write any date into it.
 */

import type { ModuleIdentity, TrustFiles } from "@siegel/channel";
import { verifyReceipt } from "@siegel/cms/verify";

import type { ReceiptChecker } from "../core/receipt.ts";

export interface ReceiptPorts {
  readonly identity: Pick<ModuleIdentity, "SIG">;
  readonly trust: TrustFiles;
  readonly receiverName: string;
  readonly clock: { wallMs(): number };
}

export class CmsReceipts implements ReceiptChecker {
  readonly #ports: ReceiptPorts;

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
  }

  async check({
    bytes,
    number,
    hash,
  }: {
    readonly bytes: Uint8Array;
    readonly number: bigint;
    readonly hash: Uint8Array;
  }): Promise<{ readonly committedMs: number }> {
    const { identity, trust, receiverName, clock } = this.#ports;
    trust.refresh();
    const receipt = await verifyReceipt({
      der: bytes,
      trust: { anchors: trust.anchors, others: trust.others, revocation: trust.revocation(), cache: trust.cache },
      at: { epochMs: clock.wallMs() },
      expected: { gatewayKey: identity.SIG.publicKey.keyId, number, deliveryHash: hash, receiverName },
    });
    return { committedMs: receipt.committedAt.epochMs };
  }
}

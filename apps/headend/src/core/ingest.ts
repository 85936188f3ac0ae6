/**
 * A delivery from the door to its receipt.
 *
 * In: octets and the name that the TLS gate has authenticated.  Out: a receipt, a refusal (one for the outside, a code for
 * the log), or "come back". Order: bounded admission → seal, path, content (cms) → the peer is who
 * signed → the registry knows the gateway → number and blocks judged within the transaction → commit → receipt signed,
 * stored, answered. A crash anywhere leaves a delivery unreceipted or a receipt that is made again for the stored instant.
 */

import type { VerifiedDelivery } from "@siegel/cms";
import type { QuarantineCode } from "@siegel/contract";
import { digest } from "@siegel/crypto";

import { codeOf } from "../errors.ts";
import type { Log } from "../log.ts";
import { Admission, type AdmissionLimits } from "./admission.ts";
import type { BlockFacts } from "./blocks.ts";
import { type Acceptance, type ProofMaterial, readBlock } from "./delivery.ts";
import { GroupCommit } from "./group-commit.ts";
import type { CommitResult, CommittedDelivery, IngestStore } from "./ingest-store.ts";
import type { Registry } from "./registry.ts";
import type { Clock, Timers } from "./timers.ts";

export interface IngestPorts {
  /** Checks everything that the delivery says about itself. Throws when it is refused. */
  open(der: Uint8Array): Promise<VerifiedDelivery>;
  /** What the path was found good by. */
  proofOf(delivery: VerifiedDelivery): ProofMaterial;
  /** Signs a receipt with this head-end's SIG key. */
  signReceipt(delivery: CommittedDelivery): Promise<Uint8Array>;
  readonly store: IngestStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Blocks that are shown from now on. Called after the commit. */
  onCommitted(committed: Committed): void;
}

export interface Committed {
  readonly stored: readonly (BlockFacts & { readonly bytes: Uint8Array })[];
  readonly quarantined: readonly QuarantineCode[];
  readonly committedAtMs: number;
}

export type IngestAnswer =
  | { readonly is: "receipt"; readonly receipt: Uint8Array }
  | { readonly is: "refused" }
  /** Nothing was decided: the queue is full, or something of ours does not work. */
  | { readonly is: "busy" };

export class Ingest {
  readonly #ports: IngestPorts;
  readonly #admission: Admission;
  readonly #commits: GroupCommit;

  constructor(ports: IngestPorts, limits: AdmissionLimits = defaultLimits) {
    this.#ports = ports;
    this.#admission = new Admission(limits);
    this.#commits = new GroupCommit({ ...ports, atWork: () => this.#admission.atWork });
  }

  /** @param peer  Name in the TLS certificate that the gate has validated. */
  async accept({ der, peer }: { readonly der: Uint8Array; readonly peer: string }): Promise<IngestAnswer> {
    const receivedAtMs = this.#ports.clock.nowMs();
    const answer = await this.#admission.run(() => this.#process(der, peer, receivedAtMs));
    if (answer !== "busy") return answer;
    this.#ports.log("warn", "ingest-queue-full", { gateway: peer });
    return { is: "busy" };
  }

  /** When every delivery that was taken has its answer. */
  idle(): Promise<void> {
    return this.#admission.idle();
  }

  async #process(der: Uint8Array, peer: string, receivedAtMs: number): Promise<IngestAnswer> {
    let delivery: VerifiedDelivery;
    try {
      delivery = await this.#ports.open(der);
    } catch (error) {
      // Our own lists of revoked certificates may be late, our module gone: that says nothing about the delivery.
      return isPeers(error) ? this.#refusedOrKnown(codeOf(error), der, peer) : this.#cannotOpen(error);
    }
    if (delivery.gatewayName !== peer) return this.#refuse("peer-is-not-signer", peer);
    if (!this.#ports.registry.knowsGateway(peer)) return this.#refuse("unknown-gateway", peer);
    try {
      const result = await this.#commits.add(this.#acceptanceOf(delivery, receivedAtMs));
      if (result.is === "reused") {
        this.#ports.log("alarm", "number-reused", { gateway: peer, number: String(delivery.header.number) });
        return { is: "refused" };
      }
      if (result.is === "new") this.#tell(result);
      return { is: "receipt", receipt: await this.#receiptOf(result.delivery) };
    } catch (error) {
      return this.#storeFailed(error);
    }
  }

  /** What was committed is receipted for ever: also when the certificate that sealed it has run out in between. */
  async #refusedOrKnown(code: string, der: Uint8Array, peer: string): Promise<IngestAnswer> {
    try {
      const known = await this.#ports.store.delivered(peer, digest("SHA-256", der));
      if (known === undefined) return this.#refuse(code, peer);
      return { is: "receipt", receipt: await this.#receiptOf(known) };
    } catch (error) {
      return this.#storeFailed(error);
    }
  }

  #acceptanceOf(delivery: VerifiedDelivery, receivedAtMs: number): Acceptance {
    const { header, gatewayName: gateway, hash, der } = delivery;
    return {
      gateway,
      gatewayKey: header.sender,
      number: header.number,
      hash,
      profile: header.profile,
      kind: header.kind,
      der,
      receivedAtMs,
      proof: this.#ports.proofOf(delivery),
      blocks: delivery.blocks.map(({ salt, block: bytes, commitment }, index) => {
        const block = readBlock(bytes);
        const isRegistered = block !== undefined && this.#ports.registry.isRegistered(block.meter.id, gateway);
        return { index, salt, bytes, commitment, block, isRegistered };
      }),
    };
  }

  /** The stored receipt, or one for the stored instant: the commit is what is receipted, not the signing. */
  async #receiptOf(delivery: CommittedDelivery): Promise<Uint8Array> {
    if (delivery.receipt !== undefined) return delivery.receipt;
    const receipt = await this.#ports.signReceipt(delivery);
    await this.#commits.keep({ gateway: delivery.gateway, number: delivery.number, receipt });
    return receipt;
  }

  #tell({ stored, quarantined, delivery }: Extract<CommitResult, { is: "new" }>): void {
    if (quarantined.length > 0) {
      const { gateway, number } = delivery;
      const codes = [...new Set(quarantined)].sort().join(" ");
      this.#ports.log("alarm", "blocks-quarantined", {
        gateway,
        number: String(number),
        codes,
        count: quarantined.length,
      });
    }
    this.#ports.onCommitted({ stored, quarantined, committedAtMs: delivery.committedAtMs });
  }

  #refuse(code: string, gateway: string): IngestAnswer {
    this.#ports.log("alarm", "delivery-refused", { code, gateway });
    return { is: "refused" };
  }

  #cannotOpen(error: unknown): IngestAnswer {
    this.#ports.log("alarm", "cannot-open", { code: codeOf(error) });
    return { is: "busy" };
  }

  #storeFailed(error: unknown): IngestAnswer {
    this.#ports.log("alarm", "store-failed", { code: codeOf(error) });
    return { is: "busy" };
  }
}

function isPeers(error: unknown): boolean {
  return error instanceof Error && "blame" in error && error.blame === "peer";
}

/** The thread pool of four is full with 64 signature checks under way; more would only take memory. */
const defaultLimits: AdmissionLimits = { atWork: 64, waiting: 512 };

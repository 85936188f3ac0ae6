/** A verified delivery in the form in which it is judged and stored. */

import { digest } from "@siegel/crypto";
import { type DayBlock, decodeDayBlock, instantAt } from "@siegel/readings";

import type { BlockFacts } from "./blocks.ts";

/** Certificates and revocation lists by which the seal was found good, as DER. */
export interface ProofMaterial {
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

export interface DeliveredBlock {
  readonly index: number;
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
  readonly commitment: Uint8Array;
  /** Undefined when the bytes are no day block. */
  readonly block: DayBlock | undefined;
  readonly isRegistered: boolean;
}

/** What the store is given. Only `Ingest` makes it, from a `VerifiedDelivery`. */
export interface Acceptance {
  readonly gateway: string;
  readonly gatewayKey: Uint8Array;
  readonly number: bigint;
  readonly hash: Uint8Array;
  readonly profile: string;
  readonly kind: "measured" | "correction";
  readonly der: Uint8Array;
  readonly receivedAtMs: number;
  readonly proof: ProofMaterial;
  readonly blocks: readonly DeliveredBlock[];
}

/** The block of these bytes; undefined when they are none: a gateway may err, and its delivery is still receipted. */
export function readBlock(bytes: Uint8Array): DayBlock | undefined {
  try {
    return decodeDayBlock(bytes);
  } catch {
    return undefined; // judged as "not-a-day-block"
  }
}

/** What is kept of a block for ever. */
export function factsOf(
  from: Acceptance,
  delivered: DeliveredBlock,
  block: DayBlock,
  committedAtMs: number,
): BlockFacts {
  return {
    blockId: blockIdOf(delivered.commitment),
    meter: block.meter.id,
    obis: block.obis.toString(),
    kind: block.kind,
    firstAtMs: block.firstAt.epochMs,
    lastAtMs: instantAt(block, block.values.length - 1).epochMs,
    periodMs: block.periodMs,
    count: block.values.length,
    day: block.day.date,
    unit: block.unit?.symbol,
    scaler: block.scaler,
    trust: block.trust,
    revision: block.revision,
    profile: from.profile,
    gateway: from.gateway,
    number: from.number,
    index: delivered.index,
    committedAtMs,
    commitment: delivered.commitment,
  };
}

/** Opaque and the same after a crash: a hash of the salted hash, which tells nothing and cannot be guessed. */
function blockIdOf(commitment: Uint8Array): string {
  return Buffer.from(digest("SHA-256", idLabel, commitment).subarray(0, 16)).toString("base64url");
}

const idLabel = new TextEncoder().encode("siegel block id 1\0");

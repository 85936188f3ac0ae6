/** A stored block: a day block, where it came from, and what proves it. */

import type { SeriesKind, Trust } from "@siegel/readings";

/** What the store keeps of a block for ever. */
export interface BlockFacts {
  readonly blockId: string;
  readonly meter: string;
  readonly obis: string;
  readonly kind: SeriesKind;
  /** Slot 0 and the last slot, missing ones included. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly periodMs: number;
  readonly count: number;
  /** Date of the local day. */
  readonly day: string;
  /** Symbol; undefined for a number without unit. */
  readonly unit: string | undefined;
  readonly scaler: number;
  readonly trust: Trust;
  /** 0 as measured; a correction has a higher one. */
  readonly revision: number;
  readonly profile: string;
  readonly gateway: string;
  readonly number: bigint;
  /** Position in its delivery. */
  readonly index: number;
  readonly committedAtMs: number;
  /** SHA-256(salt ‖ bytes). */
  readonly commitment: Uint8Array;
}

/** A block with its values, or without them once they were erased. */
export interface StoredBlock extends BlockFacts {
  readonly content: { readonly salt: Uint8Array; readonly bytes: Uint8Array } | undefined;
}

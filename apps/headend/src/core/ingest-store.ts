/** What ingest asks of a store. An adapter fits by structure; a test makes one that fails where it is told to. */

import type { QuarantineCode } from "@siegel/contract";

import type { BlockFacts } from "./blocks.ts";
import type { Acceptance } from "./delivery.ts";

/** A delivery that was committed; its receipt is missing between commit and signature. */
export interface CommittedDelivery {
  readonly gateway: string;
  readonly gatewayKey: Uint8Array;
  readonly number: bigint;
  readonly hash: Uint8Array;
  readonly committedAtMs: number;
  readonly receipt: Uint8Array | undefined;
}

export type CommitResult =
  | {
      readonly is: "new";
      readonly delivery: CommittedDelivery;
      /** Blocks that are shown from now on, with their bytes. */
      readonly stored: readonly (BlockFacts & { readonly bytes: Uint8Array })[];
      readonly quarantined: readonly QuarantineCode[];
    }
  | { readonly is: "again"; readonly delivery: CommittedDelivery }
  | { readonly is: "reused" };

export interface SignedReceipt {
  readonly gateway: string;
  readonly number: bigint;
  readonly receipt: Uint8Array;
}

export interface Batch {
  readonly deliveries: readonly Acceptance[];
  readonly receipts: readonly SignedReceipt[];
  readonly committedAtMs: number;
}

export interface IngestStore {
  /** The delivery with this hash, if this gateway was receipted for it. */
  delivered(gateway: string, hash: Uint8Array): Promise<CommittedDelivery | undefined>;
  /** All or nothing, durable when it answers. Results in the order of `deliveries`. */
  commit(batch: Batch): Promise<readonly CommitResult[]>;
}

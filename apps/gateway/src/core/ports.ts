/** What the core needs from outside. Adapters fit by structure. */

import type { Neighbour } from "./admit.ts";
import type { AcceptedReceipt } from "./receipt.ts";
import type { SeriesKey } from "./profile.ts";
import type { SlotValue } from "./slot-value.ts";

export interface Clock {
  /** Milliseconds since 1970 UTC; may jump. */
  wallMs(): number;
  /** Of any origin, never going back. */
  monoMs(): number;
}

/** In [0, 1). Only spreads waits, so it need not be unpredictable. */
export interface Random {
  next(): number;
}

/** Slots of one series in order. */
export interface DecidedSlots {
  /** With a value. */
  readonly values: readonly number[];
  /** Without one, for good. */
  readonly missing: readonly number[];
}

/**
 * What survives a power cut. Each method is one transaction: when it returns, it has happened for good; when it throws, nothing
 * has.
 */
export interface ValueStore {
  /** Every series that ever had a value. */
  series(): readonly SeriesKey[];
  newestSlot(series: SeriesKey): number | undefined;
  oldestSlot(series: SeriesKey): number | undefined;
  /** Scaler, unit and trust of its newest value. */
  formOf(series: SeriesKey): Pick<SlotValue, "scaler" | "unit" | "trust">;
  isDecided(series: SeriesKey, slotMs: number): boolean;
  /** The nearest values before and after; empty slots are passed over. */
  neighbours(
    series: SeriesKey,
    slotMs: number,
  ): { readonly previous: Neighbour | undefined; readonly next: Neighbour | undefined };
  decidedSlots(series: SeriesKey, span: { readonly fromMs: number; readonly toMs: number }): DecidedSlots;
  /** Slots of the profile before it are closed: they may have been pruned. */
  floorMs(profile: string): number;
  /** Adds them all; a slot that is decided stays as it is. @returns How many were added. */
  keep(values: readonly SlotValue[]): number;
}

/** A delivery that is sealed and not receipted. */
export interface StoredDelivery {
  readonly number: bigint;
  readonly profile: string;
  readonly meter: string;
  readonly refusals: number;
  readonly byteLength: number;
}

export interface DeliveryStore {
  /** Profiles and meters with values that no delivery holds. */
  unsealed(): readonly Omit<SeriesKey, "obis">[];
  /** Values that no delivery holds, ascending by register and slot, at most so many. */
  unsealedValues(of: Omit<SeriesKey, "obis">, limit: number): readonly SlotValue[];
  /**
   * Keeps a sealed delivery and binds its values to it.
   *
   * @throws {GatewayError} "already-sealed" when one of them is in another delivery.
   */
  addDelivery(
    delivery: Omit<StoredDelivery, "refusals" | "byteLength"> & SealedBytes,
    values: readonly SlotValue[],
  ): void;
  /** Oldest first. */
  deliveries(): readonly StoredDelivery[];
  bytesOf(number: bigint): SealedBytes;
  /** Counts a refusal. */
  refused(number: bigint, code: string): void;
  /** Keeps the receipt, drops the delivery's bytes and frees its values, all at once. */
  settle(receipt: AcceptedReceipt): void;
}

export interface SealedBytes {
  readonly der: Uint8Array;
  /** SHA-256 of the whole. */
  readonly hash: Uint8Array;
}

/** Encrypts for the receiver and signs. Throws when the receiver's certificate is not valid at this moment. */
export interface Sealer {
  /** A number is never used twice; one may stay unused when power is cut before its delivery is stored. */
  seal(content: {
    readonly profile: string;
    readonly blocks: readonly Uint8Array[];
  }): Promise<SealedBytes & { readonly number: bigint }>;
}

/** What the receiver said to a delivery. */
export type Answer =
  | { readonly kind: "receipt"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "busy"; readonly retryAfterMs: number };

/** Brings bytes to the one receiver of the configuration. Throws when nobody answers. */
export interface Link {
  send(der: Uint8Array): Promise<Answer>;
}

/**
 * Many deliveries, one transaction: a disk is slow in flushes, not in bytes.
 *
 * Who wants to commit waits until nobody else is under way who might join, or for a few milliseconds, or until the batch is
 * full. A batch that fails is tried again one by one, so that a single bad delivery costs no other one.
 */

import type { Acceptance } from "./delivery.ts";
import type { Batch, CommitResult, IngestStore, SignedReceipt } from "./ingest-store.ts";
import type { Clock, Timers } from "./timers.ts";

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommitPorts {
  readonly store: Pick<IngestStore, "commit">;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How many are at work at all, those who wait here included. */
  readonly atWork: () => number;
}

export class GroupCommit {
  readonly #ports: GroupCommitPorts;
  #deliveries: Waiting<Acceptance, CommitResult>[] = [];
  #receipts: Waiting<SignedReceipt, void>[] = [];
  #isRunning = false;
  #isAsked = false;
  #cancelTimer: (() => void) | undefined;

  constructor(ports: GroupCommitPorts) {
    this.#ports = ports;
  }

  /** Resolves when the delivery is durable. */
  add(item: Acceptance): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.#deliveries.push({ item, resolve, reject });
      this.#ask();
    });
  }

  /** Resolves when the receipt is durable. */
  keep(item: SignedReceipt): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#receipts.push({ item, resolve, reject });
      this.#ask();
    });
  }

  #ask(): void {
    if (this.#isAsked || this.#isRunning) return;
    this.#isAsked = true;
    this.#ports.timers.soon(() => {
      this.#isAsked = false;
      this.#decide();
    });
  }

  #decide(): void {
    const waiting = this.#deliveries.length + this.#receipts.length;
    if (this.#isRunning || waiting === 0) return;
    if (waiting >= fullBatch || waiting >= this.#ports.atWork()) return void this.#run();
    this.#cancelTimer ??= this.#ports.timers.after(longestWaitMs, () => void this.#run());
  }

  async #run(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isRunning) return;
    this.#isRunning = true;
    const [deliveries, receipts] = [this.#deliveries, this.#receipts];
    [this.#deliveries, this.#receipts] = [[], []];
    try {
      await this.#commit(deliveries, receipts);
    } finally {
      this.#isRunning = false;
      this.#ask();
    }
  }

  async #commit(
    deliveries: readonly Waiting<Acceptance, CommitResult>[],
    receipts: readonly Waiting<SignedReceipt, void>[],
  ): Promise<void> {
    const batch: Batch = {
      deliveries: deliveries.map(({ item }) => item),
      receipts: receipts.map(({ item }) => item),
      committedAtMs: this.#ports.clock.nowMs(),
    };
    let results: readonly CommitResult[];
    try {
      results = await this.#ports.store.commit(batch);
    } catch (error) {
      if (deliveries.length + receipts.length === 1) {
        for (const { reject } of [...deliveries, ...receipts]) reject(error);
        return;
      }
      for (const one of receipts) await this.#commit([], [one]);
      for (const one of deliveries) await this.#commit([one], []);
      return;
    }
    for (const [index, result] of results.entries()) deliveries[index]?.resolve(result);
    for (const { resolve } of receipts) resolve();
  }
}

const fullBatch = 64;
const longestWaitMs = 5;

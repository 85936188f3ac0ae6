/**
 * Counters for telegrams to a meter: none is given twice, whatever happens to the power.
 *
 * In: a store that remembers one number a meter and key.  Out: numbers, each greater than all before.
 * Why ahead and in blocks: what is stored is a number that was not given yet. After a power cut the numbers up to it are
 * skipped, so a block costs one write for `blockSize` telegrams, and at most that many numbers of 2^32 at each restart.
 */

import { type CounterSlot, type CounterStore, slotText } from "../security/replay.ts";
import { DownlinkError } from "./errors.ts";

export class FreshCounters {
  readonly #store: CounterStore;
  readonly #blockSize: number;
  /** Next number to give, and the first that is not covered by what was stored. */
  readonly #open = new Map<string, { next: number; end: number }>();

  /** @param blockSize  32 unless told. */
  constructor(store: CounterStore, blockSize = 32) {
    this.#store = store;
    this.#blockSize = blockSize;
  }

  /**
   * A number that was never given for this meter and key.
   *
   * @throws {DownlinkError} "counter-exhausted" after 2^32 − 1; and what the store throws: then none was given.
   */
  take(slot: CounterSlot): number {
    const key = slotText(slot);
    let block = this.#open.get(key);
    if (block === undefined || block.next === block.end) {
      const next = block?.next ?? this.#store.read(slot) ?? 1;
      if (next > lastCounter) throw new DownlinkError("counter-exhausted");
      const end = Math.min(next + this.#blockSize, lastCounter + 1);
      this.#store.write(slot, end);
      block = { next, end };
      this.#open.set(key, block);
    }
    return block.next++;
  }
}

const lastCounter = 0xffff_ffff;

/**
 * No telegram counts twice: the highest counter that was verified, per meter, key and direction.
 *
 * In: the counter of a telegram whose MAC holds.  Out: whether it is fresh. Once it is said to be fresh it is stored.
 * Why the store is asked to return only when the number is durable, and is synchronous: the telegram is given out after
 * that, never before. So a power cut between the two loses at most this one telegram, whose meter sends the next in a
 * while; the other order would accept it once more after the restart. A store that answers later would let a second copy of
 * the telegram in meanwhile.
 */

import { addressText, type MeterAddress } from "../framing/wireless/address.ts";
import type { Direction } from "./kdf.ts";

export interface CounterSlot {
  readonly meter: MeterAddress;
  readonly keyVersion: number;
  /** "ell": the session number of the extended link layer, which no MAC covers. */
  readonly direction: Direction | "ell";
}

/** Where the highest counters lie. `slotText` names a slot. */
export interface CounterStore {
  /** The number written last; absent when none was. */
  read(slot: CounterSlot): number | undefined;
  /** Returns when the number would survive a power cut. Throws when it would not. */
  write(slot: CounterSlot, highest: number): void;
}

export class ReplayGuard {
  readonly #store: CounterStore;
  /** What the store said or was told, so that each slot is read once. */
  readonly #highest = new Map<string, number | undefined>();

  constructor(store: CounterStore) {
    this.#store = store;
  }

  /**
   * Takes a counter, if it is greater than all before. The whole range of 32 bits is used once: there is no way around its end.
   *
   * @throws what the store throws; then nothing was taken, and the telegram must not be used.
   */
  admit(slot: CounterSlot, counter: number): "fresh" | "replay" | "counter-wrapped" {
    const key = slotText(slot);
    if (!this.#highest.has(key)) this.#highest.set(key, this.#store.read(slot));
    const highest = this.#highest.get(key);
    if (highest !== undefined && counter <= highest) return highest >= lastCounter ? "counter-wrapped" : "replay";
    this.#store.write(slot, counter);
    this.#highest.set(key, counter);
    return "fresh";
  }
}

/** A name for a slot, the same in every run: `9315785634123303/0/from-meter`. */
export function slotText({ meter, keyVersion, direction }: CounterSlot): string {
  return `${addressText(meter)}/${keyVersion}/${direction}`;
}

/** A store that forgets everything at the end of the program: for tests, and for reading from files. */
export class MemoryCounterStore implements CounterStore {
  readonly #numbers = new Map<string, number>();

  read(slot: CounterSlot): number | undefined {
    return this.#numbers.get(slotText(slot));
  }

  write(slot: CounterSlot, highest: number): void {
    this.#numbers.set(slotText(slot), highest);
  }
}

const lastCounter = 0xffff_ffff;

/** A memory of fixed size, as meters have it: when it is full, the oldest entry gives way. */

import { ModelError } from "./model-error.ts";

export class Ring<T> {
  readonly capacity: number;
  #entries: T[] = [];
  #oldest = 0; // index of the oldest entry once the memory is full
  #dropped: number;

  /**
   * @param dropped  Entries that gave way before these.
   * @throws {ModelError} "no-capacity" unless `capacity` is a positive integer.
   */
  constructor(capacity: number, entries: Iterable<T> = [], dropped = 0) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new ModelError("no-capacity");
    this.capacity = capacity;
    this.#dropped = dropped;
    for (const entry of entries) this.push(entry);
  }

  /** Entries that gave way so far. */
  get dropped(): number {
    return this.#dropped;
  }

  get length(): number {
    return this.#entries.length;
  }

  push(entry: T): void {
    if (this.#entries.length < this.capacity) {
      this.#entries.push(entry);
      return;
    }
    this.#entries[this.#oldest] = entry;
    this.#oldest = (this.#oldest + 1) % this.capacity;
    this.#dropped++;
  }

  /** Oldest first, as a copy. */
  toArray(): T[] {
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)];
  }
}

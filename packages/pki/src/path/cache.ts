/**
 * Signatures that were checked before and held.
 *
 * A head-end sees the same authorities with every delivery, and the same gateway with its next one. A signature that held
 * once holds for ever, so its check need not be repeated; validity, role, purpose and revocation are judged each time.
 * Keyed by the SHA-256 of the whole signed structure and of the issuer's certificate, so a changed bit is another key.
 * Only what held is kept: a stranger's forgeries take no place.
 */

/** For the other files of this room, not part of its door. */
export let cacheAccess: {
  has(cache: PathCache, key: string): boolean;
  add(cache: PathCache, key: string): void;
};

export class PathCache {
  static {
    cacheAccess = {
      has: (cache, key) => cache.#touch(key),
      add: (cache, key) => cache.#add(key),
    };
  }

  /** In the order of last use: a Map keeps the order of insertion. */
  readonly #keys = new Map<string, true>();
  readonly #maxEntries: number;

  /** @param maxEntries  About 200 bytes each; beyond it the one used longest ago goes. */
  constructor(maxEntries = 10_000) {
    if (!(maxEntries >= 1)) throw new RangeError("maxEntries");
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#keys.size;
  }

  #touch(key: string): boolean {
    if (!this.#keys.delete(key)) return false;
    this.#keys.set(key, true);
    return true;
  }

  #add(key: string): void {
    this.#keys.delete(key);
    this.#keys.set(key, true);
    if (this.#keys.size > this.#maxEntries) this.#keys.delete(this.#keys.keys().next().value ?? key);
  }
}

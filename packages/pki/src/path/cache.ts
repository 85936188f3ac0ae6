/**
 * Signatures and paths that were checked before and held.
 *
 * A head-end sees the same authorities with every delivery, and the same gateway with its next one. A signature that held
 * once holds for ever, so its check need not be repeated; validity, role, purpose and revocation are judged each time.
 * Keyed by the SHA-256 of the whole signed structure and of the issuer's certificate, so a changed bit is another key.
 * Only what held is kept: a stranger's forgeries take no place.
 *
 * Most look-ups are for the very objects of the last time (authorities are parsed once): those are found by identity, without
 * making a key. Such an entry lives as long as its objects.
 *
 * A path that held is remembered, too, with the span of time in which nothing of its judgement can change: the same question,
 * object by object, within that span has the same answer.
 */

import type { Certificate } from "../certificate.ts";
import type { SignedOctets } from "../signed.ts";

/** One signature: who is said to have made it, over what, and the name of both. */
interface Claim {
  readonly issuer: Certificate;
  readonly signed: SignedOctets;
  /** Asked for only where the objects are new. */
  key(): string;
}

/** A chain, the question that it was the answer to, and the first and last millisecond at which it is. */
export interface HeldPath {
  readonly chain: readonly Certificate[];
  /** All that was judged by, in order: compared by identity. */
  readonly judgedBy: readonly unknown[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** For the other files of this room, not part of its door. */
export let cacheAccess: {
  has(cache: PathCache, claim: Claim): boolean;
  add(cache: PathCache, claim: Claim): void;
  pathOf(cache: PathCache, leaf: Certificate): HeldPath | undefined;
  keepPath(cache: PathCache, leaf: Certificate, path: HeldPath): void;
};

export class PathCache {
  static {
    cacheAccess = {
      has: (cache, claim) => cache.#has(claim),
      add: (cache, claim) => cache.#add(claim),
      pathOf: (cache, leaf) => cache.#paths.get(leaf),
      keepPath: (cache, leaf, path) => void cache.#paths.set(leaf, path),
    };
  }

  /** In the order of last use: a Map keeps the order of insertion. */
  readonly #keys = new Map<string, true>();
  readonly #maxEntries: number;
  /** Issuer of signatures that held, by the object that holds them: these objects are never given away or changed. */
  readonly #byIdentity = new WeakMap<SignedOctets, Certificate>();
  /** The last one of each leaf. */
  readonly #paths = new WeakMap<Certificate, HeldPath>();

  /** @param maxEntries  About 200 bytes each; beyond it the one used longest ago goes. */
  constructor(maxEntries = 10_000) {
    if (!(maxEntries >= 1)) throw new RangeError("maxEntries");
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#keys.size;
  }

  #has({ issuer, signed, key }: Claim): boolean {
    if (this.#byIdentity.get(signed) === issuer) return true;
    const name = key();
    if (!this.#keys.delete(name)) return false;
    this.#keys.set(name, true);
    this.#byIdentity.set(signed, issuer);
    return true;
  }

  #add({ issuer, signed, key }: Claim): void {
    const name = key();
    this.#byIdentity.set(signed, issuer);
    this.#keys.delete(name);
    this.#keys.set(name, true);
    if (this.#keys.size > this.#maxEntries) this.#keys.delete(this.#keys.keys().next().value ?? name);
  }
}

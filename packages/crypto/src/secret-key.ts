/**
 * A symmetric key behind a handle.
 *
 * In: octets, once.  Out: nothing but what is made with it.
 * Why a handle always: Node 24 takes ten times as long with raw octets as key, and octets in an object end up in logs.
 */

import { createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";

/** The library's key, for ./handles.ts. Without its type, so that our declarations ask nobody for Node's. */
export let handleOfSecret: (key: SecretKey) => object;

let handle: (key: SecretKey) => KeyObject;

/** Prints as `SecretKey(16)` wherever an object may be printed. */
export class SecretKey {
  static {
    handleOfSecret = handle = (key) => key.#handle;
  }

  readonly #handle: KeyObject;
  readonly byteLength: number;

  private constructor(octets: Uint8Array) {
    this.#handle = createSecretKey(octets);
    this.byteLength = octets.length;
  }

  /**
   * A key of these octets. They are copied: whoever no longer needs his fills them with zeros.
   *
   * @throws {RangeError} when there are none, or more than 512.
   */
  static fromBytes(octets: Uint8Array): SecretKey {
    if (octets.length < 1 || octets.length > 512) throw new RangeError("a secret key has 1 to 512 octets");
    return new SecretKey(octets);
  }

  /** The same octets, compared in a time that depends on the lengths only. */
  equals(other: SecretKey): boolean {
    if (this.byteLength !== other.byteLength) return false;
    return withOctets(this, (mine) => withOctets(other, (theirs) => timingSafeEqual(mine, theirs)));
  }

  toString(): string {
    return `SecretKey(${this.byteLength})`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/**
 * The octets of a key, fresh. For one use: a key that crosses the boundary of a process, as those that a security module
 * agrees on do. The caller fills them with zeros once they are sent, and sends them nowhere else.
 */
export function exportSecretKey(key: SecretKey): Uint8Array {
  return withOctets(key, (octets) => new Uint8Array(octets));
}

/**
 * A key cut in two, as the CBC-CMAC profile carries them: K_enc ‖ K_mac.
 *
 * @param at  Octets of the first.
 * @throws {RangeError} when one of the two would be empty.
 */
export function splitKey(key: SecretKey, at: number): [SecretKey, SecretKey] {
  if (!Number.isInteger(at) || at < 1 || at >= key.byteLength) throw new RangeError("a key is cut inside of it");
  return withOctets(key, (octets) => [
    SecretKey.fromBytes(octets.subarray(0, at)),
    SecretKey.fromBytes(octets.subarray(at)),
  ]);
}

/** The two in one, to be wrapped together. The inverse of `splitKey`. */
export function joinKeys(first: SecretKey, second: SecretKey): SecretKey {
  const octets = new Uint8Array(first.byteLength + second.byteLength);
  withOctets(first, (part) => octets.set(part));
  withOctets(second, (part) => octets.set(part, first.byteLength));
  return secretOf(octets);
}

/** A key of octets that are ours: they are zeros afterwards. */
export function secretOf(octets: Uint8Array): SecretKey {
  try {
    return SecretKey.fromBytes(octets);
  } finally {
    octets.fill(0);
  }
}

/** Lends the octets of a key; they are zeros afterwards, so what is kept of them must be a copy. */
export function withOctets<T>(key: SecretKey, use: (octets: Uint8Array) => T): T {
  const octets = handle(key).export();
  try {
    return use(octets);
  } finally {
    octets.fill(0);
  }
}

/**
 * The meters that are known, their keys, and the least that each has to be protected.
 *
 * In: addresses, keys, floors.  Out: the meter of an address, at the same cost for one meter and for 100,000.
 * Not here: how an address is found (./address-table.ts).
 */

import { SecretKey, ShortKey } from "@siegel/crypto";
import { MeterError } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";
import { AddressTable } from "./address-table.ts";
import type { PolicyFloor } from "./policy.ts";
import { isPublishedKey } from "./published-keys.ts";

/** One key of a meter. */
export interface MeterKey {
  /** As the telegrams number it; 0 when they do not. Replay counters are kept by it. */
  readonly version: number;
  /** 16 octets: modes 5 to 10. */
  readonly aes: ShortKey | undefined;
  /** 8 octets: modes 2 and 3, read only. */
  readonly des: SecretKey | undefined;
  readonly isPublished: boolean;
}

export interface KnownMeter {
  readonly address: MeterAddress;
  readonly keys: readonly MeterKey[];
  readonly floor: PolicyFloor | undefined;
}

export const keyringErrorCodes = {
  "bad-key-length": "a key has 16 octets, or 8 for meters with DES",
  "too-many-keys": "a meter has at most four keys at a time",
  "same-version": "a meter has another key of this version; remove it first",
  "published-key": "everybody knows this key",
} as const;
export type KeyringErrorCode = keyof typeof keyringErrorCodes;

export class KeyringError extends MeterError {
  override readonly name = "KeyringError";
  override readonly blame = "caller";
  override readonly code: KeyringErrorCode;

  constructor(code: KeyringErrorCode) {
    super(`${code}: ${keyringErrorCodes[code]}`);
    this.code = code;
  }
}

interface Entry extends KnownMeter {
  keys: MeterKey[];
  floor: PolicyFloor | undefined;
}

export class Keyring {
  readonly #table = new AddressTable();
  readonly #meters: Entry[] = [];
  readonly #refusePublished: boolean;
  #any: MeterKey | undefined;

  /** @param options.refusePublished  Commissioning: a key that everybody knows is not taken at all. */
  constructor(options: { readonly refusePublished?: boolean } = {}) {
    this.#refusePublished = options.refusePublished ?? false;
  }

  /** Meters known. */
  get size(): number {
    return this.#meters.length;
  }

  /**
   * One more key for a meter.
   *
   * @param octets  Copied; whoever no longer needs his fills them with zeros.
   * @throws {KeyringError}
   */
  addKey(address: MeterAddress, octets: Uint8Array, version = 0): void {
    const key = this.#keyOf(octets, version);
    const entry = this.#entry(address);
    if (entry.keys.length >= maxKeys) throw new KeyringError("too-many-keys");
    if (entry.keys.some((known) => known.version === version)) throw new KeyringError("same-version");
    entry.keys.push(key);
  }

  /** Forgets one key, and writes zeros over it. Says whether there was one. */
  removeKey(address: MeterAddress, version: number): boolean {
    const entry = this.#lookUp(address);
    const before = entry?.keys.length ?? 0;
    for (const key of entry?.keys ?? []) if (key.version === version) key.aes?.erase();
    if (entry !== undefined) entry.keys = entry.keys.filter((key) => key.version !== version);
    return entry !== undefined && entry.keys.length < before;
  }

  /** Sets the least that this meter has to be protected. */
  setFloor(address: MeterAddress, floor: PolicyFloor): void {
    this.#entry(address).floor = floor;
  }

  /** A key to try for every meter that has none of its own: for reading, not for a gateway. @throws {KeyringError} */
  setKeyForAny(octets: Uint8Array): void {
    this.#any = this.#keyOf(octets, 0);
  }

  find(address: MeterAddress): KnownMeter | undefined {
    return this.#lookUp(address);
  }

  /**
   * The keys to try, at most four: those of the version that the telegram names, where it names one and they have one.
   *
   * @param named  From AFL.KI or the transport header; the telegram may lie, so it only chooses among the meter's own.
   */
  candidates(meter: KnownMeter | undefined, named: number | undefined): readonly MeterKey[] {
    const keys = meter?.keys ?? none;
    if (keys.length === 0) return this.#any === undefined ? none : [this.#any];
    if (named === undefined || keys.length === 1) return keys;
    const matching = keys.filter(({ version }) => version === named);
    return matching.length > 0 ? matching : keys;
  }

  #keyOf(octets: Uint8Array, version: number): MeterKey {
    if (octets.length !== 16 && octets.length !== 8) throw new KeyringError("bad-key-length");
    const isPublished = isPublishedKey(octets);
    if (isPublished && this.#refusePublished) throw new KeyringError("published-key");
    const isAes = octets.length === 16;
    return {
      version,
      aes: isAes ? ShortKey.fromBytes(octets) : undefined,
      des: isAes ? undefined : SecretKey.fromBytes(octets),
      isPublished,
    };
  }

  #entry(address: MeterAddress): Entry {
    return (this.#meters[this.#table.add(address)] ??= { address: { ...address }, keys: [], floor: undefined });
  }

  #lookUp(address: MeterAddress): Entry | undefined {
    const position = this.#table.find(address);
    return position < 0 ? undefined : this.#meters[position];
  }
}

const maxKeys = 4;
const none: readonly MeterKey[] = [];

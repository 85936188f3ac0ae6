/**
 * What a software module keeps: slots with their keys, counters with their last numbers ⇄ octets for a store.
 *
 * The octets hold private keys in the clear: what keeps strangers off is the folder's mode and, later, real hardware
 * (docs/limits.md). The hash at the end tells torn and rotten octets, not forged ones.
 * Format, integers big-endian: "SIEGELSM", version u16, slots u16, each { name, purpose u8, state u8, opensUntil f64 (NaN: none),
 * SPKI, PKCS #8, certificate }, counters u16, each { name, last u64 }, SHA-256 of all before. Names, keys and certificates
 * have a u16 length before them; an absent one has length 0.
 */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

import { ModuleError } from "../errors.ts";
import { digest } from "../verify/digest.ts";
import { PublicKey } from "../verify/public-key.ts";
import { type KeyPurpose, purposes, type SlotState, states } from "./slot-life.ts";

export interface Slot {
  readonly slot: string;
  readonly purpose: KeyPurpose;
  readonly state: SlotState;
  readonly publicKey: PublicKey;
  /** Undefined once destroyed. */
  readonly privateKey: KeyObject | undefined;
  readonly certificate: Uint8Array | undefined;
  readonly opensUntilMs: number | undefined;
}

/** Never changed in place: a change is another state, and counts once it is stored. */
export interface State {
  readonly slots: ReadonlyMap<string, Slot>;
  readonly counters: ReadonlyMap<string, bigint>;
}

export const noState: State = { slots: new Map(), counters: new Map() };

/** For the store. The caller fills it with zeros afterwards. */
export function encodeState({ slots, counters }: State): Uint8Array {
  const pieces: Uint8Array[] = [magic, u16(version), u16(slots.size)];
  const secrets: Uint8Array[] = [];
  for (const one of slots.values()) {
    const privateKey = one.privateKey?.export({ format: "der", type: "pkcs8" }) ?? nothing;
    secrets.push(privateKey);
    pieces.push(named(one.slot), Uint8Array.of(purposes.indexOf(one.purpose), states.indexOf(one.state)));
    pieces.push(f64(one.opensUntilMs ?? Number.NaN));
    for (const octets of [one.publicKey.toSpki(), privateKey, one.certificate ?? nothing]) {
      pieces.push(u16(octets.length), octets);
    }
  }
  pieces.push(u16(counters.size));
  for (const [name, last] of counters) pieces.push(named(name), u64(last));
  pieces.push(digest("SHA-256", ...pieces));
  const whole = joined(pieces);
  for (const secret of secrets) secret.fill(0);
  return whole;
}

/**
 * What was stored.
 *
 * @throws {ModuleError} "unsupported-version"; "damaged-state" for whatever `encodeState` does not make, a private key
 *   that does not belong to its public key among it.
 */
export function decodeState(octets: Uint8Array): State {
  const reader = new Reader(octets);
  if (!equal(reader.take(magic.length), magic)) throw new ModuleError("damaged-state");
  if (reader.u16() !== version) throw new ModuleError("unsupported-version");
  const end = octets.length - 32;
  if (!equal(digest("SHA-256", octets.subarray(0, Math.max(0, end))), octets.subarray(end))) {
    throw new ModuleError("damaged-state");
  }
  const slots = new Map<string, Slot>();
  for (let left = reader.u16(); left > 0; left--) {
    const slot = readSlot(reader);
    slots.set(slot.slot, slot);
  }
  const counters = new Map<string, bigint>();
  for (let left = reader.u16(); left > 0; left--) counters.set(reader.name(), reader.u64());
  if (reader.at !== end) throw new ModuleError("damaged-state");
  return { slots, counters };
}

function readSlot(reader: Reader): Slot {
  const slot = reader.name();
  const purpose = purposes[reader.u8()];
  const state = states[reader.u8()];
  const opensUntil = reader.f64();
  const spki = reader.sized();
  const pkcs8 = reader.sized();
  const certificate = reader.sized();
  if (purpose === undefined || state === undefined) throw new ModuleError("damaged-state");
  try {
    return {
      slot,
      purpose,
      state,
      publicKey: PublicKey.fromSpki(spki),
      privateKey: state === "destroyed" ? undefined : privateKeyFor(spki, pkcs8),
      certificate: certificate.length === 0 ? undefined : Uint8Array.from(certificate),
      opensUntilMs: Number.isNaN(opensUntil) ? undefined : opensUntil,
    };
  } catch {
    throw new ModuleError("damaged-state"); // without the library's words, which could tell of the key
  }
}

function privateKeyFor(spki: Uint8Array, pkcs8: Uint8Array): KeyObject {
  const copy = Buffer.from(pkcs8);
  const privateKey = createPrivateKey({ key: copy, format: "der", type: "pkcs8" });
  copy.fill(0);
  if (!equal(createPublicKey(privateKey).export({ format: "der", type: "spki" }), spki)) {
    throw new ModuleError("damaged-state");
  }
  return privateKey;
}

/** Takes what is there, or says that the state is damaged. */
class Reader {
  at = 0;
  readonly #octets: Uint8Array;
  readonly #view: DataView;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  take(length: number): Uint8Array {
    return this.#octets.subarray(this.#skip(length), this.at);
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#skip(8));
  }

  f64(): number {
    return this.#view.getFloat64(this.#skip(8));
  }

  sized(): Uint8Array {
    return this.take(this.u16());
  }

  name(): string {
    return String.fromCharCode(...this.sized());
  }

  #skip(length: number): number {
    const start = this.at;
    if (start + length > this.#octets.length) throw new ModuleError("damaged-state");
    this.at = start + length;
    return start;
  }
}

function named(name: string): Uint8Array {
  return joined([u16(name.length), ascii(name)]);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function u16(value: number): Uint8Array {
  return written(2, (view) => view.setUint16(0, value));
}

function u64(value: bigint): Uint8Array {
  return written(8, (view) => view.setBigUint64(0, value));
}

function f64(value: number): Uint8Array {
  return written(8, (view) => view.setFloat64(0, value));
}

function written(length: number, write: (view: DataView) => void): Uint8Array {
  const octets = new Uint8Array(length);
  write(new DataView(octets.buffer));
  return octets;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}

const magic = ascii("SIEGELSM");
const version = 1;
const nothing = new Uint8Array(0);

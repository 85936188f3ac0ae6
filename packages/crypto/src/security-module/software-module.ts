/**
 * The security module in software.
 *
 * In: a store that keeps octets, a clock.  Out: the port of ./port; private keys stay inside.
 * Not here: the process of its own in which it runs, and the file (channel).
 * Why every change is stored before it counts: a number that was given and then forgotten would be given twice, and a key
 * that was certified and then lost could not open what is sealed for it. Each method checks and changes without a pause
 * in between, so calls at the same time cannot cross.
 */

import { type KeyObject, X509Certificate } from "node:crypto";

import type { CurveName } from "../curves.ts";
import { agreed, isOwnCurve, keyPairOn } from "../ecdh.ts";
import { ModuleError } from "../errors.ts";
import type { Derivation, ToSign } from "../names.ts";
import { randomBytes } from "../random.ts";
import type { SecretKey } from "../secret-key.ts";
import { signed } from "../signing.ts";
import { equalSecrets } from "../verify/digest.ts";
import type { PublicKey } from "../verify/public-key.ts";
import { isRequestFor } from "./certification-request.ts";
import type { SecurityModule, SlotInfo } from "./port.ts";
import { after, type KeyPurpose, type KeyUse, mayUse, purposes, type SlotEvent, type SlotState } from "./slot-life.ts";
import { decodeState, encodeState, noState, type Slot, type State } from "./state.ts";

/** Where the state is kept. Of one module at a time: two on the same store would give the same number. */
export interface ModuleStore {
  /** What was saved last, or undefined before the first time. */
  load(): Uint8Array | undefined;
  /**
   * Keeps all of it or none, and returns when a power cut can no longer take it. Throws when that failed.
   * The octets are private keys, and zeros after the call: whoever keeps them in memory keeps a copy.
   */
  save(state: Uint8Array): void;
}

/** `slots` and the rest as described at the port. */
export class SoftwareModule implements SecurityModule {
  #state: State;
  readonly #store: ModuleStore;
  readonly #clock: { nowMs(): number };

  private constructor(state: State, store: ModuleStore, clock: { nowMs(): number }) {
    this.#state = state;
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * The module that this store holds, or a new one.
   *
   * @throws {ModuleError} "damaged-state", "unsupported-version", or "store-failed" when the store cannot be read.
   */
  static open(store: ModuleStore, clock: { nowMs(): number }): SoftwareModule {
    let stored: Uint8Array | undefined;
    try {
      stored = store.load();
    } catch (cause) {
      throw new ModuleError("store-failed", { cause });
    }
    return new SoftwareModule(stored === undefined ? noState : decodeState(stored), store, clock);
  }

  async slots(): Promise<readonly SlotInfo[]> {
    return [...this.#state.slots.values()].map(infoOf).sort((a, b) => (a.slot < b.slot ? -1 : 1));
  }

  async generate(a: {
    readonly slot: string;
    readonly purpose: KeyPurpose;
    readonly curve: CurveName;
  }): Promise<SlotInfo> {
    const { slot, purpose, curve } = a;
    checkName(slot);
    if (!purposes.includes(purpose)) throw new ModuleError("wrong-purpose");
    if (!isOwnCurve(curve)) throw new ModuleError("verify-only");
    this.#stateAfter(slot, "generate"); // before the work, and again in #change after it
    const pair = await keyPairOn(curve);
    return this.#change(slot, "generate", { purpose, ...pair, certificate: undefined, opensUntilMs: undefined });
  }

  async certify(a: { readonly slot: string; readonly certificate: Uint8Array }): Promise<SlotInfo> {
    const { publicKey } = this.#slot(a.slot);
    const certificate = Uint8Array.from(a.certificate);
    if (!equalSecrets(spkiIn(certificate), publicKey.toSpki())) throw new ModuleError("other-key");
    return this.#change(a.slot, "certify", { certificate });
  }

  async activate(slot: string): Promise<SlotInfo> {
    return this.#change(slot, "activate");
  }

  async retire(a: { readonly slot: string; readonly opensUntilMs?: number }): Promise<SlotInfo> {
    const { opensUntilMs } = a;
    if (opensUntilMs === undefined) return this.#change(a.slot, "retire");
    if (this.#slot(a.slot).purpose !== "ENC") throw new ModuleError("wrong-purpose");
    if (!Number.isSafeInteger(opensUntilMs)) throw new ModuleError("out-of-range");
    return this.#change(a.slot, "retire", { opensUntilMs });
  }

  async revoke(slot: string): Promise<SlotInfo> {
    return this.#change(slot, "revoke");
  }

  async destroy(slot: string): Promise<SlotInfo> {
    return this.#change(slot, "destroy", { privateKey: undefined });
  }

  async sign(a: { readonly slot: string } & ToSign): Promise<Uint8Array> {
    return signed(this.#keyFor("sign", a.slot), a);
  }

  async signRequest(a: { readonly slot: string } & ToSign): Promise<Uint8Array> {
    const key = this.#keyFor("signRequest", a.slot);
    const message = Uint8Array.from(a.message); // what is checked is what is signed
    if (!isRequestFor(this.#slot(a.slot).publicKey.toSpki(), message)) throw new ModuleError("not-a-request");
    return signed(key, { hash: a.hash, message });
  }

  async agree(a: { readonly slot: string; readonly peer: PublicKey } & Derivation): Promise<SecretKey> {
    const { peer, hash, byteLength } = a;
    const privateKey = this.#keyFor("agree", a.slot);
    if (peer.curve !== this.#slot(a.slot).publicKey.curve) throw new ModuleError("other-curve");
    if (!isCount(byteLength, { min: 1, max: 512 })) throw new ModuleError("out-of-range");
    return agreed({ privateKey, peer, hash, sharedInfo: Uint8Array.from(a.sharedInfo), byteLength });
  }

  async nextNumber(counter: string): Promise<bigint> {
    const next = this.#last(counter) + 1n;
    if (next > lastNumber) throw new ModuleError("exhausted");
    this.#keep({ ...this.#state, counters: new Map(this.#state.counters).set(counter, next) });
    return next;
  }

  async currentNumber(counter: string): Promise<bigint> {
    return this.#last(counter);
  }

  async random(byteLength: number): Promise<Uint8Array> {
    if (!isCount(byteLength, { min: 0, max: 65_536 })) throw new ModuleError("out-of-range");
    return randomBytes(byteLength);
  }

  async exportTlsKey(slot: string): Promise<Uint8Array> {
    const exported = this.#keyFor("exportTlsKey", slot).export({ format: "der", type: "pkcs8" });
    const octets = new Uint8Array(exported);
    exported.fill(0);
    return octets;
  }

  #last(counter: string): bigint {
    checkName(counter);
    return this.#state.counters.get(counter) ?? 0n;
  }

  #slot(name: string): Slot {
    checkName(name);
    const slot = this.#state.slots.get(name);
    if (slot === undefined) throw new ModuleError("no-such-slot");
    return slot;
  }

  /** The private key, if slot and instant allow this use. */
  #keyFor(use: KeyUse, name: string): KeyObject {
    const { purpose, state, opensUntilMs, privateKey } = this.#slot(name);
    const answer = mayUse(use, purpose, state);
    if (answer === "wrong-purpose" || answer === "wrong-state") throw new ModuleError(answer);
    if (answer === "until" && !(this.#clock.nowMs() < (opensUntilMs ?? -Infinity))) {
      throw new ModuleError("closed-for-good");
    }
    if (privateKey === undefined) throw new ModuleError("wrong-state");
    return privateKey;
  }

  #stateAfter(name: string, event: SlotEvent): SlotState {
    const slot = this.#state.slots.get(name);
    if (slot === undefined && event !== "generate") throw new ModuleError("no-such-slot");
    const next = after(slot?.state ?? "empty", event);
    if (next === undefined) throw new ModuleError("wrong-state");
    return next;
  }

  /** One event in the life of a slot, with what comes with it. */
  #change(name: string, event: "generate", made: Omit<Slot, "slot" | "state">): SlotInfo;
  #change(name: string, event: Exclude<SlotEvent, "generate">, changed?: Partial<Slot>): SlotInfo;
  #change(name: string, event: SlotEvent, changed?: Partial<Slot>): SlotInfo {
    checkName(name);
    const state = this.#stateAfter(name, event);
    // The first signature above sees to it that a new slot has all its fields, a later event finds them.
    const slot = { ...this.#state.slots.get(name), ...changed, slot: name, state } as Slot;
    this.#keep({ ...this.#state, slots: new Map(this.#state.slots).set(name, slot) });
    return infoOf(slot);
  }

  /** Stores first: what is not stored has not happened. */
  #keep(next: State): void {
    if (next.slots.size > maxEntries || next.counters.size > maxEntries) throw new ModuleError("too-many");
    const octets = encodeState(next);
    try {
      this.#store.save(octets);
    } catch (cause) {
      throw new ModuleError("store-failed", { cause });
    } finally {
      octets.fill(0);
    }
    this.#state = next;
  }
}

function infoOf({ slot, purpose, state, publicKey, certificate, opensUntilMs }: Slot): SlotInfo {
  return {
    slot,
    purpose,
    state,
    publicKey,
    ...(certificate !== undefined && { certificate: Uint8Array.from(certificate) }),
    ...(opensUntilMs !== undefined && { opensUntilMs }),
  };
}

/** SubjectPublicKeyInfo of one whole X.509 certificate in DER. */
function spkiIn(certificate: Uint8Array): Uint8Array {
  if (certificate.length > maxCertificateBytes) throw new ModuleError("bad-certificate");
  try {
    const parsed = new X509Certificate(certificate);
    // Text forms, and octets behind the certificate, are read by the library as well.
    if (!equalSecrets(parsed.raw, certificate)) throw new ModuleError("bad-certificate");
    return parsed.publicKey.export({ format: "der", type: "spki" });
  } catch {
    throw new ModuleError("bad-certificate"); // the library's words say nothing that pki's check does not say better
  }
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) throw new ModuleError("bad-name");
}

function isCount(value: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

/** Delivery numbers are INTEGER (1..2⁶³ − 1). */
const lastNumber = 2n ** 63n - 1n;
const maxEntries = 256;
const maxCertificateBytes = 16_384;

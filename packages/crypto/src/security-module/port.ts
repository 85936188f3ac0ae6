/**
 * The port to a security module: keys are used through slots and do not leave.
 *
 * One key, one purpose. Every method answers later, because a module may be another process or a card; every refusal is a
 * `ModuleError` with a stable code.
 * Source: BSI TR-03109-2 in spirit (slots by purpose); docs/architecture.md, "Security in one page".
 */

import type { CurveName } from "../curves.ts";
import type { Derivation, ToSign } from "../names.ts";
import type { SecretKey } from "../secret-key.ts";
import type { PublicKey } from "../verify/public-key.ts";
import type { KeyPurpose, SlotState } from "./slot-life.ts";

export interface SlotInfo {
  readonly slot: string;
  readonly purpose: KeyPurpose;
  readonly state: SlotState;
  readonly publicKey: PublicKey;
  /** DER, from `certify` on. */
  readonly certificate?: Uint8Array;
  /** Retired ENC slots: the first instant at which the key opens nothing any more, milliseconds since 1970 UTC. */
  readonly opensUntilMs?: number;
}

export interface SecurityModule {
  /** Every slot in which a key was ever generated, by name. */
  slots(): Promise<readonly SlotInfo[]>;
  /** A fresh key in an empty slot. A slot is used once: after "destroyed" its name stays taken. */
  generate(a: { readonly slot: string; readonly purpose: KeyPurpose; readonly curve: CurveName }): Promise<SlotInfo>;
  /** @param a.certificate  X.509 in DER; its key must be the slot's. Whether it is to be trusted is pki's question. */
  certify(a: { readonly slot: string; readonly certificate: Uint8Array }): Promise<SlotInfo>;
  activate(slot: string): Promise<SlotInfo>;
  /** @param a.opensUntilMs  ENC only. Without it a retired key opens nothing. */
  retire(a: { readonly slot: string; readonly opensUntilMs?: number }): Promise<SlotInfo>;
  revoke(slot: string): Promise<SlotInfo>;
  /** The key is gone for good; the public half stays known. */
  destroy(slot: string): Promise<SlotInfo>;
  /** Signs with an active SIG key. DER Ecdsa-Sig-Value. */
  sign(a: { readonly slot: string } & ToSign): Promise<Uint8Array>;
  /**
   * Proof of possession: signs with a generated key of any purpose, and nothing but a CertificationRequestInfo (PKCS #10)
   * for that key. So a key signs nothing that could pass as its work once it is certified.
   */
  signRequest(a: { readonly slot: string } & ToSign): Promise<Uint8Array>;
  /** The receiver's half of ECKA-EG, with an ENC key: active, or retired and still open. */
  agree(a: { readonly slot: string; readonly peer: PublicKey } & Derivation): Promise<SecretKey>;
  /** Strictly rising from 1; stored before it is returned, so no number is given twice. */
  nextNumber(counter: string): Promise<bigint>;
  /** The number given last; 0n before the first. */
  currentNumber(counter: string): Promise<bigint>;
  random(byteLength: number): Promise<Uint8Array>;
  /** The named exception (docs/limits.md): PKCS #8 DER of an active TLS key, for `channel`. Refused for other purposes. */
  exportTlsKey(slot: string): Promise<Uint8Array>;
}

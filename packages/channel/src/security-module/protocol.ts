/**
 * What a program and its security module's process say to each other, over the channel that `fork` opens between them.
 *
 * Structured clones: octets, big integers and plain objects cross as they are. A public key crosses as SPKI; a symmetric key that
 * was agreed on, as octets that both ends erase; an error, as the name of its class and its code, never as text.
 * Not here: starting and ending the process (./spawn, ./process).
 */

import {
  CipherError,
  type CipherErrorCode,
  cipherErrorCodes,
  type CurveName,
  type HashName,
  KeyError,
  type KeyErrorCode,
  keyErrorCodes,
  type KeyPurpose,
  ModuleError,
  type ModuleErrorCode,
  moduleErrorCodes,
  PublicKey,
  type SlotInfo,
} from "@siegel/crypto";

import { ModuleProcessError, type ModuleProcessErrorCode, moduleProcessErrorCodes } from "./errors.ts";

/** One call of the port. */
export type Call =
  | { readonly method: "slots" }
  | { readonly method: "generate"; readonly slot: string; readonly purpose: KeyPurpose; readonly curve: CurveName }
  | { readonly method: "certify"; readonly slot: string; readonly certificate: Uint8Array }
  | { readonly method: "activate" | "revoke" | "destroy" | "exportTlsKey"; readonly slot: string }
  | { readonly method: "retire"; readonly slot: string; readonly opensUntilMs?: number }
  | {
      readonly method: "sign" | "signRequest";
      readonly slot: string;
      readonly hash: HashName;
      readonly message: Uint8Array;
    }
  | {
      readonly method: "agree";
      readonly slot: string;
      readonly peer: Uint8Array;
      readonly hash: HashName;
      readonly sharedInfo: Uint8Array;
      readonly byteLength: number;
    }
  | { readonly method: "nextNumber" | "currentNumber"; readonly counter: string }
  | { readonly method: "random"; readonly byteLength: number };

export type ToProcess =
  | { readonly type: "open"; readonly directory: string }
  | { readonly type: "call"; readonly id: number; readonly call: Call };

export type FromProcess =
  | { readonly type: "opened" }
  | { readonly type: "not-opened"; readonly error: SentError }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly error: SentError };

/** A slot on its way. */
export interface SentSlot extends Omit<SlotInfo, "publicKey"> {
  readonly spki: Uint8Array;
}

export function sentSlot({ publicKey, ...rest }: SlotInfo): SentSlot {
  return { ...rest, spki: publicKey.toSpki() };
}

export function receivedSlot({ spki, ...rest }: SentSlot): SlotInfo {
  return { ...rest, publicKey: PublicKey.fromSpki(spki) };
}

export interface SentError {
  readonly name: string;
  readonly code: string;
}

/** Nothing but class and code of our own errors; whatever else it is crosses as a fault of ours. */
export function sentError(error: unknown): SentError {
  const known = [ModuleError, KeyError, CipherError, ModuleProcessError].some((one) => error instanceof one);
  // The classes above have both; the compiler does not follow `some`.
  if (known) return { name: (error as ModuleError).name, code: (error as ModuleError).code };
  return { name: "ModuleProcessError", code: "internal-error" };
}

export function receivedError({ name, code }: SentError): Error {
  // Each assertion has the look into the table of codes before it.
  if (name === "ModuleError" && code in moduleErrorCodes) return new ModuleError(code as ModuleErrorCode);
  if (name === "KeyError" && code in keyErrorCodes) return new KeyError(code as KeyErrorCode); // looked up
  if (name === "CipherError" && code in cipherErrorCodes) return new CipherError(code as CipherErrorCode); // looked up
  const own = code in moduleProcessErrorCodes ? (code as ModuleProcessErrorCode) : "internal-error"; // looked up
  return new ModuleProcessError(own);
}

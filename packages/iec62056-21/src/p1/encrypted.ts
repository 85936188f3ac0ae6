/**
 * P1 telegrams under AES-128-GCM: opened with the meter's key, sealed for virtual meters.
 *
 * In: a frame `db 08 title 82 len 30 counter ciphertext tag`.  Out: the plain telegram and what protected it.
 * Order: form, key, tag, counter; the plaintext exists for nobody before the tag holds, and the counter is stored before
 * the telegram is handed out, so that a power cut may lose a telegram and never accepts one twice.
 * The additional data are the security control byte and the authentication key, as in DLMS. Some meters hold another
 * authentication key than their papers say: `withoutTag` then reads the telegram without its tag, with a warning and with
 * trust "encrypted"; its counter is not remembered, for a forged one would shut out the meter for good.
 * Source: P1 specification of Luxembourg (E-Meter P1, 1.1.3) §3.2.5; DLMS UA 1000-2, general-glo-ciphering.
 */

import { aesGcm96Open, aesGcm96Seal, aesGcmOpenWithoutTag, CipherError, type SecretKey } from "@siegel/crypto";
import type { Trust } from "@siegel/readings";
import { concatBytes, DecodeError, EncodeError, toHex } from "@siegel/wire";
import { P1SecurityError } from "./errors.ts";

/** What opens the telegrams of one meter. */
export interface P1Key {
  /** Global unicast encryption key, 16 octets. */
  readonly encryption: SecretKey;
  /**
   * Authentication key, 16 octets, public in Luxembourg: the one of the specification unless told. "none" for senders that
   * leave the additional data out; the tag is checked all the same, and holds under the encryption key alone.
   */
  readonly authentication?: Uint8Array | "none" | undefined;
  /** Read telegrams whose tag cannot be checked. They are marked: trust "encrypted", warning "not-authenticated". */
  readonly withoutTag?: boolean | undefined;
}

/**
 * The key of a meter by its system title (eight octets in lower-case hex); `undefined` for a stranger. Of several the first
 * counts under which the tag holds; no more than four are tried, since a stranger decides how often.
 */
export type P1Keys = (systemTitle: string) => P1Key | readonly P1Key[] | undefined;

/**
 * The last counter accepted from each meter. Only meters whose tag held are written, so that a stranger cannot fill it.
 * `put` returns when the number is stored for good: what is read with it is handed out afterwards.
 */
export interface P1Counters {
  get(systemTitle: string): number | undefined;
  put(systemTitle: string, counter: number): void;
}

/** Counters in memory: they protect until the program ends. A gateway gives a store of its own. */
export function countersInMemory(): P1Counters {
  const last = new Map<string, number>();
  return { get: (title) => last.get(title), put: (title, counter) => void last.set(title, counter) };
}

export interface Opened {
  readonly telegram: Uint8Array;
  readonly systemTitle: string;
  readonly counter: number;
  readonly trust: Trust;
}

/** The parts of a frame, none of them believed yet. Views. */
export interface SealedParts {
  readonly systemTitle: Uint8Array;
  readonly control: number;
  readonly counter: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** @throws {DecodeError} "truncated", "wrong-type", "trailing-bytes". */
export function partsOfSealed(frame: Uint8Array): SealedParts {
  const error = (code: "truncated" | "wrong-type" | "trailing-bytes", offset: number) =>
    new DecodeError(code, { path: "frame", offset });
  if (frame[0] !== 0xdb || frame[1] !== titleBytes) throw error("wrong-type", 0);
  let at = 2 + titleBytes;
  const first = frame[at++] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 2) throw error("wrong-type", at - 1);
  let byteLength = lengthBytes === 0 ? first : 0;
  for (let index = 0; index < lengthBytes; index++) byteLength = byteLength * 256 + (frame[at++] ?? 0);
  if (byteLength < headBytes || at + byteLength > frame.length) throw error("truncated", frame.length);
  if (at + byteLength < frame.length) throw error("trailing-bytes", at + byteLength);
  const tagFrom = Math.max(at + headBytes, frame.length - tagBytes);
  return {
    systemTitle: frame.subarray(2, 2 + titleBytes),
    control: frame[at]!,
    counter: frame.subarray(at + 1, at + headBytes),
    ciphertext: frame.subarray(at + headBytes, tagFrom),
    tag: frame.subarray(tagFrom),
  };
}

/**
 * The telegram inside.
 *
 * @throws {DecodeError} as `partsOfSealed`.
 * @throws {P1SecurityError} in the order of its checks: "unsupported-protection", "no-key", "authentication-failed", "replayed".
 */
export function openSealed(frame: Uint8Array, keys: P1Keys, counters: P1Counters): Opened {
  const { systemTitle, control, counter, ciphertext, tag } = partsOfSealed(frame);
  // 20 would be encrypted alone: nobody is known to send it, and it would be a way around the tag.
  if (control !== authenticatedAndEncrypted) throw new P1SecurityError("unsupported-protection");
  const title = toHex(systemTitle);
  const known = keys(title);
  if (known === undefined) throw new P1SecurityError("no-key");
  const candidates = ("encryption" in known ? [known] : known).slice(0, maxCandidates);
  const nonce = concatBytes(systemTitle, counter);
  const count = new DataView(counter.buffer, counter.byteOffset).getUint32(0);
  const last = counters.get(title);
  const refuseReplay = (): void => {
    if (last !== undefined && count <= last) throw new P1SecurityError("replayed");
  };
  for (const key of candidates) {
    const telegram = underTag(key, { nonce, ciphertext, tag });
    if (telegram === undefined) continue;
    refuseReplay();
    counters.put(title, count);
    return { telegram, systemTitle: title, counter: count, trust: "authenticated" };
  }
  const careless = candidates.find(({ withoutTag }) => withoutTag === true);
  if (careless === undefined) throw new P1SecurityError("authentication-failed");
  refuseReplay();
  const telegram = aesGcmOpenWithoutTag({ key: careless.encryption, nonce, ciphertext });
  return { telegram, systemTitle: title, counter: count, trust: "encrypted" };
}

/** The plaintext if the tag holds under this key; `undefined` if not. */
function underTag(
  key: P1Key,
  sealed: { readonly nonce: Uint8Array; readonly ciphertext: Uint8Array; readonly tag: Uint8Array },
): Uint8Array | undefined {
  try {
    return aesGcm96Open({ ...sealed, key: key.encryption, aad: additionalData(key) });
  } catch (error) {
    if (error instanceof CipherError && error.code === "authentication-failed") return undefined;
    throw error;
  }
}

function additionalData({ authentication }: P1Key): Uint8Array {
  if (authentication === "none") return new Uint8Array();
  return concatBytes(Uint8Array.of(authenticatedAndEncrypted), authentication ?? luxembourgAuthenticationKey);
}

/**
 * A telegram as a meter sends it.
 *
 * @param counter  Above every one used with this key before: the caller stores it first. Two telegrams under one counter
 *   give away what they differ in.
 * @throws {EncodeError} "out-of-range" for a counter beyond 32 bits, "wrong-length" for another system title than 8 octets,
 *   "too-long" beyond 65,000 octets.
 */
export function sealTelegram(
  telegram: Uint8Array,
  a: { readonly key: P1Key; readonly systemTitle: Uint8Array; readonly counter: number },
): Uint8Array {
  const { key, systemTitle, counter } = a;
  if (systemTitle.length !== titleBytes) throw new EncodeError("wrong-length", "systemTitle");
  if (!Number.isInteger(counter) || counter < 0 || counter > 0xffffffff)
    throw new EncodeError("out-of-range", "counter");
  if (telegram.length > maxTelegramBytes) throw new EncodeError("too-long", "telegram");
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, counter);
  const { ciphertext, tag } = aesGcm96Seal({
    key: key.encryption,
    nonce: concatBytes(systemTitle, count),
    aad: additionalData(key),
    plaintext: telegram,
  });
  const byteLength = headBytes + ciphertext.length + tag.length;
  return concatBytes(
    Uint8Array.of(0xdb, titleBytes),
    systemTitle,
    Uint8Array.of(0x82, byteLength >> 8, byteLength & 0xff, authenticatedAndEncrypted),
    count,
    ciphertext,
    tag,
  );
}

/** The authentication key that the specification of Luxembourg prints: no secret. */
export const luxembourgAuthenticationKey: Uint8Array = Uint8Array.from({ length: 16 }, (_, index) => 0x11 * index);

/** Security control byte: encrypted and authenticated, suite 0, unicast key. */
const authenticatedAndEncrypted = 0x30;
const titleBytes = 8;
/** Security control byte and frame counter. */
const headBytes = 5;
const tagBytes = 12;
const maxTelegramBytes = 65_000;
const maxCandidates = 4;

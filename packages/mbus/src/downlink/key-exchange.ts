/**
 * A new key for a meter: wrapped, sent once, and the old one kept until the meter has used the new one.
 *
 * In: the meter's transport key, the new key, authenticated telegrams.  Out: the downlink, and which keys count.
 *
 * | state     | input                                     | next      | effects                               |
 * |-----------|-------------------------------------------|-----------|---------------------------------------|
 * | stable    | begin                                     | offered   | new key stored beside the old one; send |
 * | offered   | authenticated telegram under the old key  | offered   |                                       |
 * | offered   | authenticated telegram under the new key  | stable    | old key erased                        |
 * | offered   | given up                                  | stable    | new key erased                        |
 *
 * Why both: if the telegram with the key is lost, the meter goes on with the old one; if its answer is lost, with the new.
 * The content of the telegram is *ours*, since the security information transfer's is not at hand: version of the format,
 * key id, new key version, AES key wrap of the key under the meter's transport key (docs/limits.md).
 * Source: RFC 3394 (wrap), EN 13757-7 CI C3 (carrier).
 */

import { CipherError, SecretKey, unwrapKey, wrapKey } from "@siegel/crypto";
import { concatBytes, DecodeError } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";
import type { Keyring } from "../security/keyring.ts";
import type { OpenedTelegram } from "../security/open.ts";
import { DownlinkError } from "./errors.ts";

/** CI with a long header, to the meter. */
export const keyTransferCi = 0xc3;

export interface KeyTransfer {
  readonly keyId: number;
  /** One more than the version it replaces, modulo 256. */
  readonly keyVersion: number;
}

/** Content of the telegram that carries the key. @throws {CipherError} "bad-key-length". */
export function encodeKeyTransfer(transfer: KeyTransfer, transportKey: SecretKey, newKey: SecretKey): Uint8Array {
  return concatBytes(Uint8Array.of(formatVersion, transfer.keyId, transfer.keyVersion), wrapKey(transportKey, newKey));
}

/**
 * The meter's side: the key that was sent. Behind it may stand padding.
 *
 * @throws {DecodeError} "unsupported-version", "truncated"; "bad-checksum" when it was not wrapped for this meter.
 */
export function decodeKeyTransfer(
  content: Uint8Array,
  transportKey: SecretKey,
): KeyTransfer & { readonly key: SecretKey } {
  const start = content[0] === 0x2f && content[1] === 0x2f ? 2 : 0;
  const fields = content.subarray(start, start + 3 + wrappedBytes);
  if (fields.length < 3 + wrappedBytes)
    throw new DecodeError("truncated", { path: "KeyTransfer", offset: content.length });
  if (fields[0] !== formatVersion) throw new DecodeError("unsupported-version", { path: "KeyTransfer", offset: start });
  try {
    const key = unwrapKey(transportKey, fields.subarray(3));
    return { keyId: fields[1]!, keyVersion: fields[2]!, key };
  } catch (error) {
    if (!(error instanceof CipherError) || error.code !== "authentication-failed") throw error;
    throw new DecodeError("bad-checksum", { path: "KeyTransfer.key", offset: start + 3 });
  }
}

export type KeyExchangeState =
  | { readonly at: "stable"; readonly version: number }
  | { readonly at: "offered"; readonly oldVersion: number; readonly newVersion: number };

/** The keys of one meter while one replaces the other. Changes the keyring; whoever owns the keys' store does the same there. */
export class KeyExchange {
  readonly #keyring: Keyring;
  readonly #meter: MeterAddress;
  #state: KeyExchangeState;

  /** @param version  Of the key in use. */
  constructor(keyring: Keyring, meter: MeterAddress, version: number) {
    this.#keyring = keyring;
    this.#meter = meter;
    this.#state = { at: "stable", version };
  }

  get state(): KeyExchangeState {
    return this.#state;
  }

  /**
   * The new key is known from here on, beside the old one. The caller sends what is returned, in an authenticated downlink
   * under the old key, with CI C3.
   *
   * @param newKeyOctets  16 octets; the caller fills them with zeros afterwards.
   * @throws {DownlinkError} "exchange-under-way"; {KeyringError}.
   */
  begin(transportKey: SecretKey, newKeyOctets: Uint8Array, keyId = 0): Uint8Array {
    if (this.#state.at !== "stable") throw new DownlinkError("exchange-under-way");
    const oldVersion = this.#state.version;
    const newVersion = (oldVersion + 1) & 0xff;
    const content = encodeKeyTransfer(
      { keyId, keyVersion: newVersion },
      transportKey,
      SecretKey.fromBytes(newKeyOctets),
    );
    this.#keyring.addKey(this.#meter, newKeyOctets, newVersion);
    this.#state = { at: "offered", oldVersion, newVersion };
    return content;
  }

  /** An opened telegram of this meter: the first that the new key authenticates ends the old one. Says whether it did. */
  heard(telegram: OpenedTelegram): boolean {
    if (this.#state.at !== "offered" || telegram.keyVersion !== this.#state.newVersion) return false;
    if ((telegram.tagBytes ?? 0) < 8 || telegram.tpl?.toMeter === true) return false;
    this.#keyring.removeKey(this.#meter, this.#state.oldVersion);
    this.#state = { at: "stable", version: this.#state.newVersion };
    return true;
  }

  /** The new key is forgotten: for a meter that was replaced, or will not take it. */
  giveUp(): void {
    if (this.#state.at !== "offered") return;
    this.#keyring.removeKey(this.#meter, this.#state.newVersion);
    this.#state = { at: "stable", version: this.#state.oldVersion };
  }
}

const formatVersion = 0x01;
/** 16 octets wrapped. */
const wrappedBytes = 24;

/**
 * The configuration of a transport header: the security mode, how much is encrypted, and which key.
 *
 * In: two octets and what the mode puts behind them.  Out: the fields by name; and back.
 * What lies beyond the encrypted octets is clear text: legal, and it occurs.
 * Source: EN 13757-7, OMS volume 2. Mode 13 and the meaning of the length in mode 10 below FF are from memory.
 */

import { DecodeError, EncodeError } from "@siegel/wire";
import { little } from "./afl.ts";

export interface Configuration {
  /** The two octets, low one first. */
  readonly word: number;
  readonly mode: number;
  /** Octets of the content that are encrypted, from its beginning. */
  readonly encryptedBytes: number | "all";
  /** Kind of content, two bits (modes 0, 5, 7, 10). */
  readonly content: number;
  /** Modes 0 and 5: the meter can be reached after this telegram, as B and A of the extended link layer say. */
  readonly bidirectional: boolean;
  readonly accessible: boolean;
  /** Modes 7 and 10. */
  readonly keyId?: number;
  readonly keyVersion?: number;
  /** 1: KDF-A; 0: the key as it is. */
  readonly kdf?: number;
  /** Mode 10: 4, 8, 12 or 16. */
  readonly tagBytes?: number;
  readonly counter?: number;
  /** Mode 13: kind of records. */
  readonly protocol?: number;
  /** The two octets and what the mode put behind them. */
  readonly byteLength: number;
  /** As before, up to the counter: what mode 10 authenticates. */
  readonly bytesBeforeCounter: number;
}

/** @throws {DecodeError} "truncated". */
export function configurationAt(octets: Uint8Array, at: number): Configuration {
  need(octets, at + 2);
  const word = octets[at]! | (octets[at + 1]! << 8);
  const mode = (word >> 8) & 0x1f;
  switch (mode) {
    case 7:
      return mode7(octets, at, word);
    case 10:
      return mode10(octets, at, word);
    case 13:
      need(octets, at + 3);
      return {
        ...plain(word, mode, word & 0xff),
        protocol: octets[at + 2]! & 0x0f,
        byteLength: 3,
        bytesBeforeCounter: 3,
      };
    case 2:
    case 3:
      return plain(word, mode, word & 0xff);
    default:
      return plain(word, mode, 16 * ((word >> 4) & 0x0f));
  }
}

function plain(word: number, mode: number, encryptedBytes: number): Configuration {
  return {
    word,
    mode,
    encryptedBytes: mode === 0 ? 0 : encryptedBytes,
    content: (word >> 2) & 0x03,
    bidirectional: (mode === 0 || mode === 5) && (word & 0x8000) !== 0,
    accessible: (mode === 0 || mode === 5) && (word & 0x4000) !== 0,
    byteLength: 2,
    bytesBeforeCounter: 2,
  };
}

function mode7(octets: Uint8Array, at: number, word: number): Configuration {
  need(octets, at + 3);
  const extension = octets[at + 2]!;
  const hasVersion = (extension & 0x40) !== 0;
  const before = hasVersion ? 4 : 3;
  return {
    ...plain(word, 7, 16 * ((word >> 4) & 0x0f)),
    content: word >> 14,
    keyId: extension & 0x0f,
    kdf: (extension >> 4) & 0x03,
    ...versionAt(octets, at + 3, hasVersion),
    ...counterAt(octets, at + before, word),
    byteLength: before + ((word & hasCounter) === 0 ? 0 : 4),
    bytesBeforeCounter: before,
  };
}

function mode10(octets: Uint8Array, at: number, word: number): Configuration {
  need(octets, at + 4);
  const extension = octets[at + 2]! | (octets[at + 3]! << 8);
  const hasVersion = (extension & 0x40) !== 0;
  const before = hasVersion ? 5 : 4;
  return {
    ...plain(word, 10, 0),
    encryptedBytes: (word & 0xff) === 0xff ? "all" : word & 0xff,
    content: word >> 14,
    keyId: extension & 0x0f,
    kdf: (extension >> 4) & 0x03,
    tagBytes: 4 + 4 * ((extension >> 8) & 0x03),
    ...versionAt(octets, at + 4, hasVersion),
    ...counterAt(octets, at + before, word),
    byteLength: before + ((word & hasCounter) === 0 ? 0 : 4),
    bytesBeforeCounter: before,
  };
}

function versionAt(octets: Uint8Array, at: number, isThere: boolean): { keyVersion?: number } {
  if (!isThere) return {};
  need(octets, at + 1);
  return { keyVersion: octets[at]! };
}

function counterAt(octets: Uint8Array, at: number, word: number): { counter?: number } {
  if ((word & hasCounter) === 0) return {};
  need(octets, at + 4);
  return {
    counter: (octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24)) >>> 0,
  };
}

/** What is to be written; the octets that a mode adds follow from its fields. */
export type ConfigurationFields =
  | { readonly mode: 0; readonly bidirectional?: boolean; readonly accessible?: boolean; readonly content?: number }
  | {
      readonly mode: 5;
      readonly blocks: number;
      readonly bidirectional?: boolean;
      readonly accessible?: boolean;
      readonly content?: number;
    }
  | {
      readonly mode: 7;
      readonly blocks: number;
      readonly content?: number;
      readonly keyId?: number;
      readonly keyVersion?: number;
      readonly counter?: number;
    }
  | {
      readonly mode: 10;
      readonly encryptedBytes: number | "all";
      readonly tagBytes: number;
      readonly content?: number;
      readonly keyId?: number;
      readonly keyVersion?: number;
      readonly counter?: number;
    }
  | { readonly mode: 13; readonly encryptedBytes: number; readonly protocol: number };

/** @throws {EncodeError} "out-of-range". Keys of modes 7 and 10 are always derived (KDF-A). */
export function encodeConfiguration(fields: ConfigurationFields): Uint8Array {
  switch (fields.mode) {
    case 0:
    case 5: {
      const blocks = fields.mode === 0 ? 0 : fields.blocks;
      const flags = (fields.bidirectional === true ? 0x8000 : 0) | (fields.accessible === true ? 0x4000 : 0);
      const content = checked("content", fields.content ?? 0, 3);
      return little(flags | (fields.mode << 8) | (checked("blocks", blocks, 15) << 4) | (content << 2), 2);
    }
    case 7: {
      const word = 0x0700 | (checked("blocks", fields.blocks, 15) << 4) | upperBits(fields);
      const version = fields.keyVersion === undefined ? 0 : 0x40;
      return Uint8Array.of(
        ...little(word, 2),
        0x10 | version | checked("keyId", fields.keyId ?? 0, 15),
        ...behind(fields),
      );
    }
    case 10: {
      const length = fields.encryptedBytes === "all" ? 0xff : checked("encryptedBytes", fields.encryptedBytes, 0xfe);
      const code = (fields.tagBytes - 4) / 4;
      checked("tagBytes", code, 3);
      const version = fields.keyVersion === undefined ? 0 : 0x40;
      const extension = (code << 8) | 0x10 | version | checked("keyId", fields.keyId ?? 0, 15);
      return Uint8Array.of(
        ...little(0x0a00 | length | upperBits(fields), 2),
        ...little(extension, 2),
        ...behind(fields),
      );
    }
    case 13:
      return Uint8Array.of(
        checked("encryptedBytes", fields.encryptedBytes, 0xff),
        0x0d,
        checked("protocol", fields.protocol, 15),
      );
  }
}

function upperBits({ content, counter }: { readonly content?: number; readonly counter?: number }): number {
  return (checked("content", content ?? 0, 3) << 14) | (counter === undefined ? 0 : hasCounter);
}

function behind({ keyVersion, counter }: { readonly keyVersion?: number; readonly counter?: number }): Uint8Array {
  return Uint8Array.of(
    ...(keyVersion === undefined ? [] : [checked("keyVersion", keyVersion, 0xff)]),
    ...(counter === undefined ? [] : little(checked("counter", counter, 0xffff_ffff), 4)),
  );
}

function checked(field: string, value: number, max: number): number {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new EncodeError("out-of-range", `CF.${field}`);
  return value;
}

function need(octets: Uint8Array, end: number): void {
  if (octets.length < end) throw new DecodeError("truncated", { path: "CF", offset: octets.length });
}

const hasCounter = 0x2000;

/**
 * The extended link layer: when a meter listens, and an encryption of its own.
 *
 * In: octets from CI 8C to 8F on.  Out: its fields, and where the next layer begins.
 * Not here: decryption (../security/ell-ctr.ts). With encryption, everything behind the session number is ciphertext, its
 * checksum too. CI 86 (variable length) is recognised and not read: no text at hand says how it is built.
 * Source: EN 13757-4, extended link layer.
 */

import { concatBytes, crc16En13757, DecodeError, EncodeError } from "@siegel/wire";
import { linkAddressAt, linkAddressOctets, type MeterAddress } from "../framing/wireless/address.ts";

export interface Ell {
  readonly ci: number;
  /** CC: see `listening`. */
  readonly communicationControl: number;
  readonly access: number;
  /** III and IV: the meter behind a radio adapter, or the receiver. */
  readonly address: MeterAddress | undefined;
  /** II and IV: SN. Bits 31-29 encryption, 28-4 time, 3-0 session. */
  readonly session: number | undefined;
  /** 0 none, 1 AES-128-CTR, others are reserved. */
  readonly encryption: number;
  /** Octets from CI up to the checksum of the payload, or up to the payload where it has none. */
  readonly byteLength: number;
}

export function isEll(ci: number): boolean {
  return ci >= 0x8c && ci <= 0x8f;
}

/** @throws {DecodeError} "truncated" when the frame ends within it. */
export function ellAt(octets: Uint8Array, at: number): Ell {
  const ci = octets[at]!;
  const hasAddress = ci === 0x8e || ci === 0x8f;
  const hasSession = ci === 0x8d || ci === 0x8f;
  const byteLength = 3 + (hasAddress ? 8 : 0) + (hasSession ? 4 : 0);
  if (octets.length < at + byteLength) throw new DecodeError("truncated", { path: "ELL", offset: octets.length });
  const session = hasSession ? u32(octets, at + byteLength - 4) : undefined;
  return {
    ci,
    communicationControl: octets[at + 1]!,
    access: octets[at + 2]!,
    address: hasAddress ? linkAddressAt(octets, at + 3) : undefined,
    session,
    encryption: session === undefined ? 0 : session >>> 29,
    byteLength,
  };
}

/** The layer without checksum and payload; II and IV want `payloadWithCrc` behind it. @throws {EncodeError} "out-of-range". */
export function encodeEll(ell: Omit<Ell, "byteLength" | "encryption">): Uint8Array {
  const { ci, communicationControl, access, address, session } = ell;
  const wants = { address: ci === 0x8e || ci === 0x8f, session: ci === 0x8d || ci === 0x8f };
  if (!isEll(ci)) throw new EncodeError("out-of-range", "ELL.CI");
  if (wants.address !== (address !== undefined) || wants.session !== (session !== undefined)) {
    throw new EncodeError("wrong-type", "ELL");
  }
  return concatBytes(
    Uint8Array.of(ci, communicationControl, access),
    address === undefined ? new Uint8Array() : linkAddressOctets(address),
    session === undefined ? new Uint8Array() : Uint8Array.of(session, session >>> 8, session >>> 16, session >>> 24),
  );
}

/** The payload of II and IV: its checksum, low octet first, and then itself. This is what gets encrypted. */
export function payloadWithCrc(payload: Uint8Array): Uint8Array {
  const crc = crc16En13757.of(payload);
  return concatBytes(Uint8Array.of(crc & 0xff, crc >> 8), payload);
}

/** Whether the two octets at the beginning are the checksum of those behind them. */
export function payloadCrcHolds(octets: Uint8Array): boolean {
  return octets.length > 2 && crc16En13757.of(octets, 2) === (octets[0]! | (octets[1]! << 8));
}

/** When the meter listens after this telegram. Bits of CC, from the highest. */
export interface Listening {
  readonly bidirectional: boolean;
  /** D: fast response, else slow. */
  readonly delay: boolean;
  readonly synchronous: boolean;
  readonly hop: boolean;
  readonly priority: boolean;
  /** A: it has its receiver on for some time after this telegram. */
  readonly accessible: boolean;
  readonly repeated: boolean;
  readonly extendedDelay: boolean;
}

export function listening(communicationControl: number): Listening {
  const bit = (mask: number): boolean => (communicationControl & mask) !== 0;
  return {
    bidirectional: bit(0x80),
    delay: bit(0x40),
    synchronous: bit(0x20),
    hop: bit(0x10),
    priority: bit(0x08),
    accessible: bit(0x04),
    repeated: bit(0x02),
    extendedDelay: bit(0x01),
  };
}

function u32(octets: Uint8Array, at: number): number {
  return (octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24)) >>> 0;
}

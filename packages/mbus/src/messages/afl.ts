/**
 * The authentication and fragmentation layer: MAC, counter and length of a message, or a piece of one.
 *
 * In: octets from CI 90 on.  Out: its fields, and where what it carries begins; and back.
 * Not here: putting pieces together (./reassembly.ts), checking the MAC (../security).
 * Source: OMS volume 2, AFL. That a fragmented message has MCL, KI, MCR and ML in the first piece and the MAC in the last
 * is from memory.
 */

import { concatBytes, DecodeError, EncodeError } from "@siegel/wire";

export interface Afl {
  readonly moreFragments: boolean;
  /** 0: not fragmented; else 1, 2, 3 …, which never wraps. */
  readonly fragment: number;
  /** MCL: which fields the message has, and in its low four bits the kind of MAC. */
  readonly messageControl: number | undefined;
  /** KI: which key, as the sender numbers them. */
  readonly keyInformation: number | undefined;
  /** MCR: counts up with each message of a sender. */
  readonly counter: number | undefined;
  readonly mac: Uint8Array | undefined;
  /** ML: octets of the whole message from its first CI on. */
  readonly messageLength: number | undefined;
  /** From CI 90 up to what the layer carries. */
  readonly byteLength: number;
}

export const aflCi = 0x90;

/** Kind of MAC (AT) by the low four bits of MCL; CMAC cut to 2 to 16 octets. 8 is GMAC, which nothing here makes. */
export function macBytesOf(messageControl: number): number | undefined {
  return macBytes[messageControl & 0x0f];
}

/** The code for a CMAC of so many octets. @throws {EncodeError} "out-of-range". */
export function macCodeOf(byteLength: number): number {
  const code = [3, 4, 5, 6, 7].find((one) => macBytes[one] === byteLength);
  if (code === undefined) throw new EncodeError("out-of-range", "AFL.AT");
  return code;
}

/**
 * @param knownMacBytes  Length of the MAC where MCL came in an earlier piece.
 * @throws {DecodeError} "truncated", "wrong-length" when the layer's length is not that of its fields, "unknown-tag" for a MAC
 *   of unknown kind.
 */
export function aflAt(octets: Uint8Array, at: number, knownMacBytes?: number): Afl {
  if (octets.length < at + 4) throw truncated(octets);
  const end = at + 2 + octets[at + 1]!;
  if (octets.length < end) throw truncated(octets);
  let next = at + 2;
  const take = (byteLength: number): number => {
    const value = next;
    next += byteLength;
    if (next > end) throw new DecodeError("wrong-length", { path: "AFL.AFLL", offset: at + 1 });
    return value;
  };
  const fcl = u16(octets, take(2));
  const messageControl = (fcl & has.mcl) === 0 ? undefined : octets[take(1)]!;
  const keyInformation = (fcl & has.ki) === 0 ? undefined : u16(octets, take(2));
  const counter = (fcl & has.mcr) === 0 ? undefined : u32(octets, take(4));
  let mac: Uint8Array | undefined;
  if ((fcl & has.mac) !== 0) {
    const length = messageControl === undefined ? knownMacBytes : macBytesOf(messageControl);
    // Without MCL the MAC takes what the layer has left but the message length.
    const left = end - next - ((fcl & has.ml) === 0 ? 0 : 2);
    if (length === undefined && messageControl !== undefined) {
      throw new DecodeError("unknown-tag", { path: "AFL.MCL", offset: at + 4 });
    }
    const from = take(length ?? Math.max(0, left));
    mac = octets.subarray(from, next);
  }
  const messageLength = (fcl & has.ml) === 0 ? undefined : u16(octets, take(2));
  if (next !== end) throw new DecodeError("wrong-length", { path: "AFL.AFLL", offset: at + 1 });
  return {
    moreFragments: (fcl & has.moreFragments) !== 0,
    fragment: fcl & 0xff,
    messageControl,
    keyInformation,
    counter,
    mac,
    messageLength,
    byteLength: end - at,
  };
}

/** @throws {EncodeError} "out-of-range". */
export function encodeAfl(afl: Omit<Afl, "byteLength">): Uint8Array {
  const { messageControl: mcl, keyInformation: ki, counter: mcr, mac, messageLength: ml } = afl;
  const flag = (value: unknown, bit: number): number => (value === undefined ? 0 : bit);
  const fcl =
    (afl.moreFragments ? has.moreFragments : 0) |
    flag(mcl, has.mcl) |
    flag(ml, has.ml) |
    flag(mcr, has.mcr) |
    flag(mac, has.mac) |
    flag(ki, has.ki) |
    checked("AFL.FID", afl.fragment, 0xff);
  const fields = concatBytes(
    little(fcl, 2),
    mcl === undefined ? empty : Uint8Array.of(checked("AFL.MCL", mcl, 0xff)),
    ki === undefined ? empty : little(checked("AFL.KI", ki, 0xffff), 2),
    mcr === undefined ? empty : little(checked("AFL.MCR", mcr, 0xffff_ffff), 4),
    mac ?? empty,
    ml === undefined ? empty : little(checked("AFL.ML", ml, 0xffff), 2),
  );
  return concatBytes(Uint8Array.of(aflCi, fields.length), fields);
}

/** What the MAC covers before the message itself: MCL, KI, MCR and ML as they were sent. */
export function macPrefix(
  afl: Pick<Afl, "messageControl" | "keyInformation" | "counter" | "messageLength">,
): Uint8Array {
  const { messageControl: mcl, keyInformation: ki, counter: mcr, messageLength: ml } = afl;
  const octets = new Uint8Array(9);
  let at = 0;
  if (mcl !== undefined) octets[at++] = mcl;
  if (ki !== undefined) for (let shift = 0; shift < 16; shift += 8) octets[at++] = ki >>> shift;
  if (mcr !== undefined) for (let shift = 0; shift < 32; shift += 8) octets[at++] = mcr >>> shift;
  if (ml !== undefined) for (let shift = 0; shift < 16; shift += 8) octets[at++] = ml >>> shift;
  return octets.subarray(0, at);
}

export function little(value: number, byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, index) => (value >>> (8 * index)) & 0xff);
}

function checked(field: string, value: number, max: number): number {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new EncodeError("out-of-range", field);
  return value;
}

function truncated(octets: Uint8Array): DecodeError {
  return new DecodeError("truncated", { path: "AFL", offset: octets.length });
}

function u16(octets: Uint8Array, at: number): number {
  return octets[at]! | (octets[at + 1]! << 8);
}

function u32(octets: Uint8Array, at: number): number {
  return (octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24)) >>> 0;
}

/** Bits of FCL. */
const has = { moreFragments: 0x4000, mcl: 0x2000, ml: 0x1000, mcr: 0x0800, mac: 0x0400, ki: 0x0200 } as const;
const macBytes: Readonly<Record<number, number>> = { 3: 2, 4: 4, 5: 8, 6: 12, 7: 16, 8: 12 };
const empty = new Uint8Array();

/**
 * The link header of a radio frame: what kind of frame, and whose.
 *
 * In: a plain frame `L C M2 A6 …` (./formats.ts).  Out: C, the address of the sender (or of the receiver, when the gateway
 * sends), and where the first layer behind it begins.
 * Source: EN 13757-4, link layer.
 */

import { concatBytes, DecodeError, EncodeError } from "@siegel/wire";
import { linkAddressAt, linkAddressOctets, type MeterAddress } from "./address.ts";

export interface LinkHeader {
  readonly control: number;
  readonly address: MeterAddress;
}

/** Offset of the first CI in a plain frame. */
export const linkHeaderBytes = 10;

/** What a C field says. Names of EN 13757-4; `toMeter` are those that a gateway sends. */
export interface ControlMeaning {
  readonly name: string;
  readonly toMeter: boolean;
}

/** @throws {DecodeError} "truncated", or "wrong-length" when L is not what follows it. */
export function linkHeaderOf(frame: Uint8Array): LinkHeader {
  if (frame.length < linkHeaderBytes) throw new DecodeError("truncated", { path: "link", offset: frame.length });
  if (frame[0] !== frame.length - 1) throw new DecodeError("wrong-length", { path: "L", offset: 0 });
  return { control: frame[1]!, address: linkAddressAt(frame, 2) };
}

/**
 * A plain frame. @param content  Everything from the first CI on; none for frames of the link alone.
 *
 * @throws {EncodeError} "too-long" above 256 octets, "out-of-range".
 */
export function linkFrame(header: LinkHeader, content: Uint8Array = new Uint8Array()): Uint8Array {
  const l = linkHeaderBytes - 1 + content.length;
  if (l > 0xff) throw new EncodeError("too-long", "frame");
  if (header.control < 0 || header.control > 0xff) throw new EncodeError("out-of-range", "C");
  return concatBytes(Uint8Array.of(l, header.control), linkAddressOctets(header.address), content);
}

/** The meaning of a C field; absent where none is known. FCB, FCV, ACD and DFC are bits of their own and left out. */
export function controlMeaning(control: number): ControlMeaning | undefined {
  const known = meanings[control];
  if (known !== undefined) return known;
  // ACD and DFC of a meter's frame: bits 5 and 4.
  const bare = meanings[control & 0xcf];
  return bare !== undefined && !bare.toMeter ? bare : undefined;
}

/** C fields by name. Those with a frame count bit have it zero here, see `withFrameCount`. */
export const control = {
  sndNke: 0x40,
  sndUd2: 0x43,
  sndNr: 0x44,
  sndUd3: 0x45,
  sndIr: 0x46,
  accNr: 0x47,
  accDmd: 0x48,
  sndUd: 0x53,
  reqUd1: 0x5a,
  reqUd2: 0x5b,
  ack: 0x00,
  nack: 0x01,
  cnfIr: 0x06,
  rspUd: 0x08,
} as const;

/** The same C field with the frame count bit; only SND-UD and REQ-UD count. */
export function withFrameCount(c: number, frameCount: boolean): number {
  return frameCount ? c | 0x20 : c & ~0x20;
}

const meanings: Readonly<Record<number, ControlMeaning>> = {
  0x00: { name: "ACK", toMeter: false },
  0x01: { name: "NACK", toMeter: false },
  0x06: { name: "CNF-IR", toMeter: true },
  0x08: { name: "RSP-UD", toMeter: false },
  0x40: { name: "SND-NKE", toMeter: true },
  0x43: { name: "SND-UD2", toMeter: true },
  0x44: { name: "SND-NR", toMeter: false },
  0x45: { name: "SND-UD3", toMeter: true },
  0x46: { name: "SND-IR", toMeter: false },
  0x47: { name: "ACC-NR", toMeter: false },
  0x48: { name: "ACC-DMD", toMeter: false },
  0x53: { name: "SND-UD", toMeter: true },
  0x73: { name: "SND-UD", toMeter: true },
  0x5a: { name: "REQ-UD1", toMeter: true },
  0x7a: { name: "REQ-UD1", toMeter: true },
  0x5b: { name: "REQ-UD2", toMeter: true },
  0x7b: { name: "REQ-UD2", toMeter: true },
};

/**
 * Receivers that speak in binary frames: IMST iM871A (HCI) and Amber Wireless AMB8465.
 *
 * In: bytes from a start octet on.  Out: how long the frame is, and the telegram in it, if one is.
 * Not here: cutting a stream (./stream), configuring the receiver.
 *
 * iM871A: `A5 | control4 endpoint4 | message | length | payload | time 4? | rssi? | crc 2?`; control bits 2 time, 4 RSSI,
 * 8 CRC (X.25 over all between, low octet first). Endpoint 2, message 3 is a telegram from its C field on.
 * AMB8465 in command mode: `FF | 03 | length | telegram from its C field on, rssi? | xor`. Its length counts the RSSI in
 * some versions and not in others: the check octet tells which.
 * Source: WMBus HCI specification and AMB8465 manual as public programs read them; the vector `A5 81 0F 00 34 13`.
 */

import { crc16X25, DecodeError } from "@siegel/wire";
import { dbmOfCc1101, type DongleTelegram } from "./telegram.ts";

export type BinaryForm = "im871a" | "amber";

export interface BinaryFrame {
  readonly byteLength: number;
  /** Absent for what the receiver says of itself. */
  readonly telegram?: DongleTelegram;
  readonly error?: DecodeError;
}

export const startOctets: Readonly<Record<BinaryForm, number>> = { im871a: 0xa5, amber: 0xff };

/**
 * The frame that begins at `from`, whose start octet is there.
 *
 * @param ended  No more bytes will come.
 * @returns      Undefined when more bytes are needed.
 */
export function binaryFrame(
  form: BinaryForm,
  input: { readonly bytes: Uint8Array; readonly from: number; readonly ended: boolean; readonly rssi: boolean },
): BinaryFrame | undefined {
  return form === "im871a" ? im871a(input) : amber(input);
}

interface Input {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly ended: boolean;
  /** Amber only: the receiver is set to append its RSSI. */
  readonly rssi: boolean;
}

function im871a({ bytes, from }: Input): BinaryFrame | undefined {
  if (bytes.length < from + 4) return undefined;
  const control = bytes[from + 1]! >> 4;
  const endpoint = bytes[from + 1]! & 0x0f;
  const message = bytes[from + 2]!;
  const payload = bytes[from + 3]!;
  const hasTime = (control & 0x2) !== 0;
  const hasRssi = (control & 0x4) !== 0;
  const hasCrc = (control & 0x8) !== 0;
  if ((control & 0x1) !== 0 || endpoint === 0 || endpoint > 4) return noFrame("bad-framing", from + 1);
  const end = from + 4 + payload + (hasTime ? 4 : 0) + (hasRssi ? 1 : 0);
  const byteLength = end - from + (hasCrc ? 2 : 0);
  if (bytes.length < from + byteLength) return undefined;
  if (hasCrc && crc16X25.of(bytes.subarray(from + 1, end)) !== (bytes[end]! | (bytes[end + 1]! << 8))) {
    return noFrame("bad-checksum", end);
  }
  if (endpoint !== radioLink || message !== telegramReceived) return { byteLength };
  const telegram = telegramOf(bytes.subarray(from + 4, from + 4 + payload));
  const rssiDbm = hasRssi ? Math.round(-100 - 4_000 / 150 + (80 / 150) * bytes[end - 1]!) : undefined;
  return { byteLength, telegram: rssiDbm === undefined ? telegram : { ...telegram, rssiDbm } };
}

function amber({ bytes, from, ended, rssi }: Input): BinaryFrame | undefined {
  if (bytes.length < from + 3) return undefined;
  const command = bytes[from + 1]!;
  const length = bytes[from + 2]!;
  const end = from + 3 + length;
  if (bytes.length <= end) return undefined;
  const isTelegram = command === dataReceived || command === (dataReceived | 0x80);
  if (xorOf(bytes, from, end) === bytes[end]) {
    const byteLength = length + 4;
    if (!isTelegram) return { byteLength };
    const inside = rssi && length > 0 ? 1 : 0;
    const telegram = telegramOf(bytes.subarray(from + 3, end - inside));
    return { byteLength, telegram: inside === 1 ? { ...telegram, rssiDbm: dbmOfCc1101(bytes[end - 1]!) } : telegram };
  }
  if (!isTelegram) return noFrame("bad-checksum", end);
  if (bytes.length <= end + 1) return ended ? noFrame("bad-checksum", end) : undefined;
  if (xorOf(bytes, from, end + 1) !== bytes[end + 1]) return noFrame("bad-checksum", end);
  const telegram = telegramOf(bytes.subarray(from + 3, end));
  return { byteLength: length + 5, telegram: { ...telegram, rssiDbm: dbmOfCc1101(bytes[end]!) } };
}

/** The receiver took the length octet away with the checksums. */
function telegramOf(fromC: Uint8Array): DongleTelegram {
  const bytes = new Uint8Array(fromC.length + 1);
  bytes[0] = fromC.length;
  bytes.set(fromC, 1);
  return { bytes, crc: "none" };
}

/** One octet is given up, and the search goes on behind it. */
function noFrame(code: "bad-framing" | "bad-checksum", offset: number): BinaryFrame {
  return { byteLength: 1, error: new DecodeError(code, { path: "dongle", offset }) };
}

function xorOf(bytes: Uint8Array, from: number, to: number): number {
  let all = 0;
  for (let at = from; at < to; at++) all ^= bytes[at]!;
  return all;
}

const radioLink = 2;
const telegramReceived = 3;
const dataReceived = 0x03;

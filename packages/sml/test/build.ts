/**
 * SML files for tests, as a meter would put them on the line, and the same with one thing changed.
 * Synthetic: meters, makers' letters and counts are invented.
 */

import { concatBytes, crc16Kermit, crc16X25, fromHex } from "@siegel/wire";
import { type GetListResponse } from "../src/messages/bodies.ts";
import { type ListEntry } from "../src/messages/entries.ts";
import { encodeFile } from "../src/messages/file.ts";
import { type MessageBody, type SmlMessage } from "../src/messages/message.ts";
import { type EncodingStyle } from "../src/tlv/reader.ts";
import { wrapFile } from "../src/framing/wrap.ts";

export const serverId = fromHex("0a 01 58 59 5a 00 00 00 10 01");

/** A line of a list; object as hex. */
export function entry(object: string, fields: Omit<ListEntry, "objName">): ListEntry {
  return { objName: fromHex(object), ...fields };
}

export const energy = (raw: number | bigint, byteLength = 5, more: Partial<ListEntry> = {}): ListEntry =>
  entry("0100010800ff", {
    status: { byteLength: 3, bits: 0x1c0104 },
    unit: 30,
    scaler: -1,
    value: { type: "unsigned", byteLength, value: raw },
    ...more,
  });

export const power = (raw: number, byteLength: number, more: Partial<ListEntry> = {}): ListEntry =>
  entry("0100100700ff", { unit: 27, scaler: -2, value: { type: "signed", byteLength, value: raw }, ...more });

/** A list response with the entries given. */
export function list(valList: readonly ListEntry[], more: Partial<GetListResponse> = {}): GetListResponse {
  return {
    serverId,
    listName: fromHex("0100620affff"),
    actSensorTime: { kind: "secIndex", value: 1_234_567 },
    valList,
    ...more,
  };
}

export function message(body: MessageBody, id = "01"): SmlMessage {
  return { transactionId: fromHex(id), groupNo: 0, abortOnError: 0, body };
}

export const open: SmlMessage = message(
  { kind: "PublicOpenResponse", value: { reqFileId: fromHex("0001"), serverId } },
  "a0",
);
export const close: SmlMessage = message({ kind: "PublicCloseResponse", value: {} }, "a2");

/** Open, the list, close: what a meter pushes. */
export function push(response: GetListResponse): readonly SmlMessage[] {
  return [open, message({ kind: "GetListResponse", value: response }, "a1"), close];
}

/** The same on the line. */
export function pushed(response: GetListResponse, style: Partial<EncodingStyle> = {}): Uint8Array {
  return wrapFile(encodeFile(push(response), style));
}

/** Encoded messages, one by one. */
export function encodedMessages(messages: readonly SmlMessage[], style: Partial<EncodingStyle> = {}): Uint8Array[] {
  return messages.map((one) => encodeFile([one], style));
}

/** One encoded message with two checksum bytes, its checksum made anew after its bytes were changed. */
export function resealed(encoded: Uint8Array, kind: "x25" | "kermit" = "x25"): Uint8Array {
  const end = encoded.length - 4;
  const crc = (kind === "x25" ? crc16X25 : crc16Kermit).of(encoded, 0, end);
  const [first, second] = kind === "x25" ? [crc & 0xff, crc >> 8] : [crc >> 8, crc & 0xff];
  return concatBytes(encoded.subarray(0, end), Uint8Array.of(0x63, first, second, 0x00));
}

/** A wrapped file with another transport checksum. */
export function reframed(file: Uint8Array, kind: "x25" | "kermit" = "x25"): Uint8Array {
  const end = file.length - 2;
  const crc = (kind === "x25" ? crc16X25 : crc16Kermit).of(file, 0, end);
  const stored = kind === "x25" ? [crc & 0xff, crc >> 8] : [crc >> 8, crc & 0xff];
  return Uint8Array.from([...file.subarray(0, end), ...stored]);
}

/** The first place where `wanted` (hex) stands, replaced by `by` (hex). */
export function replaced(bytes: Uint8Array, wanted: string, by: string): Uint8Array {
  const pattern = fromHex(wanted);
  const at = bytes.findIndex((_, from) => pattern.every((byte, index) => bytes[from + index] === byte));
  if (at < 0) throw new Error(`${wanted} does not occur`);
  return concatBytes(bytes.subarray(0, at), fromHex(by), bytes.subarray(at + pattern.length));
}

/**
 * Compact and format frames: the headers of a telegram sent once, its data alone after that.
 *
 * In: application data of CI 79, 73, 7B (compact) or 69, 6A, 6B (format).  Out: the full application data.
 * Not here: where known formats are kept and who may use them (../security), and the verdict on a failure.
 * Both checksums count: the signature finds the headers, the full-frame CRC shows that they were the right ones. A
 * signature has 16 bits only, and makers reuse them over configurations.
 * Source: EN 13757-7:2018 (compact M-Bus), as the facts page states it with its vector.
 */

import { concatBytes, crc16En13757 } from "@siegel/wire";
import { type Direction, headerAt } from "./header.ts";
import { dataLengthOf, lengthOfLvar } from "./value.ts";

export interface CompactFrame {
  readonly signature: number;
  readonly fullFrameCrc: number;
  /** Data of the records without their headers. */
  readonly data: Uint8Array;
}

export interface FormatFrame {
  readonly signature: number;
  /** DIBs and VIBs of all records, one after the other. */
  readonly headers: Uint8Array;
  /** Whether the signature is that of the headers. */
  readonly holds: boolean;
}

export type ExpandedFrame =
  | { readonly kind: "full"; readonly data: Uint8Array }
  /** The headers do not fit the data: lengths differ. */
  | { readonly kind: "wrong-length" }
  /** Lengths fit, the CRC over the full frame does not: other headers with the same signature, or changed data. */
  | { readonly kind: "wrong-crc" };

/** The checksum by which a list of headers is known. */
export function signatureOf(headers: Uint8Array): number {
  return crc16En13757.of(headers);
}

/**
 * The headers of full application data, one after the other, fillers left out. Maker's data has its DIF as header.
 *
 * @returns `undefined` when the data does not divide into whole records: it has no signature then.
 */
export function headersOf(data: Uint8Array, direction: Direction = "from-meter"): Uint8Array | undefined {
  return divided(data, direction)?.headers;
}

/** The parts of a compact frame; `undefined` when it is too short to have them. */
export function parseCompactFrame(frame: Uint8Array): CompactFrame | undefined {
  if (frame.length < 4) return undefined;
  return { signature: u16(frame, 0), fullFrameCrc: u16(frame, 2), data: new Uint8Array(frame.subarray(4)) };
}

/** The parts of a format frame; `undefined` when its length octet does not fit. Fillers after it are allowed. */
export function parseFormatFrame(frame: Uint8Array): FormatFrame | undefined {
  const length = frame[0];
  if (length === undefined || length < 2 || length + 1 > frame.length) return undefined;
  if (frame.subarray(length + 1).some((octet) => octet !== filler)) return undefined;
  const signature = u16(frame, 1);
  const headers = new Uint8Array(frame.subarray(3, length + 1));
  return { signature, headers, holds: signatureOf(headers) === signature };
}

/** Puts headers and data together again; fillers behind the data are left out. The CRC is checked. */
export function expandCompactFrame(
  frame: CompactFrame,
  headers: Uint8Array,
  direction: Direction = "from-meter",
): ExpandedFrame {
  const { data } = frame;
  const parts: Uint8Array[] = [];
  let dataAt = 0;
  for (let at = 0; at < headers.length;) {
    const dif = headers[at]!;
    if (isRestOfData(dif)) {
      if (at + 1 !== headers.length) return { kind: "wrong-length" };
      parts.push(headers.subarray(at), data.subarray(dataAt));
      dataAt = data.length;
      break;
    }
    const header = headerAt(headers, at, direction);
    if (typeof header === "string") return { kind: "wrong-length" };
    const length = dataLength(data, dataAt, dataLengthOf[header.coding]);
    if (length < 0) return { kind: "wrong-length" };
    parts.push(header.bytes, data.subarray(dataAt, dataAt + length));
    at += header.bytes.length;
    dataAt += length;
  }
  if (data.subarray(dataAt).some((octet) => octet !== filler)) return { kind: "wrong-length" };
  const full = concatBytes(...parts);
  return crc16En13757.of(full) === frame.fullFrameCrc ? { kind: "full", data: full } : { kind: "wrong-crc" };
}

/** The format frame of full application data; `undefined` when it has no headers or they are longer than 253 octets. */
export function formatFrameOf(data: Uint8Array, direction: Direction = "from-meter"): Uint8Array | undefined {
  const headers = headersOf(data, direction);
  if (headers === undefined || headers.length === 0 || headers.length > 253) return undefined;
  return concatBytes(Uint8Array.of(headers.length + 2), octetsOf(signatureOf(headers)), headers);
}

/** The compact frame of full application data; `undefined` when it does not divide into whole records. */
export function compactFrameOf(data: Uint8Array, direction: Direction = "from-meter"): Uint8Array | undefined {
  const parts = divided(data, direction);
  if (parts === undefined) return undefined;
  return concatBytes(
    octetsOf(signatureOf(parts.headers)),
    octetsOf(crc16En13757.of(concatBytes(...parts.full))),
    parts.values,
  );
}

interface Divided {
  readonly headers: Uint8Array;
  readonly values: Uint8Array;
  /** Headers and values as they stood, without fillers. */
  readonly full: readonly Uint8Array[];
}

function divided(data: Uint8Array, direction: Direction): Divided | undefined {
  const headers: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  const full: Uint8Array[] = [];
  const add = (from: number, dataAt: number, end: number): void => {
    headers.push(data.subarray(from, dataAt));
    values.push(data.subarray(dataAt, end));
    full.push(data.subarray(from, end));
  };
  for (let at = 0; at < data.length;) {
    const dif = data[at]!;
    if (dif === filler) {
      at++;
      continue;
    }
    if (isRestOfData(dif)) {
      add(at, at + 1, data.length);
      break;
    }
    if ((dif & 0x0f) === 0x0f) return undefined;
    const header = headerAt(data, at, direction);
    if (typeof header === "string") return undefined;
    const dataAt = at + header.bytes.length;
    const length = dataLength(data, dataAt, dataLengthOf[header.coding]);
    if (length < 0) return undefined;
    add(at, dataAt, dataAt + length);
    at = dataAt + length;
  }
  return { headers: concatBytes(...headers), values: concatBytes(...values), full };
}

/** Octets of the data at `at`, an LVAR included; −1 when they are not there. */
function dataLength(data: Uint8Array, at: number, fixed: number): number {
  if (fixed >= 0) return at + fixed <= data.length ? fixed : -1;
  const lvar = data[at];
  const length = lvar === undefined ? -1 : lengthOfLvar(lvar);
  return length < 0 || at + 1 + length > data.length ? -1 : 1 + length;
}

function isRestOfData(dif: number): boolean {
  return dif === 0x0f || dif === 0x1f;
}

function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function octetsOf(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

const filler = 0x2f;

/**
 * The data of one record ⇄ its value, as its header says.
 *
 * In: header and octets.  Out: `RecordValue`, exact.  Not here: where data begins and ends (./decode), number formats
 * (./numbers), dates (./dates), profiles (./profile).
 * Texts are Latin-1 with the last character first. Octets below a blank are no text: meters put binary data under a text
 * length, which then stays octets, as sent.
 * Source: EN 13757-3:2018, tables 4 and 5, annex A.
 */

import { ScaledValue } from "@siegel/readings";
import { concatBytes, EncodeError } from "@siegel/wire";
import { dateTypeOfLength, readDate, writeDate } from "./dates.ts";
import {
  isInvalidSigned,
  isInvalidUnsigned,
  readBcd,
  readDigits,
  readFloat,
  readSigned,
  readUnsigned,
  writeBcd,
  writeDigits,
  writeFloat,
  writeInteger,
} from "./numbers.ts";
import { dividedBy, readProfile, times, writeProfile } from "./profile.ts";
import type { Coding, RecordHeader, RecordValue } from "./record.ts";

/** Octets of data for each coding; −1 for variable data, whose first octet (LVAR) says it. */
export const dataLengthOf: Readonly<Record<Coding, number>> = {
  none: 0,
  int8: 1,
  int16: 2,
  int24: 3,
  int32: 4,
  float32: 4,
  int48: 6,
  int64: 8,
  selection: 0,
  bcd2: 1,
  bcd4: 2,
  bcd6: 3,
  bcd8: 4,
  variable: -1,
  bcd12: 6,
  special: 0,
};

/** Octets after an LVAR; −1 for reserved ones. */
export function lengthOfLvar(lvar: number): number {
  if (lvar < 0xc0) return lvar;
  if (lvar <= 0xc9) return lvar - 0xc0;
  if (lvar >= 0xd0 && lvar <= 0xd9) return lvar - 0xd0;
  if (lvar >= 0xe0 && lvar <= 0xef) return lvar - 0xe0;
  if (lvar >= 0xf0 && lvar <= 0xf4) return 4 * (lvar - 0xec);
  return lvar === 0xf5 ? 48 : lvar === 0xf6 ? 64 : -1;
}

/** The value of fixed-length data at `at`, whose length is that of the coding. */
export function readValue(data: Uint8Array, at: number, header: RecordHeader): RecordValue {
  switch (header.coding) {
    case "int8":
      return readInteger(data, at, 1, header);
    case "int16":
      return readInteger(data, at, 2, header);
    case "int24":
      return readInteger(data, at, 3, header);
    case "int32":
      return readInteger(data, at, 4, header);
    case "int48":
      return readInteger(data, at, 6, header);
    case "int64":
      return readInteger(data, at, 8, header);
    case "float32": {
      const value = readFloat(data, at, header.exponent);
      return value === undefined ? invalid(data, at, 4) : { kind: "number", value: adjusted(value, header) };
    }
    case "bcd2":
      return readDecimal(data, at, 1, header);
    case "bcd4":
      return readDecimal(data, at, 2, header);
    case "bcd6":
      return readDecimal(data, at, 3, header);
    case "bcd8":
      return readDecimal(data, at, 4, header);
    case "bcd12":
      return readDecimal(data, at, 6, header);
    default:
      return nothing;
  }
}

function readInteger(data: Uint8Array, at: number, byteLength: number, header: RecordHeader): RecordValue {
  switch (header.reads) {
    case "signed":
      if (data[at + byteLength - 1] === 0x80 && isInvalidSigned(data, at, byteLength)) {
        return invalid(data, at, byteLength);
      }
      return number(readSigned(data, at, byteLength), header);
    case "raw":
      return number(readSigned(data, at, byteLength), header);
    case "unsigned":
    case "digits":
      if (isInvalidUnsigned(data, at, byteLength)) return invalid(data, at, byteLength);
      return number(readUnsigned(data, at, byteLength), header);
    case "bits":
      return number(readUnsigned(data, at, byteLength), header);
    case "date": {
      if (dateTypeOfLength[byteLength] === undefined) return octets(data, at, byteLength);
      const date = readDate(data, at, byteLength);
      return date === undefined ? invalid(data, at, byteLength) : { kind: "date", date };
    }
    case "octets":
      return octets(data, at, byteLength);
  }
}

function readDecimal(data: Uint8Array, at: number, byteLength: number, header: RecordHeader): RecordValue {
  if (header.reads === "digits") return { kind: "text", text: readDigits(data, at, byteLength) };
  if (header.reads === "octets") return octets(data, at, byteLength);
  const raw = readBcd(data, at, byteLength);
  return raw === undefined ? invalid(data, at, byteLength) : number(raw, header);
}

/** The value of variable data whose LVAR stands at `at`; its length is `lengthOfLvar`. */
export function readVariable(data: Uint8Array, at: number, header: RecordHeader): RecordValue {
  const lvar = data[at]!;
  const byteLength = lengthOfLvar(lvar);
  const from = at + 1;
  if (header.profile !== undefined) {
    const profile = readProfile(data, from, byteLength, header);
    return profile === undefined ? octets(data, from, byteLength) : { kind: "profile", profile };
  }
  if (header.reads === "octets" || lvar >= 0xf0) return octets(data, from, byteLength);
  if (lvar < 0xc0) return readText(data, from, byteLength) ?? octets(data, from, byteLength);
  if (lvar >= 0xe0) {
    // A date of variable length is type M; a maker's number of variable length is hardly ever a number.
    if (header.reads === "date" || header.reads === "raw") return octets(data, from, byteLength);
    return readInteger(data, from, byteLength, header);
  }
  const raw = byteLength > 0 && data[from + byteLength - 1]! >= 0xa0 ? undefined : readBcd(data, from, byteLength);
  if (raw === undefined) return invalid(data, from, byteLength);
  return number(lvar >= 0xd0 ? -raw : raw, header);
}

function readText(data: Uint8Array, at: number, byteLength: number): RecordValue | undefined {
  let text = "";
  for (let index = at + byteLength - 1; index >= at; index--) {
    const byte = data[index]!;
    if (byte < 0x20 || (byte >= 0x7f && byte < 0xa0)) return undefined;
    text += String.fromCharCode(byte);
  }
  return { kind: "text", text };
}

function number(raw: number | bigint, header: RecordHeader): RecordValue {
  return { kind: "number", value: adjusted(ScaledValue.of(raw, header.exponent), header) };
}

/** Offsets and factor of the header; the exponent is in the value already. */
function adjusted(value: ScaledValue, { offsets, factor }: RecordHeader): ScaledValue {
  for (const exponent of offsets) value = value.plus(ScaledValue.of(1, exponent));
  return factor === 1 ? value : ScaledValue.of(times(value.raw, factor), value.scaler);
}

function octets(data: Uint8Array, at: number, byteLength: number): RecordValue {
  return { kind: "octets", bytes: new Uint8Array(data.subarray(at, at + byteLength)) };
}

function invalid(data: Uint8Array, at: number, byteLength: number): RecordValue {
  return { kind: "invalid", bytes: new Uint8Array(data.subarray(at, at + byteLength)) };
}

/**
 * Data of a record: what follows its header.
 *
 * @param lvar  For variable data: as sent; absent: the shortest that carries the value.
 * @throws {EncodeError} when header and value do not fit: "wrong-type", "wrong-length", "out-of-range".
 */
export function writeValue(value: RecordValue, header: RecordHeader, lvar?: number): Uint8Array {
  if (header.coding === "variable") return writeVariable(value, header, lvar);
  const byteLength = dataLengthOf[header.coding];
  const bytes = writeFixed(value, header, byteLength);
  if (bytes.length !== byteLength) throw new EncodeError("wrong-length", "value");
  return bytes;
}

function writeFixed(value: RecordValue, header: RecordHeader, byteLength: number): Uint8Array {
  const isBcd = header.coding.startsWith("bcd");
  switch (value.kind) {
    case "none":
      return new Uint8Array(0);
    case "octets":
    case "invalid":
      return value.bytes;
    case "text":
      if (!isBcd || header.reads !== "digits") throw new EncodeError("wrong-type", "value");
      return writeDigits(value.text, byteLength);
    case "date":
      if (isBcd || header.reads !== "date") throw new EncodeError("wrong-type", "value");
      return writeDate(value.date);
    case "number": {
      if (header.coding === "float32") {
        return writeFloat(unadjusted(value.value, header).timesPowerOfTen(-header.exponent));
      }
      const raw = wireNumber(value.value, header);
      if (isBcd) return writeBcd(raw, byteLength, "minus-digit");
      return writeInteger(raw, byteLength, header.reads === "signed" || header.reads === "raw");
    }
    case "profile":
      throw new EncodeError("wrong-type", "value");
  }
}

function writeVariable(value: RecordValue, header: RecordHeader, lvar: number | undefined): Uint8Array {
  switch (value.kind) {
    case "text": {
      const bytes = new Uint8Array(value.text.length);
      for (let index = 0; index < bytes.length; index++) {
        const code = value.text.charCodeAt(index);
        if (code < 0x20 || code > 0xff) throw new EncodeError("out-of-range", "value.text");
        bytes[bytes.length - 1 - index] = code;
      }
      return withLvar(bytes, lvar ?? bytes.length);
    }
    case "profile": {
      const bytes = writeProfile(value.profile, header);
      return withLvar(bytes, lvar ?? bytes.length);
    }
    case "octets":
    case "invalid":
      return withLvar(value.bytes, lvar ?? value.bytes.length);
    case "number": {
      const raw = wireNumber(value.value, header);
      const kind = lvar ?? 0xe0 + shortestLength(raw, header);
      const byteLength = lengthOfLvar(kind);
      if (kind >= 0xc0 && kind < 0xe0) {
        if (BigInt(raw) !== 0n && raw < 0 !== kind >= 0xd0) throw new EncodeError("out-of-range", "value");
        return withLvar(writeBcd(raw < 0 ? -raw : raw, byteLength, "none"), kind);
      }
      return withLvar(writeInteger(raw, byteLength, header.reads === "signed"), kind);
    }
    default:
      throw new EncodeError("wrong-type", "value");
  }
}

/** @throws {EncodeError} "wrong-length" unless the LVAR says just so many octets. */
function withLvar(bytes: Uint8Array, lvar: number): Uint8Array {
  if (lengthOfLvar(lvar) !== bytes.length) throw new EncodeError("wrong-length", "value");
  return concatBytes(Uint8Array.of(lvar), bytes);
}

function shortestLength(raw: number | bigint, header: RecordHeader): number {
  const signed = header.reads === "signed";
  const wanted = BigInt(raw);
  for (let byteLength = 1; byteLength < 15; byteLength++) {
    const bits = 8 * byteLength;
    if ((signed ? BigInt.asIntN(bits, wanted) : BigInt.asUintN(bits, wanted)) === wanted) return byteLength;
  }
  return 15;
}

/** The integer on the wire. @throws {EncodeError} "out-of-range" when the value has digits that the VIF cannot carry. */
function wireNumber(value: ScaledValue, header: RecordHeader): number | bigint {
  const wire = unadjusted(value, header);
  if (wire.scaler === header.exponent) return wire.raw;
  const power = wire.scaler - header.exponent;
  if (power > 0) return wire.withScaler(header.exponent).raw;
  const divisor = 10n ** BigInt(-power);
  const raw = BigInt(wire.raw);
  if (raw % divisor !== 0n) throw new EncodeError("out-of-range", "value");
  return raw / divisor;
}

function unadjusted(value: ScaledValue, { factor, offsets }: RecordHeader): ScaledValue {
  let wire = dividedBy(value, factor);
  for (const exponent of offsets) wire = wire.minus(ScaledValue.of(1, exponent));
  return wire;
}

const nothing: RecordValue = { kind: "none" };

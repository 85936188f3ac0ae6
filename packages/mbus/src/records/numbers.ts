/**
 * Numbers of data records: integers, BCD and float32, octets ⇄ exact values.
 *
 * In: octets, low one first.  Out: an integer (number where it is safe, else bigint), or `undefined` for "invalid".
 * Not here: what the number is of (./header), dates (./dates).
 * Why whole 64 bit: registers of electricity meters in mWh pass 2^53 after years, a float would lose their last digits.
 * Source: EN 13757-3:2018, annex A, types A (BCD), B (signed), C (unsigned), D (bits) and H (IEEE 754).
 */

import { ScaledValue } from "@siegel/readings";
import { EncodeError } from "@siegel/wire";

/** Unsigned integer of up to 8 octets at `at`, or any number of octets as a bigint. */
export function readUnsigned(data: Uint8Array, at: number, byteLength: number): number | bigint {
  switch (byteLength) {
    case 0:
      return 0;
    case 1:
      return data[at]!;
    case 2:
      return data[at]! | (data[at + 1]! << 8);
    case 3:
      return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
    case 4:
      return u32(data, at);
    case 5:
      return u32(data, at) + data[at + 4]! * 2 ** 32;
    case 6:
      return u32(data, at) + (data[at + 4]! | (data[at + 5]! << 8)) * 2 ** 32;
    default:
      return wide(data, at, byteLength);
  }
}

/** Signed integer, two's complement. */
export function readSigned(data: Uint8Array, at: number, byteLength: number): number | bigint {
  switch (byteLength) {
    case 0:
      return 0;
    case 1:
      return (data[at]! << 24) >> 24;
    case 2:
      return ((data[at]! | (data[at + 1]! << 8)) << 16) >> 16;
    case 3:
      return ((data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16)) << 8) >> 8;
    case 4:
      return u32(data, at) | 0;
    case 6:
      return u32(data, at) + (((data[at + 4]! | (data[at + 5]! << 8)) << 16) >> 16) * 2 ** 32;
    default: {
      const value = readUnsigned(data, at, byteLength);
      const bits = BigInt(8 * byteLength);
      return data[at + byteLength - 1]! < 0x80 ? value : safe(BigInt.asIntN(Number(bits), BigInt(value)));
    }
  }
}

/** Type B: 80 00 … 00 (high octet first) marks that there is no value. */
export function isInvalidSigned(data: Uint8Array, at: number, byteLength: number): boolean {
  if (byteLength === 0 || data[at + byteLength - 1] !== 0x80) return false;
  for (let index = 0; index < byteLength - 1; index++) if (data[at + index] !== 0) return false;
  return true;
}

/** Type C: FF … FF marks that there is no value. */
export function isInvalidUnsigned(data: Uint8Array, at: number, byteLength: number): boolean {
  for (let index = 0; index < byteLength; index++) if (data[at + index] !== 0xff) return false;
  return byteLength > 0;
}

/**
 * Type A: BCD, two digits an octet. F as the highest digit is a minus; any other digit above 9 is no number.
 *
 * @returns `undefined` when a digit is none: meters blank their display so.
 */
export function readBcd(data: Uint8Array, at: number, byteLength: number): number | bigint | undefined {
  if (byteLength === 0) return 0;
  const top = data[at + byteLength - 1]!;
  const negative = top >= 0xf0;
  const first = negative ? top & 0x0f : pairOf(top);
  if (first < 0 || first > 99 || (negative && first > 9)) return undefined;
  if (byteLength <= 7) {
    let value = first;
    for (let index = at + byteLength - 2; index >= at; index--) {
      const pair = pairs[data[index]!]!;
      if (pair < 0) return undefined;
      value = value * 100 + pair;
    }
    return negative ? -value : value;
  }
  let value = BigInt(first);
  for (let index = at + byteLength - 2; index >= at; index--) {
    const pair = pairs[data[index]!]!;
    if (pair < 0) return undefined;
    value = value * 100n + BigInt(pair);
  }
  return safe(negative ? -value : value);
}

/** BCD digits as they stand, leading zeros kept, digits above 9 as letters: for numbers that name something. */
export function readDigits(data: Uint8Array, at: number, byteLength: number): string {
  let text = "";
  for (let index = at + byteLength - 1; index >= at; index--) text += digitsOfByte[data[index]!];
  return text;
}

/**
 * Type H: the shortest decimal that is this float32, so that 0.1 stays 0.1.
 *
 * @returns `undefined` for NaN and infinities.
 */
export function readFloat(data: Uint8Array, at: number, exponent: number): ScaledValue | undefined {
  floatBits[0] = u32(data, at);
  const value = floatValue[0]!;
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 24) return ScaledValue.of(value, exponent);
  if (!Number.isFinite(value)) return undefined;
  // 6 digits are always exact for what was written with 6 or fewer; 9 tell every float32 apart. Subnormals have fewer.
  for (let digits = Math.abs(value) < 2 ** -126 ? 1 : 6; ; digits++) {
    const text = value.toExponential(digits - 1);
    if (digits < 9 && Math.fround(Number(text)) !== value) continue;
    return scaledOf(text, exponent);
  }
}

/** `-1.250000e-7` times 10^exponent, without the zeros at its end. */
function scaledOf(text: string, exponent: number): ScaledValue {
  const mark = text.indexOf("e");
  const negative = text.startsWith("-");
  const mantissa = text.slice(negative ? 1 : 0, mark);
  let raw = Number(mantissa.length === 1 ? mantissa : mantissa[0]! + mantissa.slice(2));
  let power = Number(text.slice(mark + 1)) - Math.max(0, mantissa.length - 2);
  while (raw % 10 === 0) {
    raw /= 10;
    power++;
  }
  return ScaledValue.of(negative ? -raw : raw, power + exponent);
}

/** @throws {EncodeError} "out-of-range" when the integer does not fit. */
export function writeInteger(value: number | bigint, byteLength: number, signed: boolean): Uint8Array {
  const bits = 8 * byteLength;
  const wanted = BigInt(value);
  const kept = signed ? BigInt.asIntN(bits, wanted) : BigInt.asUintN(bits, wanted);
  if (kept !== wanted) throw new EncodeError("out-of-range");
  return octetsOf(BigInt.asUintN(bits, wanted), byteLength);
}

/** @throws {EncodeError} "out-of-range" when there are more digits than fit; a minus takes one digit. */
export function writeBcd(value: number | bigint, byteLength: number, sign: "minus-digit" | "none"): Uint8Array {
  const negative = value < 0;
  const digits = String(negative ? -value : value);
  const room = 2 * byteLength;
  if (negative && sign === "none") throw new EncodeError("out-of-range");
  if (digits.length > room - (negative ? 1 : 0)) {
    if (!(room === 0 && digits === "0")) throw new EncodeError("out-of-range");
    return new Uint8Array(0);
  }
  return writeDigits((negative ? "F" : "") + digits.padStart(room - (negative ? 1 : 0), "0"), byteLength);
}

/** @throws {EncodeError} "wrong-length" or "wrong-type" unless the text is just as many hexadecimal digits. */
export function writeDigits(text: string, byteLength: number): Uint8Array {
  if (text.length !== 2 * byteLength) throw new EncodeError("wrong-length");
  if (!/^[0-9A-Fa-f]*$/.test(text)) throw new EncodeError("wrong-type");
  const bytes = new Uint8Array(byteLength);
  for (let index = 0; index < byteLength; index++) {
    bytes[byteLength - 1 - index] = Number.parseInt(text.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

/** @throws {EncodeError} "out-of-range" when no float32 has this shortest decimal. */
export function writeFloat(value: ScaledValue): Uint8Array {
  floatValue[0] = value.toNumber();
  const bytes = octetsOf(BigInt(floatBits[0]!), 4);
  if (readFloat(bytes, 0, 0)?.equals(value) !== true) throw new EncodeError("out-of-range");
  return bytes;
}

function octetsOf(value: bigint, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  for (let index = 0, rest = value; index < byteLength; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

function u32(data: Uint8Array, at: number): number {
  return (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)) >>> 0;
}

function wide(data: Uint8Array, at: number, byteLength: number): number | bigint {
  if (byteLength === 8) {
    const high = u32(data, at + 4);
    if (high < 2 ** 21) return u32(data, at) + high * 2 ** 32;
  }
  let value = 0n;
  for (let index = at + byteLength - 1; index >= at; index--) value = (value << 8n) | BigInt(data[index]!);
  return safe(value);
}

function safe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function pairOf(byte: number): number {
  return pairs[byte]!;
}

/** Value of two BCD digits, −1 when one is none. */
const pairs: Int8Array = Int8Array.from({ length: 256 }, (_, byte) => {
  const high = byte >> 4;
  const low = byte & 0x0f;
  return high > 9 || low > 9 ? -1 : 10 * high + low;
});
const digitsOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0").toUpperCase(),
);
const floatBits = new Uint32Array(1);
const floatValue = new Float32Array(floatBits.buffer);

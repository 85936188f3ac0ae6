/**
 * Apator's own forms: registers of 16-2 (under DIF 0F), and short telegrams of 08, 17-2 and NA-1 (CI A0, A1).
 *
 * Source: places from public telegrams with public readings. Lengths of registers that occur in no telegram at hand are from
 * memory and marked; a register of unknown length ends the reading, since what follows cannot be found.
 */

import type { Decoded, DecoderInput } from "../decoder.ts";
import type { FoundValue } from "../value.ts";
import { numberAt, u16, u24, u32 } from "./found.ts";

/**
 * AT-WMBUS-16-2: date and faults without number, then registers, each a number and its data.
 *
 * They stand behind DIF 0F; of one public telegram another octet stands there. That one counts only when the registers end as
 * they should, since records of the standard could stand there, too.
 */
export function apator162({ records, content }: DecoderInput): Decoded | undefined {
  const { manufacturerData } = records;
  if (manufacturerData !== undefined) {
    const { values } = registersOf(manufacturerData.bytes, manufacturerData.offset);
    return values.length === 0 ? undefined : { values };
  }
  if (content[0] !== 0x2f || content[1] !== 0x2f) return undefined;
  const { values, hasEnd } = registersOf(content.subarray(3), 3);
  return hasEnd && values.some(({ name }) => name === "volume") ? { values, replacesRecords: true } : undefined;
}

function registersOf(bytes: Uint8Array, offset: number): { values: FoundValue[]; hasEnd: boolean } {
  const values: FoundValue[] = [];
  let at = 7; // date of 4, faults of 3
  while (at < bytes.length) {
    const register = bytes[at]!;
    if (register === endOfRegisters) return { values, hasEnd: true };
    const length = lengthOf(register);
    if (length === undefined || at + 1 + length > bytes.length) break;
    values.push(...valuesOf(register, bytes, at + 1, length, offset));
    at += 1 + length;
  }
  return { values, hasEnd: false };
}

function valuesOf(register: number, bytes: Uint8Array, at: number, length: number, offset: number): FoundValue[] {
  const place = [offset + at, length] as const;
  if (register === 0x10) return [numberAt(place, "volume", u32(bytes, at), -3, "m3")];
  if (register === 0xa1) return [numberAt(place, "volume", u32(bytes, at), -3, "m3", { function: "maximum" })];
  if (register === 0x11) return [numberAt(place, "volume-flow", u16(bytes, at), -3, "m3/h")];
  if (register === 0x43) return [numberAt(place, "battery-remaining", u16(bytes, at) * 86_400, 0, "s")];
  if (register === 0x01) return [numberAt(place, "error-flags", u24(bytes, at), 0)];
  if (register < 0x71 || register > 0x7f) return [];
  // A series of past readings, the newest first; the octet before them says of which kind the spacing is.
  return Array.from({ length: (length - 1) / 4 }, (_, index) => {
    const one = at + 1 + 4 * index;
    return numberAt([offset + one, 4], "volume", u32(bytes, one), -3, "m3", { storage: index + 1 });
  });
}

function lengthOf(register: number): number | undefined {
  if (register >= 0x71 && register <= 0x7f) return 1 + 4 * ((register & 0x0f) + 1);
  if (register >= 0xc0 && register <= 0xc7) return 3;
  return lengths[register];
}

/** AT-WMBUS-08 counts thirds of a litre, 17-2 thirds of a cubic metre. */
export function apator08({ content }: DecoderInput): Decoded | undefined {
  return content.length < 4 ? undefined : { values: [thirds(u32(content, 0), 1000)] };
}

export function apator172({ content }: DecoderInput): Decoded | undefined {
  return content.length < 5 ? undefined : { values: [thirds(u32(content, 0), 1)] };
}

/** A third has no end in decimals: rounded to a millilitre or less. */
function thirds(count: number, divisor: number): FoundValue {
  return numberAt([0, 4], "volume", Math.round((count * 1e6) / 3 / divisor), -6, "m3");
}

/**
 * NA-1: one block of AES-CBC under the meter's key, its vector from the address and the octet behind CI, as in mode 5.
 *
 * In bits: 2F; status 4, volume 28 (their low four bits first); seconds since 2000; hours since the reading before and the
 * volume since then, packed; status of that reading.
 */
export function apatorNa1({ content, frame, keys }: DecoderInput): Decoded | undefined {
  if (frame === undefined || content.length < 18) return undefined;
  const vector = new Uint8Array(16).fill(content[0]!);
  vector.set(frame.subarray(2, 10));
  for (const key of keys) {
    const plain = key.decryptCbc(vector, content.subarray(2, 18));
    if (plain[0] === 0x2f) return { values: na1Values(plain), isDecrypted: true };
  }
  return undefined;
}

function na1Values(plain: Uint8Array): FoundValue[] {
  const block = [2, 16] as const;
  const volume = u24(plain, 2) * 16 + (plain[1]! & 0x0f);
  const hours = plain[9]! | ((plain[10]! >> 2) << 8);
  const since = (plain[10]! & 3) | (plain[11]! << 2) | (plain[12]! << 10);
  const status = plain[1]! >> 4;
  const seconds = u32(plain, 5);
  const before = volume - since;
  return [
    numberAt(block, "volume", volume, -3, "m3"),
    ...clockAt(block, seconds, 0),
    numberAt(block, "error-flags", status),
    ...(before < 0
      ? []
      : [
          numberAt(block, "volume", before, -3, "m3", { storage: 1 }),
          numberAt(block, "duration-since-readout", hours * 3600, 0, "s", { storage: 1 }),
          ...clockAt(block, seconds - hours * 3600, 1),
        ]),
  ];
}

/** The meter's clock counts local seconds since 2000. */
function clockAt([at, length]: readonly [number, number], seconds: number, storage: number): FoundValue[] {
  if (seconds < 0) return [];
  const time = new Date(Date.UTC(2000, 0, 1) + seconds * 1000); // a calendar without zone; no clock is read
  const year = time.getUTCFullYear();
  if (year > 2079) return [];
  const date = {
    type: "F" as const,
    year,
    month: time.getUTCMonth() + 1,
    day: time.getUTCDate(),
    hour: time.getUTCHours(),
    minute: time.getUTCMinutes(),
  };
  return [{ name: "date-time", value: { kind: "date", date }, storage, from: at, to: at + length }];
}

const endOfRegisters = 0xff;
/** Octets behind the number of a register. Seen: 01, 10, 40 to 44, 71 and up, 80 to 84, A0; the rest from memory. */
const lengths: Readonly<Record<number, number>> = {
  0x00: 4,
  0x01: 3,
  0x10: 4,
  0x11: 2,
  0x40: 6,
  0x41: 2,
  0x42: 4,
  0x43: 2,
  0x44: 3,
  0x80: 10,
  0x81: 10,
  0x82: 10,
  0x83: 10,
  0x84: 10,
  0x85: 11,
  0x86: 10,
  0x87: 10,
  0x88: 11,
  0x8a: 9,
  0x8b: 6,
  0x8c: 6,
  0x8e: 7,
  0x8f: 11,
  0xa0: 4,
  0xa1: 4,
  0xa2: 1,
  0xa3: 7,
  0xa4: 4,
  0xa5: 1,
  0xa6: 3,
  0xa7: 2,
  0xa8: 2,
  0xa9: 1,
  0xaa: 2,
  0xab: 2,
  0xac: 2,
  0xad: 2,
  0xaf: 1,
  0xb0: 5,
  0xb1: 8,
  0xb2: 16,
  0xb3: 8,
  0xb4: 2,
  0xb5: 16,
  0xb6: 3,
  0xb7: 3,
  0xd0: 3,
  0xd3: 3,
  0xf0: 4,
};

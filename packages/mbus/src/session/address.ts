/**
 * Secondary addresses and masks of them: ID, manufacturer, version, type, and the fabrication number of enhanced selection.
 *
 * In: digits and numbers, or octets of a header.  Out: octets of a selection, and which meters a mask selects.
 * A digit F of the ID or the fabrication number, and an octet FF of the others, stands for any.
 * Source: EN 13757-7 (formerly -3), selection with CI 52; facts §4.1.
 */

import { EncodeError } from "@siegel/wire";

/** Who a meter is on the bus, or a mask of several. */
export interface SecondaryAddress {
  /** Eight digits 0–9, A–E as some meters have them, F for any in a mask. */
  readonly id: string;
  /** Two octets as a number; `numberOfMaker` of readings makes it of letters. Each octet FF is any. */
  readonly manufacturer: number;
  /** 0 to 255; 255 is any. */
  readonly version: number;
  /** EN 13757-3 table: 7 water …; 255 is any. */
  readonly deviceType: number;
}

/** What is selected: enhanced where the fabrication number is given, too. */
export interface SelectionMask extends SecondaryAddress {
  /** Eight digits as in `id`; absent: not asked for, which every meter understands. */
  readonly fabrication?: string;
}

/** Selects every meter of a bus. */
export const anyMeter: SelectionMask = { id: "FFFFFFFF", manufacturer: 0xffff, version: 0xff, deviceType: 0xff };

/**
 * Data of a selection, after CI 52: 8 octets, or 14 with the fabrication number as record `0C 78`.
 *
 * @throws {EncodeError} "wrong-length" when an ID has not eight hex digits, "out-of-range".
 */
export function encodeSelection(mask: SelectionMask): Uint8Array {
  const address = encodeSecondaryAddress(mask);
  if (mask.fabrication === undefined) return address;
  return Uint8Array.of(...address, ...fabricationHead, ...digitsToOctets(mask.fabrication, "fabrication"));
}

/** The mask of a selection, or undefined when these octets are none. */
export function decodeSelection(data: Uint8Array): SelectionMask | undefined {
  const address = decodeSecondaryAddress(data);
  if (address === undefined || data.length === 8) return address;
  if (data.length !== 14 || data[8] !== fabricationHead[0] || data[9] !== fabricationHead[1]) return undefined;
  return { ...address, fabrication: octetsToDigits(data.subarray(10)) };
}

/** ID4 M2 V T as in a selection and in the long header, least significant octet first. */
export function encodeSecondaryAddress({ id, manufacturer, version, deviceType }: SecondaryAddress): Uint8Array {
  for (const [name, value, most] of [
    ["manufacturer", manufacturer, 0xffff],
    ["version", version, 0xff],
    ["deviceType", deviceType, 0xff],
  ] as const) {
    if (!Number.isInteger(value) || value < 0 || value > most) throw new EncodeError("out-of-range", name);
  }
  return Uint8Array.of(...digitsToOctets(id, "id"), manufacturer & 0xff, manufacturer >> 8, version, deviceType);
}

/** The first eight octets as an address; undefined when there are fewer. */
export function decodeSecondaryAddress(octets: Uint8Array): SecondaryAddress | undefined {
  if (octets.length < 8) return undefined;
  const id = octetsToDigits(octets.subarray(0, 4));
  return { id, manufacturer: octets[4]! | (octets[5]! << 8), version: octets[6]!, deviceType: octets[7]! };
}

/** Does the mask select this meter? One without fabrication number is not selected by a mask that asks for digits of it. */
export function selects(mask: SelectionMask, meter: SelectionMask): boolean {
  return (
    digitsMatch(mask.id, meter.id) &&
    octetMatches(mask.manufacturer & 0xff, meter.manufacturer & 0xff) &&
    octetMatches(mask.manufacturer >> 8, meter.manufacturer >> 8) &&
    octetMatches(mask.version, meter.version) &&
    octetMatches(mask.deviceType, meter.deviceType) &&
    (mask.fabrication === undefined ||
      (meter.fabrication !== undefined && digitsMatch(mask.fabrication, meter.fabrication)))
  );
}

/** One text for one address, for maps and messages: `12345678-2c2d-01-07`. */
export function addressText({ id, manufacturer, version, deviceType, fabrication }: SelectionMask): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  const address = `${id.toUpperCase()}-${hex(manufacturer, 4)}-${hex(version, 2)}-${hex(deviceType, 2)}`;
  return fabrication === undefined ? address : `${address}-${fabrication.toUpperCase()}`;
}

function digitsMatch(mask: string, digits: string): boolean {
  if (mask.length !== digits.length) return false;
  for (let at = 0; at < mask.length; at++) {
    if (!/f/i.test(mask[at]!) && mask[at]!.toUpperCase() !== digits[at]!.toUpperCase()) return false;
  }
  return true;
}

function octetMatches(mask: number, octet: number): boolean {
  return mask === 0xff || mask === octet;
}

/** Eight digits as four octets, the last two digits first. */
function digitsToOctets(digits: string, name: string): number[] {
  if (digits.length !== 8) throw new EncodeError("wrong-length", name);
  if (!/^[\da-f]{8}$/i.test(digits)) throw new EncodeError("out-of-range", name);
  return [6, 4, 2, 0].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

function octetsToDigits(octets: Uint8Array): string {
  let digits = "";
  for (let at = octets.length - 1; at >= 0; at--) digits += octets[at]!.toString(16).padStart(2, "0");
  return digits.toUpperCase();
}

/** DIF and VIF of an eight-digit fabrication number. */
const fabricationHead = [0x0c, 0x78] as const;

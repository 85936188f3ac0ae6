/**
 * The address of a meter: maker, number, version, device type.
 *
 * In: octets in the order of the link header (M2 ID4 V T) or of the long transport header (ID4 M2 V T).  Out: four numbers.
 * Why numbers: each telegram is looked up among up to 100,000 meters, and two numbers make a key without a text.
 * Source: EN 13757-4 (link address), EN 13757-7 (long header).
 */

import { MeterId } from "@siegel/readings";
import { EncodeError } from "@siegel/wire";

export interface MeterAddress {
  /** Three letters in 15 bits; bit 15 set: not unique in the world. */
  readonly manufacturer: number;
  /** The four octets as a number, least significant first: 0x12345678 is printed on the meter as 12345678. */
  readonly identification: number;
  readonly version: number;
  readonly deviceType: number;
}

/** M2 ID4 V T at `at`; the caller has checked that 8 octets are there. */
export function linkAddressAt(octets: Uint8Array, at: number): MeterAddress {
  return {
    manufacturer: u16(octets, at),
    identification: u32(octets, at + 2),
    version: octets[at + 6]!,
    deviceType: octets[at + 7]!,
  };
}

/** ID4 M2 V T at `at`; the caller has checked that 8 octets are there. */
export function transportAddressAt(octets: Uint8Array, at: number): MeterAddress {
  return {
    identification: u32(octets, at),
    manufacturer: u16(octets, at + 4),
    version: octets[at + 6]!,
    deviceType: octets[at + 7]!,
  };
}

/** M2 ID4 V T. @throws {EncodeError} "out-of-range". */
export function linkAddressOctets(address: MeterAddress): Uint8Array {
  const { manufacturer: m, identification: id, version, deviceType } = checked(address);
  return Uint8Array.of(m, m >>> 8, id, id >>> 8, id >>> 16, id >>> 24, version, deviceType);
}

/** ID4 M2 V T. @throws {EncodeError} "out-of-range". */
export function transportAddressOctets(address: MeterAddress): Uint8Array {
  const { manufacturer: m, identification: id, version, deviceType } = checked(address);
  return Uint8Array.of(id, id >>> 8, id >>> 16, id >>> 24, m, m >>> 8, version, deviceType);
}

/** The id that readings carry: 01 and the link address. */
export function meterIdOf(address: MeterAddress): MeterId {
  const octets = new Uint8Array(9);
  octets[0] = 0x01;
  octets.set(linkAddressOctets(address), 1);
  return MeterId.of(octets);
}

/** The address in an id of the form `01 M2 ID4 V T`; absent for ids of other forms. */
export function addressOfMeterId(id: MeterId): MeterAddress | undefined {
  const octets = id.toBytes();
  return octets.length === 9 && octets[0] === 0x01 ? linkAddressAt(octets, 1) : undefined;
}

export function sameAddress(a: MeterAddress, b: MeterAddress): boolean {
  return (
    a.identification === b.identification &&
    a.manufacturer === b.manufacturer &&
    a.version === b.version &&
    a.deviceType === b.deviceType
  );
}

/** 16 hexadecimal digits in the order of the link header: a name for stores and tables. */
export function addressText(address: MeterAddress): string {
  return Array.from(linkAddressOctets(address), (octet) => octet.toString(16).padStart(2, "0")).join("");
}

function checked(address: MeterAddress): MeterAddress {
  check("manufacturer", address.manufacturer, 0xffff);
  check("identification", address.identification, 0xffff_ffff);
  check("version", address.version, 0xff);
  check("deviceType", address.deviceType, 0xff);
  return address;
}

function check(field: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new EncodeError("out-of-range", field);
}

function u16(octets: Uint8Array, at: number): number {
  return octets[at]! | (octets[at + 1]! << 8);
}

function u32(octets: Uint8Array, at: number): number {
  return (octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24)) >>> 0;
}

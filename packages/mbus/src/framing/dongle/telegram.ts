/** What a receiver of wireless M-Bus hands over: the octets of a telegram, and what it states about them. */

/** Whether block checksums are still in the octets. Only a receiver knows; where it does not say, nobody has checked. */
export type StatedCrc =
  /** Removed by the receiver after it checked them. */
  "none" | "format-a" | "format-b" | "unstated";

export interface DongleTelegram {
  /** From the length octet on. */
  readonly bytes: Uint8Array;
  readonly crc: StatedCrc;
  /** Strength of reception in dBm, where the receiver gives it in a known scale. */
  readonly rssiDbm?: number | undefined;
  /** Mode of the radio as the receiver calls it: `T1`, `C1`, `S1`. */
  readonly mode?: string | undefined;
}

/** dBm of the octet that CC1101 radios give. Source: its data sheet, 17.3, with the offset of 74 dB. */
export function dbmOfCc1101(octet: number): number {
  return (octet >= 128 ? octet - 256 : octet) / 2 - 74;
}

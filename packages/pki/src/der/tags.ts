/** Identifier octets of X.690 §8.1.2 that we use. Class and form are part of the octet: another class does not fit. */

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The bit of the identifier octet that says that the content is a row of TLVs. */
export const constructedBit = 0x20;
/** Low five bits all set: the tag number follows in further octets. No structure of ours has one. */
export const highTagNumber = 0x1f;

/** `[n]`: context class. */
export function contextTag(number: number, constructed: boolean): number {
  if (!Number.isInteger(number) || number < 0 || number >= highTagNumber) throw new RangeError("tag number");
  return 0x80 | (constructed ? constructedBit : 0) | number;
}

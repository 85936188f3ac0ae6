/** DER in a file, as it is or as PEM. */

import { fromPem } from "@siegel/pki";

/** The documents of that label: several where a PEM file holds several. @throws {DecodeError} of damaged PEM. */
export function dersIn(octets: Uint8Array, label: string): readonly Uint8Array[] {
  return octets[0] === derSequence ? [octets] : fromPem(latin1.decode(octets), label);
}

const latin1 = new TextDecoder("latin1");
const derSequence = 0x30;

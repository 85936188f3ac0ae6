/** The bytes that an input of hex digits stands for: captures are often passed on like that. */

import { DecodeError, fromHex } from "@siegel/wire";

/** @param isMeant  Whether the bytes are of the protocol; digits alone prove nothing. */
export function fromHexText(bytes: Uint8Array, isMeant: (bytes: Uint8Array) => boolean): Uint8Array | undefined {
  if (bytes.length === 0 || !bytes.every((octet) => isHexOrSpace[octet])) return undefined;
  try {
    const decoded = fromHex(new TextDecoder("latin1").decode(bytes));
    return isMeant(decoded) ? decoded : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined; // an odd digit: no hex text after all
    throw error;
  }
}

const isHexOrSpace: readonly boolean[] = Array.from({ length: 256 }, (_, octet) =>
  /[0-9A-Fa-f\s:,-]/.test(String.fromCharCode(octet)),
);

/**
 * Keys that everybody knows: a meter with one of them has none.
 *
 * Not a list of all that were ever published, only of what the sources at hand print: docs/limits.md.
 */

import { equalSecrets } from "@siegel/crypto";
import { fromHex } from "@siegel/wire";

/** Whether these octets are a key that everybody knows. Takes the same time for each key that is none. */
export function isPublishedKey(octets: Uint8Array): boolean {
  let found = false;
  for (const known of published) found = (known.length === octets.length && equalSecrets(known, octets)) || found;
  return found || isOneOctet(octets);
}

/** 00 00 00 …, FF FF FF … and their like. */
function isOneOctet(octets: Uint8Array): boolean {
  let difference = 0;
  for (const octet of octets) difference |= octet ^ octets[0]!;
  return difference === 0;
}

const published: readonly Uint8Array[] = [
  "000102030405060708090a0b0c0d0e0f", // examples of the standards, and of half the world
  "0102030405060708090a0b0c0d0e0f11", // OMS, example of profile A
  "0102030405060708090a0b0c0d0e0f10",
  "0123456789abcdef0123456789abcdef",
  "00112233445566778899aabbccddeeff",
  "ffeeddccbbaa00998877665544332211",
  "82b0551191f51d66efcdab8967452301", // shared by meters of several makers in public collections of telegrams
  "51728910e66d83f851728910e66d83f8", // Diehl's and Hydrometer's, from the factory
  "39bc8a10e66d83f839bc8a10e66d83f8",
  "0102030405060708",
  "0001020304050607",
  "0123456789abcdef",
].map((hex) => fromHex(hex));

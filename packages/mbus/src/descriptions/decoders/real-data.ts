/**
 * "Real data" of Hydrometer and Diehl: records of the standard under a configuration word of their own (bit 4 of its upper
 * octet set), whose other bits there are the sum of the octets; the octets in clear, or behind the shift register of PRIOS.
 *
 * In: the frame from L, CI 7A.  Out: application data in the standard's form.
 * Source: the facts page; the sum from a telegram in clear. No telegram with hidden records was at hand.
 */

import type { Decoded, DecoderInput } from "../decoder.ts";
import { seeds, unhidden } from "./prios.ts";

export function realData({ frame }: DecoderInput): Decoded | undefined {
  if (frame === undefined || frame.length <= recordsAt || (frame[sumAt]! & 0x10) === 0) return undefined;
  const sum = frame[sumAt]!;
  const status = frame[statusAt]!;
  const plain = frame.slice(recordsAt);
  if (holds(plain, sum)) return { values: [], octets: plain, status };
  for (const seed of seeds) {
    const octets = unhidden(frame, seed);
    if (holds(octets, sum)) return { values: [], octets, status };
  }
  return undefined;
}

function holds(octets: Uint8Array, sum: number): boolean {
  let total = 0;
  for (const octet of octets) total += octet;
  return (total & 0xef) === (sum & 0xef);
}

const statusAt = 12;
const sumAt = 14;
const recordsAt = 15;

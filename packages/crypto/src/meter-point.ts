/**
 * The three spellings of a meter's public key → its point.
 *
 * In: octets as they are printed, sent or certified.  Out: the point, checked to lie on P-192 or P-256.
 * Source: SEC 1 §2.3.4, §3.2.2.1; RFC 5480 §2.
 */

import { type CurveNumbers, type MeterCurve, p192, p256 } from "./curves.ts";
import { KeyError } from "./errors.ts";
import { pointOf, type PublicPoint, uncompressed } from "./public-point.ts";

/**
 * x‖y (48 or 64 octets), 04‖x‖y (49 or 65) or SubjectPublicKeyInfo in DER (75 or 91), told apart by length.
 *
 * @throws {KeyError} "bad-length", "bad-encoding", "other-key", "coordinate-out-of-range" or "not-on-curve".
 */
export function meterPointOf(octets: Uint8Array): PublicPoint<MeterCurve> {
  for (const numbers of meterCurves) {
    const { byteLength, spkiPrefix } = numbers;
    const rawLength = 2 * byteLength;
    if (octets.length === rawLength) return pointOf(numbers, Uint8Array.of(uncompressed, ...octets));
    if (octets.length === 1 + rawLength) return pointOf(numbers, octets);
    if (octets.length !== spkiPrefix.length + 1 + rawLength) continue;
    if (spkiPrefix.some((octet, at) => octets[at] !== octet)) throw new KeyError("other-key");
    return pointOf(numbers, octets.subarray(spkiPrefix.length));
  }
  throw new KeyError(octets[0] === derSequence ? "other-key" : "bad-length");
}

const meterCurves: readonly CurveNumbers<MeterCurve>[] = [p192, p256];
const derSequence = 0x30;

/**
 * Octets ⇄ a public point on one of the five curves.
 *
 * In: SubjectPublicKeyInfo in DER, or 04‖x‖y.  Out: the curve's numbers and the point, checked to lie on it.
 * Not here: MeterPublicKey's third spelling x‖y.
 * Why by prefix: for each curve there is exactly one DER that we take (named curve, uncompressed), so all but the
 * coordinates is constant. What is not that constant is another key, or another spelling that nobody needs.
 * Source: RFC 5480 §2; SEC 1 §2.3.4 (uncompressed point), §3.2.2.1 (validation).
 */

import { type CurveName, type CurveNumbers, curves, isOnCurve, toNumber } from "./curves.ts";
import { KeyError } from "./errors.ts";

/** Octets of the right form and length for this curve. Whether the point lies on it has not been asked. */
export interface SpelledPoint<Name extends CurveName = CurveName> {
  readonly numbers: CurveNumbers<Name>;
  /** 04‖x‖y. Of this object alone: a copy of what was handed in. */
  readonly octets: Uint8Array;
}

export interface PublicPoint<Name extends CurveName = CurveName> extends SpelledPoint<Name> {
  readonly x: bigint;
  readonly y: bigint;
}

/**
 * The point in one whole SubjectPublicKeyInfo.
 *
 * @throws {KeyError} "other-key", "bad-encoding", "coordinate-out-of-range" or "not-on-curve".
 */
export function pointOfSpki(der: Uint8Array): PublicPoint {
  return onCurve(spelledInSpki(der));
}

/**
 * The point 04‖x‖y, if it lies on this curve.
 *
 * @throws {KeyError} "bad-length", "bad-encoding", "coordinate-out-of-range" or "not-on-curve".
 */
export function pointOf<Name extends CurveName>(numbers: CurveNumbers<Name>, point: Uint8Array): PublicPoint<Name> {
  return onCurve(spelled(numbers, point));
}

/** As `pointOfSpki`, without the arithmetic. @throws {KeyError} "other-key", "bad-encoding" */
export function spelledInSpki(der: Uint8Array): SpelledPoint {
  for (const numbers of Object.values(curves)) {
    const { spkiPrefix, byteLength } = numbers;
    if (der.length !== spkiPrefix.length + 1 + 2 * byteLength) continue;
    if (startsWith(der, spkiPrefix)) return spelled(numbers, der.subarray(spkiPrefix.length));
  }
  throw new KeyError("other-key");
}

/** As `pointOf`, without the arithmetic. @throws {KeyError} "bad-length", "bad-encoding" */
export function spelled<Name extends CurveName>(numbers: CurveNumbers<Name>, point: Uint8Array): SpelledPoint<Name> {
  if (point.length !== 1 + 2 * numbers.byteLength) throw new KeyError("bad-length");
  if (point[0] !== uncompressed) throw new KeyError("bad-encoding");
  return { numbers, octets: Uint8Array.from(point) };
}

/** The same point with its coordinates. @throws {KeyError} "coordinate-out-of-range", "not-on-curve" */
export function onCurve<Name extends CurveName>({ numbers, octets }: SpelledPoint<Name>): PublicPoint<Name> {
  const { byteLength, p } = numbers;
  const x = toNumber(octets.subarray(1, 1 + byteLength));
  const y = toNumber(octets.subarray(1 + byteLength));
  if (x >= p || y >= p) throw new KeyError("coordinate-out-of-range");
  if (!isOnCurve(numbers, x, y)) throw new KeyError("not-on-curve");
  return { numbers, x, y, octets };
}

/** SubjectPublicKeyInfo in DER, fresh octets. */
export function spkiOf({ numbers, octets }: SpelledPoint): Uint8Array {
  return joined(numbers.spkiPrefix, octets);
}

function startsWith(octets: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((octet, at) => octets[at] === octet);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

export const uncompressed = 0x04;

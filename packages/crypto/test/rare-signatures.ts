/**
 * Valid signatures that chance never gives: the key is made to the signature.
 *
 * For a point R of chosen x, s = 1 and the hash's number z, the key Q = r⁻¹ · (s·R − z·G) verifies (r, s).
 */

import { type CurveNumbers, toNumber } from "../src/curves.ts";
import { digest } from "../src/verify/digest.ts";
import { add, firstPoint, inverse, multiply, type Point } from "./curve-arithmetic.ts";
import { joined, octetsOf } from "./octets.ts";

export interface RareSignature {
  /** 04‖x‖y */
  readonly point: Uint8Array;
  readonly message: Uint8Array;
  readonly r: bigint;
  readonly s: bigint;
}

/** R's x is at or above `from`; above n it is r + n that R shows, not r. */
export function signatureWithX(numbers: CurveNumbers, from: bigint): RareSignature {
  const { n, byteLength } = numbers;
  const message = new Uint8Array(0);
  const z = toNumber(digest("SHA-256", message).subarray(0, byteLength)) % n;
  const big = firstPoint(numbers, from);
  const r = big[0] % n;
  const [x, y] = multiply(add(big, multiply(numbers.base, n - z, numbers), numbers), inverse(r, n), numbers);
  return { point: pointOctets(numbers, [x, y]), message, r, s: 1n };
}

function pointOctets({ byteLength }: CurveNumbers, [x, y]: Point): Uint8Array {
  return joined([0x04], octetsOf(x, byteLength), octetsOf(y, byteLength));
}

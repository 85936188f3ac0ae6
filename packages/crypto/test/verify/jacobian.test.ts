/** The arithmetic of the browser's form, where sums meet doublings, opposites and the identity. */

import { expect, test } from "vitest";

import { curves, toNumber } from "../../src/curves.ts";
import { oddMultiples, sumOfMultiples } from "../../src/browser/jacobian.ts";
import { curveNames, pointOfScalar } from "../keys.ts";

test.each(curveNames)("%s: u · G + v · d · G is (u + v · d) · G for all small numbers", (curve) => {
  // Wrong: an addition of two equal or opposite points is forgotten, and whoever chooses his key decides what verifies.
  const numbers = curves[curve];
  const { p, n, byteLength } = numbers;
  const base = oddMultiples(numbers, ...numbers.base, 7);
  const affine = (scalar: bigint): [bigint, bigint] => {
    const point = pointOfScalar(curve, scalar);
    return [toNumber(point.subarray(1, 1 + byteLength)), toNumber(point.subarray(1 + byteLength))];
  };
  const known = new Map<bigint, [bigint, bigint]>();
  const multiple = (scalar: bigint): [bigint, bigint] => {
    const made = known.get(scalar) ?? affine(scalar);
    known.set(scalar, made);
    return made;
  };
  for (const d of [1n, 2n, 3n, n - 1n, n - 2n, n - 3n]) {
    const key = oddMultiples(numbers, ...multiple(d), 5);
    for (let u = 0n; u <= 9n; u++) {
      for (let v = 0n; v <= 9n; v++) {
        const { x, y, z } = sumOfMultiples(numbers, base, u, key, v);
        const expected = (u + v * d) % n;
        expect(z === 0n, `${u} ${v} ${d}`).toBe(expected === 0n);
        if (expected === 0n) continue;
        const [ex, ey] = multiple(expected);
        expect([(ex * z * z - x) % p, (ey * z * z * z - y) % p], `${u} ${v} ${d}`).toEqual([0n, 0n]);
      }
    }
  }
});

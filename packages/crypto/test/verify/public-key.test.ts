/** Which octets are a public key, and what a key says of itself: the same in Node and in a browser. */

import { createHash, createPublicKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { curves, toNumber } from "../../src/curves.ts";
import { firstPoint } from "../curve-arithmetic.ts";
import { forms } from "../forms.ts";
import { curveNames, pointOfScalar } from "../keys.ts";
import { bitsFlipped, hex, hexOf, joined, octetsOf, prefixes } from "../octets.ts";
import { otherKeys } from "../other-keys.ts";

describe.each(forms)("$form", ({ door: { PublicKey, MeterPublicKey, KeyError, keyErrorCodes } }) => {
  /** Anything but a KeyError fails the test by itself. */
  function codeOf(make: () => unknown): string {
    try {
      make();
      return "accepted";
    } catch (error) {
      if (error instanceof KeyError) return error.code;
      throw error;
    }
  }

  describe.each(curveNames)("%s", (curve) => {
    const numbers = curves[curve];
    const { p, byteLength, spkiPrefix } = numbers;
    const point = pointOfScalar(curve, 12_345n);
    const spki = joined(spkiPrefix, point);

    test("a key goes in and out in both spellings", () => {
      // Wrong: a certificate of ours is not read, or our SPKI is understood by nobody but us.
      for (const key of [PublicKey.fromSpki(spki), PublicKey.fromPoint(curve, point)]) {
        expect(key.curve).toBe(curve);
        expect(key.toPoint()).toEqual(point);
        expect(key.toSpki()).toEqual(spki);
        expect(hexOf(key.keyId)).toBe(createHash("sha256").update(point).digest("hex").slice(0, 40));
      }
      const byOpenssl = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
      expect(joined(byOpenssl.export({ format: "der", type: "spki" }))).toEqual(spki);
    });

    test("every turned bit of a key is refused, but where it is another point of the curve", () => {
      // Wrong: a point beside the curve reveals the private key of whoever agrees with it, bit by bit.
      for (const flipped of bitsFlipped(spki)) expect(codeOf(() => PublicKey.fromSpki(flipped))).not.toBe("accepted");
      for (const flipped of bitsFlipped(point)) {
        expect(codeOf(() => PublicKey.fromPoint(curve, flipped))).not.toBe("accepted");
      }
    });

    test("every cut and every octet too many is refused", () => {
      // Wrong: a key cut by a terminal line is accepted as a shorter one.
      for (const cut of [...prefixes(spki), joined(spki, [0]), joined([0], spki)]) {
        expect(codeOf(() => PublicKey.fromSpki(cut))).toBe("other-key");
      }
      for (const cut of [...prefixes(point), joined(point, [0]), point.subarray(1)]) {
        expect(codeOf(() => PublicKey.fromPoint(curve, cut))).toBe("bad-length");
      }
    });

    test("compressed, hybrid and missing points are refused", () => {
      // Wrong: a key has several spellings, and its id depends on which one was hashed.
      for (const mark of [0x00, 0x02, 0x03, 0x05, 0x06, 0x07, 0xff]) {
        expect(codeOf(() => PublicKey.fromPoint(curve, point.with(0, mark)))).toBe("bad-encoding");
        expect(codeOf(() => PublicKey.fromSpki(spki.with(spkiPrefix.length, mark)))).toBe("bad-encoding");
      }
      const compressed = joined([2 + (point.at(-1)! & 1)], point.subarray(1, 1 + byteLength));
      expect(codeOf(() => PublicKey.fromPoint(curve, compressed))).toBe("bad-length");
      expect(codeOf(() => PublicKey.fromPoint(curve, Uint8Array.of(0)))).toBe("bad-length"); // the identity
      expect(codeOf(() => PublicKey.fromPoint(curve, joined([4], new Uint8Array(2 * byteLength))))).toBe(
        "not-on-curve",
      );
    });

    test("a coordinate has one spelling only", () => {
      // Wrong: x + p is the same point under another id; a revoked key comes back under it.
      const room = 1n << BigInt(8 * byteLength);
      const [x, y] = firstPoint(numbers, 1n);
      for (const [one, two] of [
        [x + p, y],
        [x, p],
        [p, y],
        [room - 1n, y],
        [x, room - 1n],
      ] as const) {
        if (one >= room) continue;
        const spelled = joined([4], octetsOf(one, byteLength), octetsOf(two, byteLength));
        expect(codeOf(() => PublicKey.fromPoint(curve, spelled))).toBe("coordinate-out-of-range");
      }
      expect(PublicKey.fromPoint(curve, joined([4], octetsOf(x, byteLength), octetsOf(y, byteLength))).curve).toBe(
        curve,
      );
    });

    test("a point of a twin curve, only b differing, is refused", () => {
      // Wrong: agreeing on a curve of small order gives the private key away.
      const [x, y] = firstPoint({ ...numbers, b: numbers.b + 1n }, 5n);
      const twin = joined([4], octetsOf(x, byteLength), octetsOf(y, byteLength));
      expect(codeOf(() => PublicKey.fromPoint(curve, twin))).toBe("not-on-curve");
    });

    test("two keys are equal when point and curve are", () => {
      // Wrong: the certificate of another gateway passes for this one's.
      const key = PublicKey.fromSpki(spki) as unknown as { equals(other: unknown): boolean }; // of this very form
      expect(key.equals(PublicKey.fromPoint(curve, point))).toBe(true);
      expect(key.equals(PublicKey.fromPoint(curve, pointOfScalar(curve, 12_346n)))).toBe(false);
      const mirrored = joined(point.subarray(0, 1 + byteLength), octetsOf(p - yOf(point, byteLength), byteLength));
      expect(key.equals(PublicKey.fromPoint(curve, mirrored))).toBe(false);
      for (const other of curveNames.filter((one) => one !== curve)) {
        expect(key.equals(PublicKey.fromPoint(other, pointOfScalar(other, 12_345n)))).toBe(false);
      }
    });

    test("a key keeps its value, and hands out plain arrays of its own", () => {
      // Wrong: a buffer that is used again exchanges the key.
      const given = Uint8Array.from(spki);
      const key = PublicKey.fromSpki(given);
      for (const octets of [given, key.toSpki(), key.toPoint(), key.keyId]) {
        expect(octets.constructor).toBe(Uint8Array);
        octets.fill(0);
      }
      expect(key.toSpki()).toEqual(spki);
      expect(hexOf(key.keyId)).not.toMatch(/^0+$/);
    });
  });

  test.each(otherKeys.filter(({ name }) => name !== "brainpoolP256r1"))(
    "$name is refused as another key",
    ({ der }) => {
      // Wrong: a key with numbers of a stranger, or of another algorithm, is used.
      expect(codeOf(() => PublicKey.fromSpki(hex(der)))).toBe("other-key");
    },
  );

  test("a point of one curve is none of another of the same length", () => {
    // Wrong: the curve's name in a certificate is not what is computed on.
    const [meter, ours] = [pointOfScalar("P-256", 5n), pointOfScalar("brainpoolP256r1", 5n)];
    expect(codeOf(() => PublicKey.fromPoint("brainpoolP256r1", meter))).not.toBe("accepted");
    expect(codeOf(() => PublicKey.fromPoint("P-256", ours))).not.toBe("accepted");
  });

  test("any octets at all: a key or a KeyError", () => {
    // Wrong: a hostile certificate ends the program with an unknown error.
    const all = Object.values(curves);
    const likely = fc
      .constantFrom(...all)
      .chain(({ spkiPrefix, byteLength }) =>
        fc
          .uint8Array({ minLength: 1 + 2 * byteLength, maxLength: 1 + 2 * byteLength })
          .map((tail) => joined(spkiPrefix, tail)),
      );
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), likely),
        fc.constantFrom(...curveNames),
        (junk, curve) => {
          const codes = ["accepted", ...Object.keys(keyErrorCodes)];
          expect(codes).toContain(codeOf(() => PublicKey.fromSpki(junk)));
          expect(codes).toContain(codeOf(() => PublicKey.fromPoint(curve, junk)));
          expect(codes).toContain(codeOf(() => MeterPublicKey.parse(junk)));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function yOf(point: Uint8Array, byteLength: number): bigint {
  return toNumber(point.subarray(1 + byteLength));
}

/** What counts as a signature and what does not: the same in Node and in a browser. */

import { describe, expect, test } from "vitest";

import { type CurveName, curves, toNumber } from "../../src/curves.ts";
import { forms } from "../forms.ts";
import { curveNames, hashNames, pointOfScalar, privateKeyOf, signByNode } from "../keys.ts";
import { bitsFlipped, derOf, joined, octetsOf, prefixes, text, wrongSpellings } from "../octets.ts";
import { signatureWithX } from "../rare-signatures.ts";

const message = text("a delivery");
const hash = "SHA-256";
const smallX = new Map(curveNames.map((one) => [one, signatureWithX(curves[one], 1n)]));
const largeX = new Map(curveNames.map((one) => [one, signatureWithX(curves[one], curves[one].n + 1n)]));

describe.each(forms)("$form", ({ form, door: { PublicKey } }) => {
  describe.each(curveNames)("%s", (curve) => {
    const numbers = curves[curve];
    const { n, p, byteLength } = numbers;
    const scalar = n / 3n;
    const key = PublicKey.fromPoint(curve, pointOfScalar(curve, scalar));
    const raw = signatureWithHighBits(curve, scalar);
    const [r, s] = [toNumber(raw.subarray(0, byteLength)), toNumber(raw.subarray(byteLength))];
    const der = derOf(r, s);
    const holds = (signature: Uint8Array, encoding?: "der" | "raw"): Promise<boolean> =>
      key.verify({ hash, message, signature, ...(encoding !== undefined && { encoding }) });
    // A check in the browser's form takes milliseconds: a sample of the bits is turned over.
    const step = form === "node" ? 1 : byteLength <= 32 ? 3 : 13;

    test("a signature holds in both spellings, and each only where it is asked for", async () => {
      // Wrong: genuine deliveries are refused, or octets mean what the reader likes.
      expect(await holds(der)).toBe(true);
      expect(await holds(der, "der")).toBe(true);
      expect(await holds(raw, "raw")).toBe(true);
      expect(await holds(raw)).toBe(false);
      expect(await holds(der, "raw")).toBe(false);
    });

    test.each(hashNames)("%s: its leftmost bits, as many as the order has", async (name) => {
      // Wrong: a certificate signed over a longer or shorter hash than the curve is refused, or its end is not checked.
      const signature = signByNode(privateKeyOf(curve, scalar), { hash: name, message });
      expect(await key.verify({ hash: name, message, signature })).toBe(true);
      expect(await key.verify({ hash: name, message: joined(message, [0]), signature })).toBe(false);
      for (const other of hashNames.filter((one) => one !== name)) {
        expect(await key.verify({ hash: other, message, signature })).toBe(false);
      }
    });

    test("every turned bit and every cut is refused", async () => {
      // Wrong: a changed delivery counts as signed.
      const others = [...bitsFlipped(der, step), ...prefixes(der)].map((one) => holds(one));
      const othersRaw = [...bitsFlipped(raw, step), ...prefixes(raw)].map((one) => holds(one, "raw"));
      const messages = [...bitsFlipped(message)].map((one) => key.verify({ hash, message: one, signature: der }));
      const answers = await Promise.all([...others, ...othersRaw, ...messages]);
      expect(answers.indexOf(true)).toBe(-1);
    });

    test("the same numbers spelled otherwise are no signature", async () => {
      // Wrong: one signature has many spellings, or the portal shows a proof as good that the head-end refuses.
      for (const [name, octets] of Object.entries(wrongSpellings(r, s))) {
        expect(await holds(octets), name).toBe(false);
      }
      for (const octets of [joined([0], raw), joined(raw, [0]), joined(raw, raw)]) {
        expect(await holds(octets, "raw")).toBe(false);
      }
    });

    test("r and s only in [1, n − 1]", async () => {
      // Wrong: r = 0 or s = 0 verifies for any message (as in CVE-2022-21449).
      const top = (1n << BigInt(8 * byteLength)) - 1n;
      const outside = [0n, n, p, top];
      const pairs = outside.flatMap((bad) => [
        [bad, s],
        [r, bad],
        ...outside.map((other) => [bad, other]),
        [bad, 1n],
        [1n, bad],
      ]);
      for (const [one, two] of [...pairs, [1n, 1n], [n - 1n, n - 1n], [r, r], [s, r]] as [bigint, bigint][]) {
        const name = `${one.toString(16)} ${two.toString(16)}`;
        expect(await holds(derOf(one, two)), name).toBe(false);
        expect(await holds(joined(octetsOf(one, byteLength), octetsOf(two, byteLength)), "raw"), name).toBe(false);
      }
      expect(await holds(derOf(r + n, s))).toBe(false);
      expect(await holds(derOf(r, s + n))).toBe(false);
      expect(await holds(derOf(r + (1n << BigInt(8 * byteLength)), s))).toBe(false);
    });

    test("r + n and s + n are no other spellings of r and s", async () => {
      // Wrong: a stack that reduces modulo n before it looks at the range takes several spellings.
      const rare = smallX.get(curve)!;
      const small = PublicKey.fromPoint(curve, rare.point);
      const check = (one: bigint, two: bigint): Promise<boolean> =>
        small.verify({ hash, message: rare.message, signature: derOf(one, two) });
      expect(await check(rare.r, rare.s)).toBe(true);
      expect(await check(rare.r, n - rare.s)).toBe(true);
      expect(await check(rare.r + n, rare.s)).toBe(false);
      expect(await check(rare.r, rare.s + n)).toBe(false);
    });

    test("a point whose x lies between n and p gives r = x − n", async () => {
      // Wrong: one genuine signature in 2¹²⁸ is refused by one form and taken by the other.
      const rare = largeX.get(curve)!;
      const signature = derOf(rare.r, rare.s);
      expect(rare.r).toBeLessThan(p - n);
      const rareKey = PublicKey.fromPoint(curve, rare.point);
      expect(await rareKey.verify({ hash, message: rare.message, signature })).toBe(true);
      expect(await rareKey.verify({ hash, message: rare.message, signature: derOf(rare.r + 1n, rare.s) })).toBe(false);
    });

    test("keys next to the base point: sums meet doublings, opposites and the identity", async () => {
      // Wrong: an addition of two equal or opposite points is forgotten, and whoever chooses his key decides what verifies.
      for (const small of [1n, 2n, 3n, 4n, 5n, 7n, 15n, 16n, 17n, 31n, 33n, 63n, 64n, 65n]) {
        for (const number of [small, n - small]) {
          const near = PublicKey.fromPoint(curve, pointOfScalar(curve, number));
          const signature = signByNode(privateKeyOf(curve, number), { hash, message });
          expect(await near.verify({ hash, message, signature }), `${number}`).toBe(true);
          expect(await near.verify({ hash, message: text("another"), signature }), `${number}`).toBe(false);
        }
      }
    });

    test("no point at all as the result verifies nothing", async () => {
      // Wrong: u·G + v·Q is the identity, and its missing x counts as whatever r is.
      const z = toNumber((await digestOf(message)).subarray(0, byteLength)) % n;
      for (const number of [1n, 2n, n - 1n, scalar]) {
        const chosen = PublicKey.fromPoint(curve, pointOfScalar(curve, number));
        const bad = (n - ((z * inverse(number, n)) % n)) % n; // z + r·d = 0 modulo n
        for (const any of [1n, 2n, bad, n - 1n]) {
          expect(await chosen.verify({ hash, message, signature: derOf(bad, any) })).toBe(false);
        }
      }
    });

    test("the mirrored signature (r, n − s) is valid too", async () => {
      // Not a fault: ECDSA is so. Wrong would be to take a signature for an identifier.
      expect(await holds(derOf(r, n - s))).toBe(true);
    });

    test("what is changed after the call changes nothing", async () => {
      // Wrong: a buffer that is used again while the thread pool reads it decides what was signed.
      const [octets, signature] = [Uint8Array.from(message), Uint8Array.from(der)];
      const good = key.verify({ hash, message: octets, signature });
      octets.fill(0);
      signature.fill(0);
      const bad = key.verify({ hash, message: octets, signature: der });
      octets.set(message);
      expect([await good, await bad]).toEqual([true, false]);
    });
  });

  test("a signature of one curve or key is none for another", async () => {
    // Wrong: any gateway can sign for any other.
    for (const curve of curveNames) {
      const signature = signByNode(privateKeyOf(curve, 77n), { hash, message });
      const others = [
        ...curveNames.filter((one) => one !== curve).map((one) => [one, 77n] as const),
        [curve, 78n] as const,
      ];
      for (const [other, scalar] of others) {
        const key = PublicKey.fromPoint(other, pointOfScalar(other, scalar));
        expect(await key.verify({ hash, message, signature })).toBe(false);
      }
    }
  });
});

/** Both numbers begin with a one bit, so that DER has to put a zero before each. */
function signatureWithHighBits(curve: CurveName, scalar: bigint): Uint8Array {
  const { byteLength } = curves[curve];
  const key = privateKeyOf(curve, scalar);
  while (true) {
    const raw = signByNode(key, { hash, message, encoding: "raw" });
    if (raw[0]! >= 0x80 && raw[byteLength]! >= 0x80) return raw;
  }
}

async function digestOf(octets: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(octets)));
}

/** By Fermat; n is prime. */
function inverse(value: bigint, n: bigint): bigint {
  let [result, square] = [1n, value];
  for (let exponent = n - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % n;
    square = (square * square) % n;
  }
  return result;
}

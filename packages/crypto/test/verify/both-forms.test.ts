/** Node's form, the browser's form and a third implementation, on the same cases. */

import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from "@noble/curves/misc.js";
import { p256 as nobleP256 } from "@noble/curves/nist.js";
import { ecdsa, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import fc from "fast-check";
import { expect, test } from "vitest";

import { type CurveName, curves, p192, toNumber } from "../../src/curves.ts";
import { overBlocks } from "../../src/browser/sha2.ts";
import { MeterSigningKey } from "../../src/testing.ts";
import { browserForm, forms, nodeForm, sameShape } from "../forms.ts";
import { curveNames, hashNames, pointOfScalar, privateKeyOf, signByNode } from "../keys.ts";
import { derOf, hexOf, joined, octetsOf } from "../octets.ts";

const [p192x, p192y] = p192.base;
// The hash is not in noble's types; here it only has to be some hash, since digests are handed over.
const anyHash = (nobleP256 as unknown as { readonly hash: Parameters<typeof ecdsa>[1] }).hash;
const noble = {
  brainpoolP256r1,
  brainpoolP384r1,
  brainpoolP512r1,
  "P-256": nobleP256,
  "P-192": ecdsa(weierstrass({ ...p192, h: 1n, Gx: p192x, Gy: p192y }), anyHash),
};

test("both forms export the same names in the same shapes", () => {
  // Wrong: a page that was built cannot load what the head-end could. The shapes are compared by the compiler: ../forms.ts
  expect(Object.keys(browserForm).sort()).toEqual(Object.keys(nodeForm).sort());
  expect(Object.values(sameShape)).toEqual(Object.values(sameShape).map(() => true));
  for (const name of ["PublicKey", "MeterPublicKey"] as const) {
    const members = (form: typeof nodeForm | typeof browserForm): string[][] => [
      Object.getOwnPropertyNames(form[name]).sort(),
      Object.getOwnPropertyNames(form[name].prototype).sort(),
    ];
    expect(members(browserForm)).toEqual(members(nodeForm));
  }
  expect(browserForm.KeyError).toBe(nodeForm.KeyError);
});

function keysOf(curve: CurveName, seed: bigint) {
  const scalar =
    1n + ((seed * 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95n) % (curves[curve].n - 1n));
  const point = pointOfScalar(curve, scalar);
  const inForms = forms.map(({ door }) => door.PublicKey.fromPoint(curve, point));
  return { curve, point, privateKey: privateKeyOf(curve, scalar), inForms };
}

/** What is done to a signature before it is checked. */
const changes: Record<string, (r: bigint, s: bigint, n: bigint) => readonly [bigint, bigint]> = {
  nothing: (r, s) => [r, s],
  mirrored: (r, s, n) => [r, n - s],
  exchanged: (r, s) => [s, r],
  "r one more": (r, s) => [r + 1n, s],
  "s one less": (r, s) => [r, s - 1n],
  "r plus n": (r, s, n) => [r + n, s],
  "r negated": (r, s, n) => [n - r, s],
  "half of s": (r, s) => [r, s / 2n],
  "s is 1": (r) => [r, 1n],
  "r is 1": (_, s) => [1n, s],
  "r is n − 1": (_, s, n) => [n - 1n, s],
};

test("both forms agree on thousands of signatures, good and bad, and a third implementation with them", async () => {
  // Wrong: what the head-end takes the portal shows as forged, or the other way round.
  const seen = { true: 0, false: 0 };
  const key = fc.constantFrom(...curveNames.flatMap((curve) => [1n, 2n, 3n, 4n].map((seed) => keysOf(curve, seed))));
  await fc.assert(
    fc.asyncProperty(
      key,
      fc.constantFrom(...hashNames),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...Object.keys(changes)),
      fc.nat(),
      async ({ curve, point, privateKey, inForms }, hash, message, change, number) => {
        const { n, byteLength } = curves[curve];
        const raw = signByNode(privateKey, { hash, message, encoding: "raw" });
        const [r, s] = changes[change]!(toNumber(raw.subarray(0, byteLength)), toNumber(raw.subarray(byteLength)), n);
        const signature = derOf(r, s);
        const answers = await Promise.all(inForms.map((one) => one.verify({ hash, message, signature })));
        expect(answers[0]).toBe(answers[1]);
        // The third takes as long as both together: every fifth case.
        if (number % 5 === 0) {
          expect(answers[0]).toBe(nobleSays(curve, { point, digest: nodeForm.digest(hash, message), r, s }));
        }
        expect(answers[0]).toBe(change === "nothing" || change === "mirrored");
        seen[`${answers[0]!}`]++;
      },
    ),
    { numRuns: 2000 },
  );
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(100);
});

test("junk of likely lengths: both forms say no, neither throws", async () => {
  // Wrong: a signature that no one made ends the program of whoever reads it.
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 150 }),
    fc
      .array(fc.constantFrom(0x30, 0x02, 0x81, 0x80, 0x20, 0x21, 0x44, 0x00, 0x01, 0xff), { maxLength: 80 })
      .map((one) => Uint8Array.from(one)),
  );
  const keys = curveNames.map((curve) =>
    forms.map(({ door }) => door.PublicKey.fromPoint(curve, pointOfScalar(curve, 9n))),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...keys),
      junk,
      fc.constantFrom("der", "raw"),
      async (both, signature, encoding) => {
        const check = { hash: "SHA-256", message: signature, signature, encoding } as const;
        expect(await Promise.all(both.map((key) => key.verify(check)))).toEqual([false, false]);
      },
    ),
    { numRuns: 3000 },
  );
});

test("meter keys: both forms agree on what virtual meters sign", () => {
  // Wrong: a reading is verified at the gateway and not on the page.
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(
      fc.constantFrom("P-192" as const, "P-256" as const),
      seeds,
      fc.uint8Array({ maxLength: 400 }),
      fc.nat(),
      (curve, seed, message, at) => {
        const signer = MeterSigningKey.fromSeed({ curve, seed });
        const signature = signer.sign(message);
        const changed = signature.with(at % signature.length, signature[at % signature.length]! ^ (1 << (at % 8)));
        for (const { door } of forms) {
          const key = door.MeterPublicKey.parse(signer.publicKey.toRaw());
          expect(key.curve).toBe(curve);
          expect(key.toSpki()).toEqual(signer.publicKey.toSpki());
          expect(key.verify({ message, signature })).toBe(true);
          expect(key.verify({ message, signature: changed })).toBe(false);
          expect(key.verify({ message, signature: signature.subarray(1) })).toBe(false);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("hashes: both forms agree, however the message is cut", () => {
  // Wrong: a commitment that the gateway made does not hold on the page.
  const parts = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...hashNames), parts, (hash, parts) => {
      const whole = nodeForm.digest(hash, joined(...parts));
      expect(nodeForm.digest(hash, ...parts)).toEqual(whole);
      expect(browserForm.digest(hash, ...parts)).toEqual(whole);
    }),
    { numRuns: 2000 },
  );
  for (let length = 0; length < 300; length++) {
    const octets = new Uint8Array(length).fill(length);
    for (const hash of hashNames) {
      expect(hexOf(browserForm.digest(hash, octets))).toBe(hexOf(nodeForm.digest(hash, octets)));
    }
  }
});

test("a message of half a gigabyte and more: its length in bits passes 32 bits", () => {
  // Wrong: the length at the end is cut, and two messages have one hash.
  const piece = new Uint8Array(2 ** 25);
  let last = "";
  overBlocks([...Array.from({ length: 17 }, () => piece), Uint8Array.of(0x61)], 64, (octets, at) => {
    if (octets.byteLength === 64) last = hexOf(new Uint8Array(octets.buffer, at, 64));
  });
  const bits = (17n * 2n ** 25n + 1n) * 8n;
  expect(last).toBe(`6180${"00".repeat(54)}${bits.toString(16).padStart(16, "0")}`);
});

test.each(forms)("$form: equalSecrets compares all octets and the lengths", ({ door: { equalSecrets } }) => {
  // Wrong: a tag is right as soon as its beginning is.
  const octets = Uint8Array.from({ length: 33 }, (_, at) => at);
  expect(equalSecrets(octets, Uint8Array.from(octets))).toBe(true);
  expect(equalSecrets(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  for (let at = 0; at < octets.length; at++) {
    expect(equalSecrets(octets, octets.with(at, 0xff))).toBe(false);
    expect(equalSecrets(octets, octets.slice(0, at))).toBe(false);
    expect(equalSecrets(octets.slice(0, at), octets)).toBe(false);
  }
});

function nobleSays(
  curve: CurveName,
  a: { readonly point: Uint8Array; readonly digest: Uint8Array; readonly r: bigint; readonly s: bigint },
): boolean {
  const { byteLength, n } = curves[curve];
  if (a.r >= n || a.s >= n) return false; // two halves of fixed length have no room for more
  const signature = joined(octetsOf(a.r, byteLength), octetsOf(a.s, byteLength));
  return noble[curve].verify(signature, a.digest, a.point, { prehash: false, lowS: false });
}

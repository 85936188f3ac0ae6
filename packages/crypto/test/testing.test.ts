import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";

import { MeterSigningKey } from "../src/testing.ts";
import { vectors } from "./rfc6979.ts";

const curves = ["P-192", "P-256"] as const;

test.each(vectors)("$curve: signing “$message” gives the published octets", (vector) => {
  // Wrong: the virtual meters sign otherwise than real ones, and the verifier is tested against itself.
  const key = MeterSigningKey.fromScalar({ curve: vector.curve, scalar: BigInt(`0x${vector.scalar}`) });
  expect(hexOf(key.publicKey.toRaw())).toBe(vector.publicKey);
  expect(hexOf(key.sign(new TextEncoder().encode(vector.message)))).toBe(vector.signature);
});

test("what is signed verifies, for any message and seed", () => {
  // Wrong: a virtual meter now and then signs what nobody can verify, and the lab fails for no reason.
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(fc.constantFrom(...curves), seeds, fc.uint8Array({ maxLength: 400 }), (curve, seed, message) => {
      const key = MeterSigningKey.fromSeed({ curve, seed });
      const signature = key.sign(message);
      expect(key.publicKey.verify({ message, signature })).toBe(true);
      expect(key.publicKey.verify({ message: Uint8Array.of(...message, 0), signature })).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test.each(curves)("%s: one seed, one key, one signature", (curve) => {
  // Wrong: a failure in the lab does not repeat from its seed, or two meters share a key.
  const signed = [3, 3, 4].map((fill) => {
    const key = MeterSigningKey.fromSeed({ curve, seed: new Uint8Array(32).fill(fill) });
    return hexOf(key.publicKey.toRaw()) + hexOf(key.sign(Uint8Array.of(1, 2, 3)));
  });
  expect(signed[1]).toBe(signed[0]);
  expect(signed[2]).not.toBe(signed[0]);
});

test.each(curves)("%s: a seed has 32 octets, a private number is in [1, n − 1]", (curve) => {
  // Wrong: an empty or cut seed gives everyone the same key.
  for (const length of [0, 16, 31, 33, 64])
    expect(() => MeterSigningKey.fromSeed({ curve, seed: new Uint8Array(length) })).toThrow(RangeError);
  for (const scalar of [-1n, 0n, 1n << 256n]) {
    expect(() => MeterSigningKey.fromScalar({ curve, scalar })).toThrow(RangeError);
  }
});

const openssl = spawnSync("openssl", ["version"]).status === 0;

test.skipIf(!openssl).each(curves)(
  "%s: the openssl program accepts our keys and signatures (skipped without it)",
  (curve) => {
    // Wrong: our SPKI or our signatures are understood by nobody but us.
    const folder = mkdtempSync(join(tmpdir(), "siegel-crypto-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [keyFile, messageFile, signatureFile] = ["key.der", "message", "signature"].map((name) => join(folder, name));
    const key = MeterSigningKey.fromSeed({ curve, seed: new Uint8Array(32).fill(9) });
    const message = new TextEncoder().encode("a list of values");
    writeFileSync(keyFile!, key.publicKey.toSpki());
    writeFileSync(signatureFile!, asDer(key.sign(message)));
    const statusFor = (octets: Uint8Array): number | null => {
      writeFileSync(messageFile!, octets);
      const check = ["-sha256", "-verify", keyFile!, "-keyform", "DER", "-signature", signatureFile!, messageFile!];
      return spawnSync("openssl", ["dgst", ...check]).status;
    };
    expect(statusFor(message)).toBe(0);
    expect(statusFor(message.with(0, 0))).toBe(1);
  },
);

/** SEQUENCE of two INTEGERs: the only form that the openssl program reads. */
function asDer(signature: Uint8Array): Uint8Array {
  const middle = signature.length / 2;
  const integers = [signature.subarray(0, middle), signature.subarray(middle)].flatMap((half) => {
    const octets = [0, ...half];
    while (octets.length > 1 && octets[0] === 0 && octets[1]! < 0x80) octets.shift();
    return [0x02, octets.length, ...octets];
  });
  return Uint8Array.of(0x30, integers.length, ...integers);
}

function hexOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

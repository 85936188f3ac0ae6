/** GCM with a tag of 96 bits: as another implementation makes it, and refused whatever is not as it was sealed. */

import { gcm } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { expect, test } from "vitest";

import { aesGcm96Open, aesGcm96Seal, aesGcmOpenWithoutTag, CipherError, SecretKey } from "../../src/index.ts";

const octets = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const any = fc.uint8Array({ maxLength: 100 });

test("the first twelve octets of the tag of another implementation", () => {
  // A meter's telegram would not open, or ours would open nowhere else.
  fc.assert(
    fc.property(octets(16), octets(12), any, any, (key, nonce, aad, plaintext) => {
      const secret = SecretKey.fromBytes(key);
      const { ciphertext, tag } = aesGcm96Seal({ key: secret, nonce, aad, plaintext });
      const theirs = gcm(key, nonce, aad).encrypt(plaintext);
      expect([...ciphertext, ...tag]).toEqual([...theirs.subarray(0, theirs.length - 4)]);
      expect(aesGcm96Open({ key: secret, nonce, aad, ciphertext, tag })).toEqual(plaintext);
      expect(aesGcmOpenWithoutTag({ key: secret, nonce, ciphertext })).toEqual(plaintext);
    }),
  );
});

test("a changed bit, a shorter or a longer tag, another key, nonce or additional data are refused", () => {
  // Whoever holds the line could change what a meter says.
  const key = SecretKey.fromBytes(new Uint8Array(16).fill(1));
  const nonce = new Uint8Array(12);
  const aad = Uint8Array.of(0x30, 1, 2, 3);
  const sealed = { key, nonce, aad, ...aesGcm96Seal({ key, nonce, aad, plaintext: new Uint8Array(20) }) };
  const refused = (change: object) => {
    expect(() => aesGcm96Open({ ...sealed, ...change })).toThrow(
      expect.objectContaining({ code: "authentication-failed" }),
    );
  };
  const flipped = (bytes: Uint8Array) => bytes.map((octet, at) => (at === 0 ? octet ^ 1 : octet));
  for (const part of ["ciphertext", "tag", "nonce", "aad"] as const) refused({ [part]: flipped(sealed[part]) });
  refused({ key: SecretKey.fromBytes(new Uint8Array(16).fill(2)) });
  for (let length = 0; length < 12; length++) refused({ tag: sealed.tag.subarray(0, length) });
  refused({ tag: new Uint8Array([...sealed.tag, 0]) });
  expect(() => aesGcm96Open({ ...sealed, nonce: new Uint8Array(11) })).toThrow(CipherError);
  expect(() => aesGcm96Open({ ...sealed, key: SecretKey.fromBytes(new Uint8Array(32)) })).toThrow(CipherError);
});

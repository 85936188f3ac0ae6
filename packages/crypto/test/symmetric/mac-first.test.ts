/**
 * CBC and CMAC: nothing is decrypted before the tag holds, and every failure is the same failure.
 *
 * The library's cipher is watched, so these tests fail when the order is changed, even if the codes stay the same.
 */

import type * as NodeCrypto from "node:crypto";
import { createCipheriv } from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";

import { aesCbcCmacOpen, aesCbcCmacSeal, aesCmac, CipherError, SecretKey } from "../../src/index.ts";
import { bitsFlipped, joined, text } from "../octets.ts";

const decryptions = vi.hoisted(() => ({ count: 0 }));

vi.mock("node:crypto", async (original) => {
  const real = await original<typeof NodeCrypto>();
  const createDecipheriv = (...args: Parameters<typeof real.createDecipheriv>): unknown => {
    decryptions.count++;
    return real.createDecipheriv(...args);
  };
  return { ...real, createDecipheriv };
});

const octets = (first: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, at) => at + first);
const keys = { encryptionKey: SecretKey.fromBytes(octets(1)), macKey: SecretKey.fromBytes(octets(99)) };
const aad = text("attributes");
const sealed = aesCbcCmacSeal({ ...keys, aad, plaintext: text("a block of readings of sixteen octets or more") });

beforeEach(() => {
  decryptions.count = 0;
});

function refusalOf(change: Partial<typeof sealed>): CipherError {
  try {
    aesCbcCmacOpen({ ...keys, aad, ...sealed, ...change });
  } catch (error) {
    if (error instanceof CipherError) return error;
    throw error;
  }
  throw new Error("was opened");
}

/** No padding of ours: what a holder of the MAC key can make, and CBC with a broken padding. */
function authentic(blocks: Uint8Array): { ciphertext: Uint8Array; tag: Uint8Array } {
  const cipher = createCipheriv("aes-128-cbc", octets(1), new Uint8Array(16)).setAutoPadding(false);
  const ciphertext = joined(cipher.update(blocks), cipher.final());
  return { ciphertext, tag: aesCmac(keys.macKey, aad, ciphertext) };
}

test("what is not authentic is never decrypted", () => {
  // Wrong: the receiver tells by its answer or its time whether the padding was right (Vaudenay's attack).
  for (const ciphertext of bitsFlipped(sealed.ciphertext)) refusalOf({ ciphertext });
  for (const tag of bitsFlipped(sealed.tag)) refusalOf({ tag });
  for (let length = 0; length < sealed.ciphertext.length; length++) {
    refusalOf({ ciphertext: sealed.ciphertext.subarray(0, length) });
  }
  expect(decryptions.count).toBe(0);
  aesCbcCmacOpen({ ...keys, aad, ...sealed });
  expect(decryptions.count).toBe(1); // the watch works
});

test("a wrong padding, a wrong length and a wrong tag are told apart by nothing", () => {
  // Wrong: an error's code, text or cause is the oracle that the order was to prevent.
  const broken = [new Uint8Array(16), octets(0).with(15, 17), octets(0).with(15, 0)].map(authentic);
  const empty = { ciphertext: new Uint8Array(0), tag: aesCmac(keys.macKey, aad) };
  const odd = { ciphertext: octets(0).subarray(1), tag: aesCmac(keys.macKey, aad, octets(0).subarray(1)) };
  const wrongTag = { tag: sealed.tag.with(0, sealed.tag[0]! ^ 1) };
  const noTag = { tag: new Uint8Array(0) };
  const faces = [...broken, empty, odd, wrongTag, noTag].map((change) => {
    const error = refusalOf(change);
    const { name, code, blame, message, cause } = error;
    return JSON.stringify({ name, code, blame, message, hasCause: cause !== undefined, keys: Object.keys(error) });
  });
  expect(new Set(faces).size).toBe(1);
});

/**
 * The symmetric primitives of a delivery, called one after another by node:crypto and with nothing around them.
 *
 * What sealing and opening cannot do without besides the public-key operations: derivation, key wrap, content cipher, three
 * hashes (commitment, digest, name).
 */

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";

export type BareCipher = "gcm" | "cbc-cmac";

/** What is encrypted, what is signed, and the delivery as a whole, as long as they are here. */
const plaintext = new Uint8Array(1024);
const envelopeOctets = new Uint8Array(1300);
const deliveryOctets = new Uint8Array(2600);
const zeros = new Uint8Array(16);
const wrapVector = new Uint8Array(8).fill(0xa6);

function hashed(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function keyOf(octets: Uint8Array): KeyObject {
  return createSecretKey(octets);
}

/** One pass of CBC over the octets: what a CMAC costs. */
function macked(key: KeyObject, octets: Uint8Array): void {
  createCipheriv("aes-128-cbc", key, zeros).update(octets);
}

export function sealedBare(cipher: BareCipher, secret: Uint8Array): void {
  const kek = keyOf(hashed(secret, zeros).subarray(0, 16));
  const octets = randomBytes(cipher === "gcm" ? 16 : 32);
  const wrap = createCipheriv("id-aes128-wrap", kek, wrapVector);
  wrap.update(octets);
  wrap.final();
  if (cipher === "gcm") {
    const content = createCipheriv("aes-128-gcm", keyOf(octets), randomBytes(12), { authTagLength: 16 });
    content.update(plaintext);
    content.final();
    content.getAuthTag();
  } else {
    const content = createCipheriv("aes-128-cbc", keyOf(octets.subarray(0, 16)), zeros);
    const ciphertext = content.update(plaintext);
    content.final();
    macked(keyOf(octets.subarray(16)), ciphertext);
  }
  for (const octets of [plaintext, envelopeOctets, deliveryOctets]) hashed(octets); // commitment, digest, name
}

const wrapped = { gcm: wrappedKey(16), "cbc-cmac": wrappedKey(32) };
const sealedContent = gcmContent();

function wrappedKey(byteLength: number): Uint8Array {
  const wrap = createCipheriv("id-aes128-wrap", keyOf(zeros), wrapVector);
  return Buffer.concat([wrap.update(new Uint8Array(byteLength)), wrap.final()]);
}

function gcmContent(): { ciphertext: Uint8Array; tag: Uint8Array } {
  const cipher = createCipheriv("aes-128-gcm", keyOf(zeros), zeros.subarray(0, 12), { authTagLength: 16 });
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { ciphertext, tag: cipher.getAuthTag() };
}

export function openedBare(cipher: BareCipher, secret: Uint8Array): void {
  keyOf(hashed(secret, zeros).subarray(0, 16));
  const unwrap = createDecipheriv("id-aes128-wrap", keyOf(zeros), wrapVector);
  const octets = unwrap.update(wrapped[cipher]);
  unwrap.final();
  if (cipher === "gcm") {
    const content = createDecipheriv("aes-128-gcm", keyOf(octets), zeros.subarray(0, 12), { authTagLength: 16 });
    content.setAuthTag(sealedContent.tag);
    content.update(sealedContent.ciphertext);
    content.final();
  } else {
    macked(keyOf(octets.subarray(16)), plaintext);
    createDecipheriv("aes-128-cbc", keyOf(octets.subarray(0, 16)), zeros).update(plaintext);
  }
  for (const octets of [plaintext, envelopeOctets, deliveryOctets]) hashed(octets);
}

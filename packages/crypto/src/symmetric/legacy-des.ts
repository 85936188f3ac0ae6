/**
 * DES-CBC, decryption only: meters of the nineties, whose telegrams people still want to read.
 *
 * A key of 56 bits is found in hours, so what it opened is worth no more than clear text, and nothing is ever sealed with
 * it here. There is no function for that.
 * Why three keys: the library of today has DES only as three times DES; with three times the same key that is DES.
 * Source: FIPS 46-3; EN 13757-3:2013 modes 2 and 3 (named there, obsolete).
 */

import { createDecipheriv } from "node:crypto";

import { CipherError } from "../errors.ts";
import { type SecretKey, withOctets } from "../secret-key.ts";
import { concatenated } from "./octets.ts";

/** @throws {CipherError} "bad-key-length" unless 8 octets; "bad-length" unless the vector has 8 and the text whole blocks. */
export function desCbcOpenLegacy(key: SecretKey, vector: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  if (key.byteLength !== 8) throw new CipherError("bad-key-length");
  if (vector.length !== 8 || ciphertext.length % 8 !== 0) throw new CipherError("bad-length");
  return withOctets(key, (octets) => {
    const thrice = new Uint8Array(24);
    for (const at of [0, 8, 16]) thrice.set(octets, at);
    try {
      const decipher = createDecipheriv("des-ede3-cbc", thrice, vector).setAutoPadding(false);
      return concatenated(decipher.update(ciphertext), decipher.final());
    } finally {
      thrice.fill(0);
    }
  });
}

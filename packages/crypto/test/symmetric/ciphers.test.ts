/** Sealing and opening: compared with another implementation, and whatever is not as it was sealed is refused. */

import { aeskw, cbc, cmac, gcm } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  aesCbcCmacOpen,
  aesCbcCmacSeal,
  aesCmac,
  aesGcmOpen,
  aesGcmSeal,
  CipherError,
  exportSecretKey,
  generateSecretKey,
  randomBytes,
  SecretKey,
  unwrapKey,
  wrapKey,
} from "../../src/index.ts";
import { bitsFlipped, joined, prefixes, text } from "../octets.ts";

const octets = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const any = fc.uint8Array({ maxLength: 200 });

function codeOf(work: () => unknown): string {
  try {
    work();
    return "done";
  } catch (error) {
    if (error instanceof CipherError) return error.code;
    throw error;
  }
}

describe("AES-128-GCM", () => {
  const nonce = Uint8Array.from({ length: 12 }, (_, at) => at);
  const sealed = { key: generateSecretKey(16), nonce, aad: text("attributes"), plaintext: text("a block of readings") };
  const given = { ...sealed, ...aesGcmSeal(sealed) };

  test("gives what another implementation gives, and opens it", () => {
    // Wrong: our deliveries open only at ours.
    fc.assert(
      fc.property(octets(16), octets(12), any, any, (key, nonce, aad, plaintext) => {
        const secret = SecretKey.fromBytes(key);
        const made = aesGcmSeal({ key: secret, nonce, aad, plaintext });
        expect(joined(made.ciphertext, made.tag)).toEqual(joined(gcm(key, nonce, aad).encrypt(plaintext)));
        expect(aesGcmOpen({ key: secret, nonce, aad, ...made })).toEqual(plaintext);
      }),
      { numRuns: 500 },
    );
  });

  test("every turned bit and every cut, anywhere, is the same refusal", () => {
    // Wrong: a changed block is opened, or the answer tells the attacker what was wrong.
    const changed = ["nonce", "aad", "ciphertext", "tag"] as const;
    for (const what of changed) {
      for (const one of bitsFlipped(given[what])) {
        expect(codeOf(() => aesGcmOpen({ ...given, [what]: one }))).toBe("authentication-failed");
      }
    }
    for (const what of ["aad", "ciphertext", "tag"] as const) {
      for (const one of [...prefixes(given[what]), joined(given[what], [0])]) {
        expect(
          codeOf(() => aesGcmOpen({ ...given, [what]: one })),
          `${what} ${one.length}`,
        ).toBe("authentication-failed");
      }
    }
    expect(codeOf(() => aesGcmOpen({ ...given, key: generateSecretKey(16) }))).toBe("authentication-failed");
    expect(aesGcmOpen(given)).toEqual(sealed.plaintext);
  });

  test("nonces of 12 and keys of 16 octets only", () => {
    // Wrong: another length is taken for another algorithm, weaker than the one in the certificate of the product.
    for (const length of [0, 1, 8, 11, 13, 16]) {
      expect(codeOf(() => aesGcmSeal({ ...sealed, nonce: new Uint8Array(length) }))).toBe("bad-length");
      expect(codeOf(() => aesGcmOpen({ ...given, nonce: new Uint8Array(length) }))).toBe("bad-length");
    }
    for (const length of [1, 15, 17, 24, 32]) {
      expect(codeOf(() => aesGcmSeal({ ...sealed, key: generateSecretKey(length) }))).toBe("bad-key-length");
      expect(codeOf(() => aesGcmOpen({ ...given, key: generateSecretKey(length) }))).toBe("bad-key-length");
    }
  });
});

describe("AES-128-CBC and CMAC", () => {
  const sealed = {
    encryptionKey: generateSecretKey(16),
    macKey: generateSecretKey(16),
    aad: text("attributes"),
    plaintext: text("a block of readings, longer than one block of the cipher"),
  };
  const given = { ...sealed, ...aesCbcCmacSeal(sealed) };

  test("gives what another implementation gives, and opens it", () => {
    // Wrong: our deliveries open only at ours.
    fc.assert(
      fc.property(octets(16), octets(16), any, any, (one, two, aad, plaintext) => {
        const keys = { encryptionKey: SecretKey.fromBytes(one), macKey: SecretKey.fromBytes(two) };
        const made = aesCbcCmacSeal({ ...keys, aad, plaintext });
        const ciphertext = joined(cbc(one, new Uint8Array(16)).encrypt(plaintext));
        expect(made.ciphertext).toEqual(ciphertext);
        expect(made.tag).toEqual(joined(cmac(joined(aad, ciphertext), two)));
        expect(aesCbcCmacOpen({ ...keys, aad, ...made })).toEqual(plaintext);
      }),
      { numRuns: 500 },
    );
  });

  test("every turned bit and every cut, anywhere, is the same refusal", () => {
    // Wrong: a changed block is opened, or the answer tells whether the padding was right.
    for (const what of ["aad", "ciphertext", "tag"] as const) {
      for (const one of [...bitsFlipped(given[what]), ...prefixes(given[what]), joined(given[what], [0])]) {
        expect(codeOf(() => aesCbcCmacOpen({ ...given, [what]: one }))).toBe("authentication-failed");
      }
    }
    expect(codeOf(() => aesCbcCmacOpen({ ...given, macKey: sealed.encryptionKey }))).toBe("authentication-failed");
    expect(aesCbcCmacOpen(given)).toEqual(sealed.plaintext);
  });

  test("keys of 16 octets only", () => {
    // Wrong: half of the key is silently ignored.
    for (const which of ["encryptionKey", "macKey"] as const) {
      for (const length of [1, 15, 17, 32]) {
        expect(codeOf(() => aesCbcCmacSeal({ ...sealed, [which]: generateSecretKey(length) }))).toBe("bad-key-length");
        expect(codeOf(() => aesCbcCmacOpen({ ...given, [which]: generateSecretKey(length) }))).toBe("bad-key-length");
      }
    }
  });
});

describe("AES-CMAC", () => {
  test("gives what another implementation gives, however the message is cut", () => {
    // Wrong: one octet more or less at the end of a block gives another tag than everybody's.
    const key = randomBytes(16);
    const secret = SecretKey.fromBytes(key);
    for (let length = 0; length < 130; length++) {
      const message = randomBytes(length);
      const expected = joined(cmac(message, key));
      expect(aesCmac(secret, message)).toEqual(expected);
      expect(aesCmac(secret, message.subarray(0, length / 3), message.subarray(length / 3))).toEqual(expected);
    }
    fc.assert(
      fc.property(octets(16), fc.array(any, { maxLength: 5 }), (key, parts) => {
        expect(aesCmac(SecretKey.fromBytes(key), ...parts)).toEqual(joined(cmac(joined(...parts), key)));
      }),
      { numRuns: 500 },
    );
  });

  test("a key has no memory: the same message, the same tag, whatever came between", () => {
    // Wrong: a tag depends on what was authenticated before, and a genuine delivery is refused now and then.
    const secret = generateSecretKey(16);
    const message = randomBytes(100);
    const kept = Uint8Array.from(message);
    const first = aesCmac(secret, message);
    for (let length = 0; length < 40; length++) {
      aesCmac(secret, randomBytes(length));
      expect(aesCmac(secret, message)).toEqual(first);
    }
    expect(message).toEqual(kept);
  });

  test("keys of 16 octets only", () => {
    // Wrong: AES-256-CMAC is taken for what the profile says.
    for (const length of [1, 15, 17, 24, 32]) {
      expect(codeOf(() => aesCmac(generateSecretKey(length), text("")))).toBe("bad-key-length");
    }
  });
});

describe("key wrap", () => {
  test("gives what another implementation gives, and unwraps it", () => {
    // Wrong: the receiver cannot unwrap the content key.
    fc.assert(
      fc.property(octets(16), fc.constantFrom(16, 24, 32, 48, 64).chain(octets), (kek, key) => {
        const [outer, inner] = [SecretKey.fromBytes(kek), SecretKey.fromBytes(key)];
        const wrapped = wrapKey(outer, inner);
        expect(wrapped).toEqual(joined(aeskw(kek).encrypt(key)));
        expect(exportSecretKey(unwrapKey(outer, wrapped))).toEqual(key);
      }),
      { numRuns: 300 },
    );
  });

  test("every turned bit is refused, and what cannot be a wrapped key", () => {
    // Wrong: a content key of the attacker's making is unwrapped.
    const [kek, key] = [generateSecretKey(16), generateSecretKey(32)];
    const wrapped = wrapKey(kek, key);
    for (const one of bitsFlipped(wrapped)) expect(codeOf(() => unwrapKey(kek, one))).toBe("authentication-failed");
    for (const one of [...prefixes(wrapped), joined(wrapped, [0]), joined(wrapped, new Uint8Array(8))]) {
      expect(codeOf(() => unwrapKey(kek, one))).toMatch(/^(bad-length|authentication-failed)$/);
    }
    for (const length of [0, 8, 16, 23, 25, 80, 4096]) {
      expect(codeOf(() => unwrapKey(kek, new Uint8Array(length)))).toBe("bad-length");
    }
    expect(codeOf(() => unwrapKey(generateSecretKey(16), wrapped))).toBe("authentication-failed");
    expect(codeOf(() => unwrapKey(generateSecretKey(32), wrapped))).toBe("bad-key-length");
    for (const length of [1, 8, 15, 17, 65, 72]) {
      expect(codeOf(() => wrapKey(kek, generateSecretKey(length)))).toBe("bad-key-length");
    }
    expect(codeOf(() => wrapKey(generateSecretKey(24), key))).toBe("bad-key-length");
  });
});

test("what is handed out is plain octets that nobody else holds", () => {
  // Wrong: a piece of a common buffer goes out, and whoever sends its `.buffer` sends others' plaintext with it.
  const [key, macKey] = [generateSecretKey(16), generateSecretKey(16)];
  const gcm = aesGcmSeal({ key, nonce: new Uint8Array(12), aad: text("a"), plaintext: text("p") });
  const cbc = aesCbcCmacSeal({ encryptionKey: key, macKey, aad: text("a"), plaintext: text("p") });
  for (const one of [
    gcm.ciphertext,
    gcm.tag,
    aesGcmOpen({ key, nonce: new Uint8Array(12), aad: text("a"), ...gcm }),
    cbc.ciphertext,
    cbc.tag,
    aesCbcCmacOpen({ encryptionKey: key, macKey, aad: text("a"), ...cbc }),
    wrapKey(key, macKey),
    exportSecretKey(key),
    randomBytes(5),
  ]) {
    expect(one.constructor).toBe(Uint8Array);
    expect(one.buffer.byteLength).toBe(one.length);
  }
});

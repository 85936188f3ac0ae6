import fc from "fast-check";
import { createCipheriv } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { aesCmac, desCbcOpenLegacy, SecretKey, shortCcmOpen, shortCcmSeal, ShortKey } from "../../src/index.ts";

const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
const message = fc.uint8Array({ maxLength: 260 });
const blocks = fc.uint8Array({ maxLength: 260 }).map((octets) => octets.subarray(0, octets.length & ~15));
const hex = (octets: Uint8Array) => Buffer.from(octets).toString("hex");
const octets = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

describe("AES-128 of our own does what the library's does", () => {
  test("the example of the standard", () => {
    // Every telegram would be opened to noise. FIPS 197, appendix C.1.
    const key = ShortKey.fromBytes(octets("000102030405060708090a0b0c0d0e0f"));
    const cipher = key.encryptCbc(new Uint8Array(16), octets("00112233445566778899aabbccddeeff"));
    expect(hex(cipher)).toBe("69c4e0d86a7b0430d8cdb78070b4c55a");
  });

  test("CBC, both ways", () => {
    // A telegram of a certain length or key would be opened to noise.
    fc.assert(
      fc.property(block, block, blocks, (key, vector, plaintext) => {
        const cipher = createCipheriv("aes-128-cbc", key, vector).setAutoPadding(false);
        const sealed = new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final()]));
        const ours = ShortKey.fromBytes(key);
        expect(hex(ours.encryptCbc(vector, plaintext))).toBe(hex(sealed));
        expect(hex(ours.decryptCbc(vector, sealed))).toBe(hex(plaintext));
      }),
      { numRuns: 2000 },
    );
  });

  test("CTR, with counters that run over", () => {
    // A long telegram, or one whose counter begins high, would be opened to noise.
    const nearTheEnd = fc
      .tuple(fc.nat(15), block)
      .map(([from, one]) => one.map((octet, at) => (at < from ? octet : 0xff)));
    fc.assert(
      fc.property(block, nearTheEnd, message, (key, first, plaintext) => {
        const cipher = createCipheriv("aes-128-ctr", key, first);
        expect(hex(ShortKey.fromBytes(key).ctr(first, plaintext))).toBe(hex(cipher.update(plaintext)));
      }),
      { numRuns: 2000 },
    );
  });

  test("CMAC over parts, and keys derived with it", () => {
    // A genuine telegram would count as forged, or its keys be others.
    const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(block, parts, block, block, (key, all, one, two) => {
        const handle = SecretKey.fromBytes(key);
        const ours = ShortKey.of(handle);
        expect(hex(ours.cmac(...all))).toBe(hex(aesCmac(handle, ...all)));
        const [first, second] = ours.derivePair(one, two);
        for (const [derived, from] of [
          [first, one],
          [second, two],
        ] as const) {
          const expected = aesCmac(SecretKey.fromBytes(aesCmac(handle, from)), one);
          expect(hex(derived.cmac(one))).toBe(hex(expected));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("CCM with every tag and nonce, both ways", () => {
    // A telegram of mode 10 would not open, or one that was changed would.
    const shape = fc.record({
      key: block,
      nonce: fc.uint8Array({ minLength: 7, maxLength: 13 }),
      aad: fc.uint8Array({ maxLength: 40 }),
      plaintext: message,
      tagBytes: fc.constantFrom(4, 6, 8, 10, 12, 14, 16),
    });
    fc.assert(
      fc.property(shape, fc.nat(), ({ key, nonce, aad, plaintext, tagBytes }, flip) => {
        const cipher = createCipheriv("aes-128-ccm", key, nonce, { authTagLength: tagBytes });
        cipher.setAAD(aad, { plaintextLength: plaintext.length });
        const ciphertext = new Uint8Array(cipher.update(plaintext));
        cipher.final();
        const parts = { key: ShortKey.fromBytes(key), nonce, aad };
        const sealed = shortCcmSeal({ ...parts, plaintext, tagBytes });
        expect([hex(sealed.ciphertext), hex(sealed.tag)]).toEqual([hex(ciphertext), hex(cipher.getAuthTag())]);
        expect(hex(shortCcmOpen({ ...parts, ...sealed }))).toBe(hex(plaintext));
        const changed = new Uint8Array(sealed.tag);
        changed[flip % tagBytes]! ^= 1 << (flip % 8);
        expect(() => shortCcmOpen({ ...parts, ...sealed, tag: changed })).toThrow(
          expect.objectContaining({ code: "authentication-failed" }),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test("lengths that are none", () => {
    // A caller's mistake would read beyond a block.
    const key = ShortKey.fromBytes(new Uint8Array(16));
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(() => ShortKey.fromBytes(new Uint8Array(15))).toThrow(code("bad-key-length"));
    expect(() => key.decryptCbc(new Uint8Array(16), new Uint8Array(17))).toThrow(code("bad-length"));
    expect(() => key.encryptCbc(new Uint8Array(15), new Uint8Array(16))).toThrow(code("bad-length"));
    expect(() => key.ctr(new Uint8Array(12), new Uint8Array(1))).toThrow(code("bad-length"));
    expect(() => key.cbcMac(new Uint8Array(5))).toThrow(code("bad-length"));
    expect(() => key.derivePair(new Uint8Array(16), new Uint8Array(15))).toThrow(code("bad-length"));
    const ccm = { key, aad: new Uint8Array(), plaintext: new Uint8Array(1) };
    expect(() => shortCcmSeal({ ...ccm, nonce: new Uint8Array(14), tagBytes: 8 })).toThrow(code("bad-length"));
    expect(() => shortCcmSeal({ ...ccm, nonce: new Uint8Array(13), tagBytes: 5 })).toThrow(code("bad-length"));
  });

  test("an erased key opens nothing", () => {
    // A key that was exchanged would stay in memory as long as the program runs.
    const key = ShortKey.fromBytes(octets("000102030405060708090a0b0c0d0e0f"));
    const before = hex(key.cmac(new Uint8Array(5)));
    key.erase();
    expect(hex(key.cmac(new Uint8Array(5)))).not.toBe(before);
  });

  test("a key that is printed shows nothing", () => {
    // Keys of meters would stand in logs.
    const key = ShortKey.fromBytes(octets("000102030405060708090a0b0c0d0e0f"));
    for (const text of [String(key), JSON.stringify({ key }), inspect({ key }, { depth: 9, showHidden: true })]) {
      expect(text).toContain("ShortKey(16)");
      expect(text).not.toMatch(/0[0-9], 0|Int32Array/);
    }
  });
});

test("DES of old meters is read", () => {
  // The reading of a meter from the nineties would be lost. FIPS 81, table C1 (CBC).
  const key = SecretKey.fromBytes(octets("0123456789abcdef"));
  const sealed = octets("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
  const opened = desCbcOpenLegacy(key, octets("1234567890abcdef"), sealed);
  expect(Buffer.from(opened).toString("latin1")).toBe("Now is the time for all ");
  expect(() => desCbcOpenLegacy(SecretKey.fromBytes(new Uint8Array(7)), new Uint8Array(8), sealed)).toThrow(
    expect.objectContaining({ code: "bad-key-length" }),
  );
  expect(() => desCbcOpenLegacy(key, new Uint8Array(8), sealed.subarray(1))).toThrow(
    expect.objectContaining({ code: "bad-length" }),
  );
});

/** Published answers, so that what we compute is what everybody computes. */

import { expect, test } from "vitest";

import {
  aesCmac,
  aesGcmOpen,
  aesGcmSeal,
  exportSecretKey,
  FileKey,
  type HashName,
  PublicKey,
  SecretKey,
  unwrapKey,
  wrapKey,
  x963Kdf,
} from "../src/index.ts";
import { forms } from "./forms.ts";
import { pkcs8Of } from "./keys.ts";
import { hex, hexOf, joined, text } from "./octets.ts";
import { vectors as agreements } from "./rfc7027.ts";

const secret = (digits: string): SecretKey => SecretKey.fromBytes(hex(digits));

const longMessage448 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const longMessage896 =
  "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

test.each<[HashName, string, string]>([
  ["SHA-256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["SHA-256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["SHA-256", longMessage448, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
  ["SHA-256", "a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  [
    "SHA-384",
    "abc",
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
  ],
  [
    "SHA-384",
    longMessage896,
    "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039",
  ],
  [
    "SHA-384",
    "a".repeat(1_000_000),
    "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985",
  ],
  [
    "SHA-512",
    "abc",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
  [
    "SHA-512",
    longMessage896,
    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
  ],
  [
    "SHA-512",
    "a".repeat(1_000_000),
    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
  ],
])("%s of “%.20s” (FIPS 180-4 examples), in both forms", (hash, message, expected) => {
  // Wrong: a commitment or a signature of ours is checked by nobody else.
  for (const { door } of forms) expect(hexOf(door.digest(hash, text(message)))).toBe(expected);
});

const cmacMessage = hex(
  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
);

test.each([
  [0, "bb1d6929e95937287fa37d129b756746"],
  [16, "070a16b46b4d4144f79bdd9dd04a287c"],
  [40, "dfa66747de9ae63030ca32611497c827"],
  [64, "51f0bebf7e3b9d92fc49741779363cfe"],
])("AES-CMAC over %i octets (RFC 4493 §4)", (length, expected) => {
  // Wrong: a delivery with the second cipher opens at nobody's.
  const key = secret("2b7e151628aed2a6abf7158809cf4f3c");
  expect(hexOf(aesCmac(key, cmacMessage.subarray(0, length)))).toBe(expected);
});

test("AES-128 key wrap (RFC 3394 §4.1)", () => {
  // Wrong: the content key reaches the receiver in a form that only we unwrap.
  const kek = secret("000102030405060708090a0b0c0d0e0f");
  const key = secret("00112233445566778899aabbccddeeff");
  expect(hexOf(wrapKey(kek, key))).toBe("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
  expect(unwrapKey(kek, hex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5")).equals(key)).toBe(true);
});

const gcmPlaintext =
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
const gcmCiphertext =
  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e" +
  "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985";

test.each([
  {
    key: "00".repeat(16),
    nonce: "00".repeat(12),
    aad: "",
    plaintext: "",
    ciphertext: "",
    tag: "58e2fccefa7e3061367f1d57a4e7455a",
  },
  {
    key: "00".repeat(16),
    nonce: "00".repeat(12),
    aad: "",
    plaintext: "00".repeat(16),
    ciphertext: "0388dace60b6a392f328c2b971b2fe78",
    tag: "ab6e47d42cec13bdf53a67b21257bddf",
  },
  {
    key: "feffe9928665731c6d6a8f9467308308",
    nonce: "cafebabefacedbaddecaf888",
    aad: "",
    plaintext: gcmPlaintext,
    ciphertext: gcmCiphertext,
    tag: "4d5c2af327cd64a62cf35abd2ba6fab4",
  },
  {
    key: "feffe9928665731c6d6a8f9467308308",
    nonce: "cafebabefacedbaddecaf888",
    aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    plaintext: gcmPlaintext.slice(0, 120),
    ciphertext: gcmCiphertext.slice(0, 120),
    tag: "5bc94fbc3221a5db94fae95ae7121a47",
  },
])("AES-128-GCM with tag $tag (McGrew and Viega, test cases 1 to 4)", (vector) => {
  // Wrong: a delivery opens at nobody's.
  const { key, nonce, aad, plaintext, ciphertext, tag } = vector;
  const given = { key: secret(key), nonce: hex(nonce), aad: hex(aad) };
  expect(aesGcmSeal({ ...given, plaintext: hex(plaintext) })).toEqual({ ciphertext: hex(ciphertext), tag: hex(tag) });
  expect(aesGcmOpen({ ...given, ciphertext: hex(ciphertext), tag: hex(tag) })).toEqual(hex(plaintext));
});

test.each<{ hash: HashName; secret: string; sharedInfo: string; expected: string }>([
  {
    hash: "SHA-256", // facts of this project: Node and the openssl program agreed on it
    secret: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    sharedInfo: "aabb",
    expected: "f9b9a3df05a9c6104c86e38ec19b31c8",
  },
  {
    hash: "SHA-256", // NIST CAVP, ANS X9.63 KDF
    secret: "96c05619d56c328ab95fe84b18264b08725b85e33fd34f08",
    sharedInfo: "",
    expected: "443024c3dae66b95e6f5670601558f71",
  },
  {
    hash: "SHA-256", // NIST CAVP, ANS X9.63 KDF: four rounds of the hash
    secret: "22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d",
    sharedInfo: "75eef81aa3041e33b80971203d2c0c52",
    expected:
      "c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e" +
      "52a13d9c7c6fc878c50c5ea0bc7b00e0da2447cfd874f6cf92f30d0097111485" +
      "500c90c3af8b487872d04685d14c8d1dc8d7fa08beb0ce0ababc11f0bd496269" +
      "142d43525a78e5bc79a17f59676a5706dc54d54d4d1f0bd7e386128ec26afc21",
  },
])("X9.63 key derivation to $expected", ({ hash, secret, sharedInfo, expected }) => {
  // Wrong: both sides agree on a secret and make different keys of it.
  const key = x963Kdf({ hash, secret: hex(secret), sharedInfo: hex(sharedInfo), byteLength: expected.length / 2 });
  expect(hexOf(exportSecretKey(key))).toBe(expected);
});

test.each(agreements)("key agreement on $curve (RFC 7027 appendix A), from both sides", async (vector) => {
  // Wrong: what is sealed for a brainpool key is sealed for another point.
  const { curve, dA, dB, qA, qB, xZ } = vector;
  const derivation = { hash: "SHA-256", sharedInfo: hex(""), byteLength: 32 } as const;
  const expected = x963Kdf({ ...derivation, secret: hex(xZ) });
  for (const [own, point, peer] of [
    [dA, qA, qB],
    [dB, qB, qA],
  ] as const) {
    const key = FileKey.fromPkcs8(pkcs8Of(curve, BigInt(`0x${own}`)));
    expect(hexOf(key.publicKey.toPoint())).toBe(`04${point}`);
    const theirs = PublicKey.fromPoint(curve, joined([4], hex(peer)));
    expect((await key.agree({ peer: theirs, ...derivation })).equals(expected)).toBe(true);
  }
});

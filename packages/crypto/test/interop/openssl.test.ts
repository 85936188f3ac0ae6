/** The openssl program as a second opinion on what we compute. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";

import { needs } from "../../../../scripts/testing/needs.ts";
import {
  aesCbcCmacSeal,
  aesCmac,
  agreeEphemeral,
  exportSecretKey,
  FileKey,
  PublicKey,
  randomBytes,
  SecretKey,
  unwrapKey,
  wrapKey,
  x963Kdf,
} from "../../src/index.ts";
import { hashNames, opensslNames, ownCurves } from "../keys.ts";
import { hexOf, text } from "../octets.ts";

/** Files in a folder that goes with the test; `$name` in an argument is the path of such a file. */
function openssl(
  args: readonly string[],
  files: Record<string, Uint8Array> = {},
): { status: number | null; out: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "siegel-crypto-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, octets] of Object.entries(files)) writeFileSync(join(folder, name), octets);
  const given = args.map((one) => one.replace(/^\$/, `${folder}/`));
  const { status, stdout, stderr } = spawnSync("openssl", given);
  if (status !== 0 && !stderr.includes("Verification failure")) expect(stderr.toString()).toBe("");
  return { status, out: given.includes("-out") ? readFileSync(given[given.indexOf("-out") + 1]!) : stdout };
}

const digits = (out: Buffer): string => out.toString().replace(/[:\s]/g, "").toLowerCase();

needs("openssl")("openssl verifies what our keys sign, on each curve with each hash", async () => {
  // Wrong: our signatures are understood by nobody but us.
  const message = text("a delivery");
  for (const curve of ownCurves) {
    const key = await FileKey.generate(curve);
    for (const hash of hashNames) {
      const files = {
        key: key.publicKey.toSpki(),
        message,
        other: text("another"),
        signature: await key.sign({ hash, message }),
      };
      const check = (name: string): number | null => {
        const args = ["dgst", `-${hash.replace("-", "").toLowerCase()}`, "-verify", "$key", "-keyform", "DER"];
        return openssl([...args, "-signature", "$signature", `$${name}`], files).status;
      };
      expect(check("message")).toBe(0);
      expect(check("other")).toBe(1);
    }
  }
});

needs("openssl")("we read the keys that openssl makes, and verify what it signs", async () => {
  // Wrong: a key made elsewhere, as certificate authorities do, is refused.
  const message = text("a delivery");
  for (const curve of ownCurves) {
    const args = ["genpkey", "-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${opensslNames[curve]}`];
    const pem = openssl([...args, "-pkeyopt", "ec_param_enc:named_curve"]).out;
    const pkcs8 = openssl(["pkcs8", "-topk8", "-nocrypt", "-in", "$key", "-outform", "DER"], { key: pem }).out;
    const spki = openssl(["pkey", "-in", "$key", "-inform", "DER", "-pubout", "-outform", "DER"], { key: pkcs8 }).out;
    const key = FileKey.fromPkcs8(pkcs8);
    expect(hexOf(key.publicKey.toSpki())).toBe(spki.toString("hex"));
    const files = { key: pkcs8, message };
    const sign = ["dgst", "-sha384", "-sign", "$key", "-keyform", "DER", "-out", "$signature", "$message"];
    const signature = openssl(sign, files).out;
    expect(await PublicKey.fromSpki(spki).verify({ hash: "SHA-384", message, signature })).toBe(true);
  }
});

needs("openssl")("openssl agrees on the same secret and derives the same key from it", async () => {
  // Wrong: what we seal opens only at ours.
  const sharedInfo = randomBytes(30);
  for (const curve of ownCurves) {
    const receiver = await FileKey.generate(curve);
    const derivation = { hash: "SHA-256", sharedInfo, byteLength: 48 } as const;
    const { ephemeral, key } = await agreeEphemeral({ receiver: receiver.publicKey, ...derivation });
    const files = { own: receiver.toPkcs8(), peer: ephemeral.toSpki() };
    const derive = ["pkeyutl", "-derive", "-inkey", "$own", "-keyform", "DER", "-peerkey", "$peer", "-peerform", "DER"];
    const secret = openssl(derive, files).out;
    const kdf = ["kdf", "-keylen", "48", "-kdfopt", "digest:SHA256", "-kdfopt", `hexsecret:${hexOf(secret)}`];
    const derived = openssl([...kdf, "-kdfopt", `hexinfo:${hexOf(sharedInfo)}`, "X963KDF"]).out;
    expect(hexOf(exportSecretKey(key))).toBe(digits(derived));
  }
});

needs("openssl")("openssl derives the same by X9.63 from chosen numbers", () => {
  // Wrong: counter, length or order of the parts differ from the standard's.
  for (const [at, hash] of hashNames.entries()) {
    for (const byteLength of [1, 16, 31, 33, 64, 129, 200]) {
      const [secret, sharedInfo] = [randomBytes(32 + at), randomBytes(1 + byteLength)];
      const kdf = ["kdf", "-keylen", `${byteLength}`, "-kdfopt", `digest:${hash.replace("-", "")}`];
      const options = ["-kdfopt", `hexsecret:${hexOf(secret)}`, "-kdfopt", `hexinfo:${hexOf(sharedInfo)}`];
      const ours = exportSecretKey(x963Kdf({ hash, secret, sharedInfo, byteLength }));
      expect(hexOf(ours)).toBe(digits(openssl([...kdf, ...options, "X963KDF"]).out));
    }
  }
});

needs("openssl")("openssl gives the same CMAC, and decrypts CBC as we encrypted it", () => {
  // Wrong: the second content cipher is one of our own.
  for (const length of [0, 1, 15, 16, 17, 100, 4096]) {
    const [encryption, mac, plaintext] = [randomBytes(16), randomBytes(16), randomBytes(length)];
    const cmac = ["mac", "-cipher", "AES-128-CBC", "-macopt", `hexkey:${hexOf(mac)}`, "-in", "$in", "CMAC"];
    expect(hexOf(aesCmac(SecretKey.fromBytes(mac), plaintext))).toBe(digits(openssl(cmac, { in: plaintext }).out));
    const keys = { encryptionKey: SecretKey.fromBytes(encryption), macKey: SecretKey.fromBytes(mac) };
    const { ciphertext, tag } = aesCbcCmacSeal({ ...keys, aad: text("aad"), plaintext });
    const decrypt = ["enc", "-d", "-aes-128-cbc", "-K", hexOf(encryption), "-iv", "0".repeat(32), "-in", "$in"];
    expect(hexOf(openssl(decrypt, { in: ciphertext }).out)).toBe(hexOf(plaintext));
    const covered = Buffer.concat([text("aad"), ciphertext]);
    expect(hexOf(tag)).toBe(digits(openssl(cmac, { in: covered }).out));
  }
});

needs("openssl")("openssl wraps and unwraps keys as we do", () => {
  // Wrong: the receiver's library cannot unwrap the content key.
  const kek = randomBytes(16);
  for (const length of [16, 24, 32]) {
    const key = randomBytes(length);
    const wrap = ["enc", "-id-aes128-wrap", "-K", hexOf(kek), "-iv", "a6".repeat(8), "-in", "$in"];
    const wrapped = openssl(wrap, { in: key }).out;
    expect(hexOf(wrapKey(SecretKey.fromBytes(kek), SecretKey.fromBytes(key)))).toBe(hexOf(wrapped));
    expect(hexOf(exportSecretKey(unwrapKey(SecretKey.fromBytes(kek), wrapped)))).toBe(hexOf(key));
  }
});

/** Secrets do not show: not in prints, not in errors, and not in memory longer than needed. */

import type * as NodeCrypto from "node:crypto";
import { inspect } from "node:util";
import { beforeEach, expect, test, vi } from "vitest";

import {
  aesGcmOpen,
  agreeEphemeral,
  exportSecretKey,
  FileKey,
  generateSecretKey,
  joinKeys,
  PublicKey,
  randomBytes,
  SecretKey,
  SoftwareModule,
  splitKey,
  unwrapKey,
  x963Kdf,
} from "../src/index.ts";
import { pkcs8Of, pointOfScalar } from "./keys.ts";
import { hexOf, text } from "./octets.ts";

/** What the library handed to us: agreed secrets, and private keys made for one message. */
const seen = vi.hoisted(() => ({
  secrets: [] as Uint8Array[],
  copies: [] as Uint8Array[],
  keys: [] as WeakRef<object>[],
}));

vi.mock("node:crypto", async (original) => {
  const real = await original<typeof NodeCrypto>();
  type Done<T extends unknown[]> = (error: Error | null, ...results: T) => void;
  const diffieHellman = (options: object, done: Done<[Buffer]>): void => {
    real.diffieHellman(options as Parameters<typeof real.diffieHellman>[0], (error, secret) => {
      seen.secrets.push(secret);
      seen.copies.push(Uint8Array.from(secret));
      done(error, secret);
    });
  };
  const generateKeyPair = (type: "ec", options: { namedCurve: string }, done: Done<[object, object]>): void => {
    real.generateKeyPair(type, options, (error, publicKey, privateKey) => {
      seen.keys.push(new WeakRef(privateKey));
      done(error, publicKey, privateKey);
    });
  };
  return { ...real, diffieHellman, generateKeyPair };
});

beforeEach(() => {
  seen.secrets.length = seen.copies.length = seen.keys.length = 0;
});

const derivation = { hash: "SHA-256", sharedInfo: text("info"), byteLength: 16 } as const;
const receiver = PublicKey.fromPoint("brainpoolP256r1", pointOfScalar("brainpoolP256r1", 5n));

function everyPrint(value: { toString(): string }): string {
  const deep = { depth: 20, showHidden: true, getters: true, showProxy: true };
  const error = new Error("with a key", { cause: value });
  return [
    value.toString(),
    `${Object.entries(value).join()} ${Object.getOwnPropertyNames(value).join()}`,
    JSON.stringify({ value }) ?? "",
    inspect(value, deep),
    inspect([{ value }], { ...deep, customInspect: false }),
    inspect(error, deep),
  ].join("\n");
}

test("a secret key prints as its length", () => {
  // Wrong: a key stands in a log, a crash report or an answer of the API.
  const octets = Uint8Array.from({ length: 16 }, (_, at) => 0xa0 + at);
  const key = SecretKey.fromBytes(octets);
  const print = everyPrint(key);
  for (const spelling of [hexOf(octets), octets.join(","), octets.join(", "), Buffer.from(octets).toString("base64")]) {
    expect(print).not.toContain(spelling);
  }
  expect(print).not.toMatch(/a1 ?a2|161/);
  expect(String(key)).toBe("SecretKey(16)");
  expect(JSON.stringify({ key })).toBe('{"key":"SecretKey(16)"}');
  expect(inspect({ key })).toBe("{ key: SecretKey(16) }");
});

test("modules and private keys print nothing of a private key", async () => {
  // Wrong: `console.log(gateway)` gives the gateway away.
  const pkcs8 = pkcs8Of("brainpoolP256r1", 0xabcdef01_23456789_abcdef01_23456789n);
  const module = SoftwareModule.open({ load: () => undefined, save: () => {} }, { nowMs: () => 0 });
  await module.generate({ slot: "one", purpose: "SIG", curve: "brainpoolP256r1" });
  for (const one of [FileKey.fromPkcs8(pkcs8), module, (await module.slots())[0]!]) {
    expect(everyPrint(one)).not.toMatch(/abcdef01|171, 205|privateKey|#/i);
  }
});

test("an error tells nothing of keys or plaintext, and has no cause that could", () => {
  // Wrong: the reason of a refusal carries what was refused.
  const key = SecretKey.fromBytes(new Uint8Array(16).fill(0xab));
  const wrapped = new Uint8Array(24).fill(0xcd);
  const failures = [
    () => unwrapKey(key, wrapped),
    () => aesGcmOpen({ key, nonce: new Uint8Array(12), aad: wrapped, ciphertext: wrapped, tag: new Uint8Array(16) }),
    () => FileKey.fromPkcs8(wrapped),
    () => PublicKey.fromSpki(wrapped),
    () => SecretKey.fromBytes(new Uint8Array(600).fill(0xab)),
  ];
  for (const fails of failures) {
    let print = "";
    try {
      fails();
    } catch (error) {
      const fields = error instanceof Error ? [...Object.entries(error), error.message, error.cause] : [];
      print = inspect(fields, { depth: 10 });
    }
    expect(print).not.toBe("");
    expect(print).not.toMatch(/abab|cdcd|171|205|openssl|error:/i);
  }
});

test("the agreed secret is zeros once the key is derived", async () => {
  // Wrong: whoever reads the memory later opens what was sealed earlier.
  const { key } = await agreeEphemeral({ receiver, ...derivation });
  await FileKey.fromPkcs8(pkcs8Of("brainpoolP256r1", 9n)).agree({ peer: receiver, ...derivation });
  expect(seen.secrets.length).toBe(2);
  for (const secret of seen.secrets) expect([...secret]).toEqual([...new Uint8Array(32)]);
  expect(x963Kdf({ ...derivation, secret: seen.copies[0]! }).equals(key)).toBe(true); // it was the secret
});

test("the secret is zeros when the derivation fails, too", async () => {
  // Wrong: a caller's mistake leaves the secret behind.
  await expect(agreeEphemeral({ receiver, ...derivation, byteLength: 0 })).rejects.toThrow(RangeError);
  expect([...seen.secrets[0]!]).toEqual([...new Uint8Array(32)]);
});

test("nobody reaches the private half of an ephemeral key afterwards", async () => {
  // Wrong: one memory dump opens all deliveries of the day.
  const collect = await collector();
  const agreed = await agreeEphemeral({ receiver, ...derivation });
  expect(seen.keys.length).toBe(1);
  for (let round = 0; round < 50 && seen.keys[0]!.deref() !== undefined; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(seen.keys[0]!.deref()).toBeUndefined();
  expect(agreed.key.byteLength).toBe(16); // still held here
});

test("each message has its own ephemeral key", async () => {
  // Wrong: two deliveries have one key, and their difference is the difference of the readings.
  const all = await Promise.all(Array.from({ length: 20 }, () => agreeEphemeral({ receiver, ...derivation })));
  expect(new Set(all.map(({ ephemeral }) => hexOf(ephemeral.toPoint()))).size).toBe(20);
  expect(new Set(all.map(({ key }) => hexOf(exportSecretKey(key)))).size).toBe(20);
});

test("keys that are verified only are agreed with by nobody", async () => {
  // Wrong: a delivery is sealed for a meter's curve.
  for (const curve of ["P-256", "P-192"] as const) {
    const key = PublicKey.fromPoint(curve, pointOfScalar(curve, 5n));
    await expect(agreeEphemeral({ receiver: key, ...derivation })).rejects.toMatchObject({ code: "verify-only" });
    await expect(FileKey.generate(curve)).rejects.toMatchObject({ code: "verify-only" });
    expect(() => FileKey.fromPkcs8(pkcs8Of(curve, 5n))).toThrow(expect.objectContaining({ code: "verify-only" }));
  }
  const ours = FileKey.fromPkcs8(pkcs8Of("brainpoolP384r1", 5n));
  await expect(ours.agree({ peer: receiver, ...derivation })).rejects.toMatchObject({ code: "other-curve" });
});

test("a key is a copy: what happens to the octets does not happen to it", () => {
  // Wrong: filling the caller's octets with zeros makes the key zero, or writing to the copy changes the key.
  const octets = randomBytes(16);
  const kept = Uint8Array.from(octets);
  const key = SecretKey.fromBytes(octets);
  octets.fill(0);
  exportSecretKey(key).fill(0);
  expect(exportSecretKey(key)).toEqual(kept);
  const secret = randomBytes(32);
  const before = Uint8Array.from(secret);
  x963Kdf({ ...derivation, secret });
  expect(secret).toEqual(before); // the caller's, who fills it with zeros
});

test("two keys in one, and cut apart again", () => {
  // Wrong: encryption and MAC use the same key, or each other's.
  const [first, second] = [generateSecretKey(16), generateSecretKey(16)];
  const both = joinKeys(first, second);
  expect(both.byteLength).toBe(32);
  const [one, two] = splitKey(both, 16);
  expect([one.equals(first), two.equals(second), one.equals(second), both.equals(first)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  for (const at of [0, 32, 40, -1, 1.5, Number.NaN]) expect(() => splitKey(both, at)).toThrow(RangeError);
});

test("lengths that no key has are refused", () => {
  // Wrong: an empty key seals for everybody.
  for (const length of [0, 513]) expect(() => SecretKey.fromBytes(new Uint8Array(length))).toThrow(RangeError);
  for (const length of [-1, 1.5, Number.NaN, 2 ** 21]) expect(() => randomBytes(length)).toThrow(RangeError);
  for (const byteLength of [0, -1, 1.5, 513, Number.NaN, Infinity]) {
    expect(() => x963Kdf({ ...derivation, secret: randomBytes(32), byteLength })).toThrow(RangeError);
  }
});

/** Asks the engine to collect what nobody reaches. */
async function collector(): Promise<() => void> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import("node:v8"), import("node:vm")]);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

/** The security module in software: what each slot does, and that no number is given twice. */

import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import {
  agreeEphemeral,
  exportSecretKey,
  FileKey,
  type KeyPurpose,
  ModuleError,
  type ModuleErrorCode,
  PublicKey,
  type SlotState,
  SoftwareModule,
  x963Kdf,
} from "../../src/index.ts";
import { after, keyUses, mayUse, purposes, slotEvents, states } from "../../src/security-module/slot-life.ts";
import { ownCurves, pointOfScalar, privateKeyOf } from "../keys.ts";
import { bitsFlipped, element, joined, text } from "../octets.ts";
import { MemoryStore } from "./stores.ts";
import { certificateOf, nameOf, requestInfoOf, signedAttributes } from "./x509.ts";

const hash = "SHA-256";
const derivation = { hash, sharedInfo: text("info"), byteLength: 16 } as const;

function moduleOn(store = new MemoryStore(), clock = { nowMs: () => 1000 }) {
  return { module: SoftwareModule.open(store, clock), store, clock };
}

/** The code of the refusal, or "done". Anything but a ModuleError fails the test by itself. */
async function codeOf(work: Promise<unknown>): Promise<ModuleErrorCode | "done"> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof ModuleError) return error.code;
    throw error;
  }
}

/** Leads a fresh slot to this state, by the shortest way. */
async function slotIn(module: SoftwareModule, slot: string, purpose: KeyPurpose, state: SlotState): Promise<void> {
  if (state === "empty") return;
  const { publicKey } = await module.generate({ slot, purpose, curve: "brainpoolP256r1" });
  if (state === "generated") return;
  if (state === "revoked") return void (await module.revoke(slot));
  if (state === "destroyed") return void (await module.destroy(slot));
  await module.certify({ slot, certificate: certificateOf(publicKey.toSpki()) });
  if (state === "certified") return;
  await module.activate(slot);
  if (state === "retired") await module.retire({ slot });
}

async function happen(module: SoftwareModule, event: (typeof slotEvents)[number], slot: string): Promise<unknown> {
  const [info] = await module.slots();
  const certificate = certificateOf(info?.publicKey.toSpki() ?? element(0x30));
  switch (event) {
    case "generate":
      return module.generate({ slot, purpose: "SIG", curve: "brainpoolP256r1" });
    case "certify":
      return module.certify({ slot, certificate });
    case "retire":
      return module.retire({ slot });
    case "activate":
    case "revoke":
    case "destroy":
      return module[event](slot);
  }
}

describe("slots", () => {
  test.each(states.flatMap((state) => slotEvents.map((event) => ({ state, event }))))(
    "in $state: $event as the table says, after a restart too",
    async ({ state, event }) => {
      // Wrong: the table is a drawing, and the module does something else.
      const { module, store, clock } = moduleOn();
      await slotIn(module, "one", "ENC", state);
      const next = after(state, event);
      const before = store.saves;
      const code = await codeOf(happen(module, event, "one"));
      expect(code).toBe(next !== undefined ? "done" : state === "empty" ? "no-such-slot" : "wrong-state");
      expect(store.saves).toBe(before + (next === undefined ? 0 : 1));
      for (const one of [module, SoftwareModule.open(store, clock)]) {
        expect((await one.slots())[0]?.state ?? "empty").toBe(next ?? state);
      }
    },
  );

  test.each(
    states
      .filter((one) => one !== "empty")
      .flatMap((state) => purposes.flatMap((purpose) => keyUses.map((use) => ({ state, purpose, use })))),
  )("a $purpose key in $state: $use as the table says", async ({ state, purpose, use }) => {
    // Wrong: one key has two purposes, or a key works before it is certified or after it is revoked.
    const { module } = moduleOn();
    await slotIn(module, "one", purpose, state);
    const [info] = await module.slots();
    const peer = PublicKey.fromPoint("brainpoolP256r1", pointOfScalar("brainpoolP256r1", 5n));
    const message = requestInfoOf(info!.publicKey.toSpki());
    const work = {
      sign: () => module.sign({ slot: "one", hash, message }),
      signRequest: () => module.signRequest({ slot: "one", hash, message }),
      agree: () => module.agree({ slot: "one", peer, ...derivation }),
      exportTlsKey: () => module.exportTlsKey("one"),
    };
    const allowed = mayUse(use, purpose, state);
    expect(await codeOf(work[use]())).toBe(
      allowed === "yes" ? "done" : allowed === "until" ? "closed-for-good" : allowed,
    );
  });

  test("a slot that was never used is no slot, and no name is a path", async () => {
    // Wrong: a name of a stranger becomes a file, a line in a log, or a second slot beside the one that is meant.
    const { module } = moduleOn();
    for (const slot of ["", "a/b", "../x", "a b", "ä", "a\n", "x".repeat(65), "__proto__ "]) {
      expect(await codeOf(module.generate({ slot, purpose: "SIG", curve: "brainpoolP256r1" }))).toBe("bad-name");
      expect(await codeOf(module.nextNumber(slot))).toBe("bad-name");
      expect(await codeOf(module.currentNumber(slot))).toBe("bad-name");
      expect(await codeOf(module.sign({ slot, hash, message: text("") }))).toBe("bad-name");
    }
    for (const slot of ["__proto__", "constructor", "x"]) {
      expect(await codeOf(module.sign({ slot, hash, message: text("") }))).toBe("no-such-slot");
      expect(await module.currentNumber(slot)).toBe(0n);
    }
  });

  test("two calls at once fill a slot once", async () => {
    // Wrong: the second key takes the place of the first, for which a certificate is on its way.
    const { module } = moduleOn();
    const calls = [1, 2, 3].map(() => module.generate({ slot: "one", purpose: "SIG", curve: "brainpoolP256r1" }));
    const codes = await Promise.all(calls.map(codeOf));
    expect(codes.sort()).toEqual(["done", "wrong-state", "wrong-state"]);
  });

  test("keys are made on our curves only", async () => {
    // Wrong: something of ours rests on P-192.
    const { module } = moduleOn();
    for (const curve of ["P-256", "P-192"] as const) {
      expect(await codeOf(module.generate({ slot: curve, purpose: "SIG", curve }))).toBe("verify-only");
    }
    for (const curve of ownCurves) {
      expect((await module.generate({ slot: curve, purpose: "SIG", curve })).publicKey.curve).toBe(curve);
    }
    expect((await module.slots()).map(({ slot }) => slot)).toEqual([...ownCurves]);
  });

  test("a certificate is for the slot's own key, in DER, whole", async () => {
    // Wrong: a slot presents the certificate of another key, or what is stored is not what pki reads.
    const { module } = moduleOn();
    const { publicKey } = await module.generate({ slot: "one", purpose: "SIG", curve: "brainpoolP256r1" });
    const other = await module.generate({ slot: "two", purpose: "SIG", curve: "brainpoolP256r1" });
    const good = certificateOf(publicKey.toSpki());
    const certify = (certificate: Uint8Array) => codeOf(module.certify({ slot: "one", certificate }));
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(good).toString("base64")}\n-----END CERTIFICATE-----\n`;
    expect(await certify(certificateOf(other.publicKey.toSpki()))).toBe("other-key");
    for (const bad of [text(""), text(pem), joined(good, [0]), good.subarray(0, -1), joined(good, good), text("0")]) {
      expect(await certify(bad)).toBe("bad-certificate");
    }
    expect(await certify(new Uint8Array(20_000))).toBe("bad-certificate");
    expect(await certify(good)).toBe("done");
    const [info] = await module.slots();
    info!.certificate!.fill(0);
    expect((await module.slots())[0]!.certificate).toEqual(good);
  });

  test("a destroyed key is gone from the store, too", async () => {
    // Wrong: who finds the disk finds the key.
    const { module, store } = moduleOn();
    await slotIn(module, "one", "TLS", "active");
    const pkcs8 = Buffer.from(await module.exportTlsKey("one"));
    const secret = pkcs8.subarray(pkcs8.indexOf(Uint8Array.of(0x04, 0x20)) + 2).subarray(0, 32);
    expect(Buffer.from(store.kept!).includes(secret)).toBe(true);
    await module.revoke("one");
    await module.destroy("one");
    expect(Buffer.from(store.kept!).includes(secret)).toBe(false);
    expect(await codeOf(module.exportTlsKey("one"))).toBe("wrong-state");
  });

  test("no more than 256 slots", async () => {
    // Wrong: the state grows until it cannot be written any more.
    const { module } = moduleOn();
    for (let count = 0; count < 256; count++) await module.nextNumber(`c${count}`);
    expect(await codeOf(module.nextNumber("one-more"))).toBe("too-many");
    expect(await module.nextNumber("c0")).toBe(2n);
  });
});

describe("keys at work", () => {
  test("what a SIG key signs verifies, and only for its message", async () => {
    // Wrong: the head-end refuses genuine deliveries.
    const { module, store, clock } = moduleOn();
    await slotIn(module, "sig", "SIG", "active");
    const { publicKey } = (await module.slots())[0]!;
    for (const one of [module, SoftwareModule.open(store, clock)]) {
      const signature = await one.sign({ slot: "sig", hash, message: text("delivery") });
      expect(await publicKey.verify({ hash, message: text("delivery"), signature })).toBe(true);
      expect(await publicKey.verify({ hash, message: text("deliverz"), signature })).toBe(false);
    }
  });

  test("before it is certified a key signs a request for itself and nothing else", async () => {
    // Wrong: a delivery, or a certificate, is signed in advance and looks valid once the key is certified.
    const { module } = moduleOn();
    const { publicKey } = await module.generate({ slot: "one", purpose: "SIG", curve: "brainpoolP256r1" });
    const other = await module.generate({ slot: "two", purpose: "SIG", curve: "brainpoolP256r1" });
    const spki = publicKey.toSpki();
    const good = requestInfoOf(spki);
    const refused: Record<string, Uint8Array> = {
      nothing: text(""),
      "signed attributes": signedAttributes,
      "a whole certificate": certificateOf(spki),
      "a certificate's body": certificateOf(spki).subarray(4),
      "another slot's request": requestInfoOf(other.publicKey.toSpki()),
      "another version": element(0x30, [2, 1, 1], nameOf("a"), spki, element(0xa0)),
      "no version": element(0x30, nameOf("a"), spki, element(0xa0)),
      "a long version": element(0x30, [2, 2, 0, 0], nameOf("a"), spki, element(0xa0)),
      "a SET for a name": element(0x30, [2, 1, 0], nameOf("a").with(0, 0x31), spki, element(0xa0)),
      "a length that is too small": good.with(1, good[1]! - 1),
      "a length that is too great": good.with(1, good[1]! + 1),
      "no name": element(0x30, [2, 1, 0], spki, element(0xa0)),
      "no key": element(0x30, [2, 1, 0], nameOf("a"), element(0xa0)),
      "no attributes": element(0x30, [2, 1, 0], nameOf("a"), spki),
      "attributes twice": requestInfoOf(spki, joined(element(0xa0), element(0xa0))),
      "something else for attributes": requestInfoOf(spki, element(0x31)),
      "an octet behind": joined(good, [0]),
      "a long length": joined([0x30, 0x82, 0], good.subarray(1)),
      "an indefinite length": joined([0x30, 0x80], good.subarray(2), [0, 0]),
    };
    for (const [name, message] of Object.entries(refused)) {
      expect(await codeOf(module.signRequest({ slot: "one", hash, message })), name).toBe("not-a-request");
    }
    for (let length = 0; length < good.length; length++) {
      const message = good.subarray(0, length);
      expect(await codeOf(module.signRequest({ slot: "one", hash, message }))).toBe("not-a-request");
    }
    const signature = await module.signRequest({ slot: "one", hash, message: good });
    expect(await publicKey.verify({ hash, message: good, signature })).toBe(true);
    const long = requestInfoOf(spki, element(0xa0, new Uint8Array(400)));
    expect(await codeOf(module.signRequest({ slot: "one", hash, message: long }))).toBe("done");
  });

  test.each(ownCurves)("%s: sender and module agree on the key, and nobody else does", async (curve) => {
    // Wrong: the receiver cannot open what was sealed for it.
    const { module } = moduleOn();
    const { publicKey } = await module.generate({ slot: "enc", purpose: "ENC", curve });
    await module.certify({ slot: "enc", certificate: certificateOf(publicKey.toSpki()) });
    await module.activate("enc");
    const { ephemeral, key } = await agreeEphemeral({ receiver: publicKey, ...derivation });
    const agree = (change: object) => module.agree({ slot: "enc", peer: ephemeral, ...derivation, ...change });
    expect((await agree({})).equals(key)).toBe(true);
    expect((await agree({ sharedInfo: text("other") })).equals(key)).toBe(false);
    expect((await agree({ hash: "SHA-384" })).equals(key)).toBe(false);
    expect((await agree({ peer: publicKey })).equals(key)).toBe(false);
    for (const other of ownCurves.filter((one) => one !== curve)) {
      const peer = PublicKey.fromPoint(other, pointOfScalar(other, 5n));
      expect(await codeOf(agree({ peer }))).toBe("other-curve");
    }
    for (const byteLength of [0, -1, 1.5, 513, Number.NaN, Infinity]) {
      expect(await codeOf(agree({ byteLength }))).toBe("out-of-range");
    }
  });

  test("a retired ENC key opens until its date and not at it", async () => {
    // Wrong: deliveries under way at a change of keys are lost, or an old key opens for ever.
    let now = 1000;
    const { module, store, clock } = moduleOn(new MemoryStore(), { nowMs: () => now });
    await slotIn(module, "enc", "ENC", "active");
    await slotIn(module, "sig", "SIG", "active");
    const peer = PublicKey.fromPoint("brainpoolP256r1", pointOfScalar("brainpoolP256r1", 5n));
    expect(await codeOf(module.retire({ slot: "sig", opensUntilMs: 2000 }))).toBe("wrong-purpose");
    expect(await codeOf(module.retire({ slot: "enc", opensUntilMs: Number.NaN }))).toBe("out-of-range");
    expect(await module.retire({ slot: "enc", opensUntilMs: 2000 })).toMatchObject({
      state: "retired",
      opensUntilMs: 2000,
    });
    for (const one of [module, SoftwareModule.open(store, clock)]) {
      const agree = () => codeOf(one.agree({ slot: "enc", peer, ...derivation }));
      now = 1999;
      expect(await agree()).toBe("done");
      now = 2000;
      expect(await agree()).toBe("closed-for-good");
      now = Number.NaN;
      expect(await agree()).toBe("closed-for-good");
      now = 1000;
    }
    await module.revoke("enc");
    expect(await codeOf(module.agree({ slot: "enc", peer, ...derivation }))).toBe("wrong-state");
  });

  test("the TLS key that is handed out is the slot's", async () => {
    // Wrong: the handshake fails, because key and certificate do not belong together.
    const { module } = moduleOn();
    await slotIn(module, "tls", "TLS", "active");
    const key = FileKey.fromPkcs8(await module.exportTlsKey("tls"));
    expect(key.publicKey.equals((await module.slots())[0]!.publicKey)).toBe(true);
  });

  test("random octets are as many as asked for, and not the same twice", async () => {
    // Wrong: a salt that can be guessed gives the day's block away.
    const { module } = moduleOn();
    expect((await module.random(0)).length).toBe(0);
    const many = await Promise.all(Array.from({ length: 200 }, () => module.random(16)));
    expect(new Set(many.map((one) => one.join())).size).toBe(200);
    for (const byteLength of [-1, 1.5, 65_537, Number.NaN]) {
      expect(await codeOf(module.random(byteLength))).toBe("out-of-range");
    }
  });
});

describe("numbers", () => {
  test("begin at 1, rise by 1, each counter for itself, over restarts", async () => {
    // Wrong: two deliveries have one number; the head-end raises an alarm for a gateway that did nothing wrong.
    const { module, store, clock } = moduleOn();
    expect(await module.currentNumber("delivery")).toBe(0n);
    expect([await module.nextNumber("delivery"), await module.nextNumber("delivery")]).toEqual([1n, 2n]);
    expect(await module.nextNumber("other")).toBe(1n);
    const again = SoftwareModule.open(store, clock);
    expect(await again.currentNumber("delivery")).toBe(2n);
    expect(await again.nextNumber("delivery")).toBe(3n);
  });

  test("a hundred at once are a hundred numbers", async () => {
    // Wrong: two calls read the counter before either has raised it.
    const { module } = moduleOn();
    const numbers = await Promise.all(Array.from({ length: 100 }, () => module.nextNumber("d")));
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, at) => BigInt(at + 1)));
  });

  test("a number is stored before it is given; one that could not be stored is not given", async () => {
    // Wrong: a power cut between giving and storing gives the number again after the restart.
    const { module, store, clock } = moduleOn();
    const stored: bigint[] = [];
    const watching = SoftwareModule.open(
      {
        load: () => undefined,
        save: (state) => {
          const copy = Uint8Array.from(state);
          stored.push(lastIn(copy));
        },
      },
      clock,
    );
    const given = await watching.nextNumber("d");
    expect(stored).toEqual([given]);
    await module.nextNumber("d");
    for (const fails of ["before", "after"] as const) {
      store.fails = fails;
      expect(await codeOf(module.nextNumber("d"))).toBe("store-failed");
      expect(await module.currentNumber("d")).toBe(1n);
    }
    store.fails = "never";
    expect(await module.nextNumber("d")).toBe(2n);
  });

  test("whatever fails and whenever it restarts: no number twice, all rising", async () => {
    // Wrong: a gateway with a bad disk doubles a number, and with it readings.
    const step = fc.constantFrom("next", "next", "next", "restart", "fail before", "fail after", "heal", "other");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const store = new MemoryStore();
        const clock = { nowMs: () => 0 };
        let module = SoftwareModule.open(store, clock);
        let last = 0n;
        for (const one of steps) {
          if (one === "restart") module = SoftwareModule.open(store, clock);
          else if (one === "heal") store.fails = "never";
          else if (one === "fail before" || one === "fail after")
            store.fails = one === "fail before" ? "before" : "after";
          else {
            const number = await module.nextNumber(one === "other" ? "other" : "d").catch(() => undefined);
            if (number === undefined || one === "other") continue;
            expect(number > last).toBe(true);
            last = number;
          }
        }
        expect((await SoftwareModule.open(store, clock).currentNumber("d")) >= last).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("a change that could not be stored has not happened", async () => {
    // Wrong: a key is revoked until the next restart.
    const { module, store, clock } = moduleOn();
    await slotIn(module, "one", "SIG", "active");
    store.fails = "before";
    expect(await codeOf(module.revoke("one"))).toBe("store-failed");
    expect(await codeOf(module.generate({ slot: "two", purpose: "SIG", curve: "brainpoolP256r1" }))).toBe(
      "store-failed",
    );
    store.fails = "never";
    for (const one of [module, SoftwareModule.open(store, clock)]) {
      expect((await one.slots()).map(({ slot, state }) => [slot, state])).toEqual([["one", "active"]]);
    }
    expect(await codeOf(module.revoke("one"))).toBe("done");
  });

  test("the last number is given, and none after it", async () => {
    // Wrong: the counter turns over and begins again.
    const store = new MemoryStore();
    const { module } = moduleOn(store);
    await module.nextNumber("d");
    const { decodeState, encodeState } = await import("../../src/security-module/state.ts");
    const state = decodeState(store.kept!);
    store.kept = encodeState({ ...state, counters: new Map([["d", 2n ** 63n - 2n]]) });
    const near = moduleOn(store).module;
    expect(await near.nextNumber("d")).toBe(2n ** 63n - 1n);
    expect(await codeOf(near.nextNumber("d"))).toBe("exhausted");
  });
});

test("the octets of the state are zeros once the store has them", async () => {
  // Wrong: private keys lie about in memory, in as many copies as there were numbers.
  const { module, store } = moduleOn();
  await slotIn(module, "one", "SIG", "active");
  expect(store.lent!.every((octet) => octet === 0)).toBe(true);
  store.fails = "before";
  await codeOf(module.nextNumber("d"));
  expect(store.lent!.every((octet) => octet === 0)).toBe(true);
});

test("private keys that were exported to be stored are zeros afterwards, too", async () => {
  // Wrong: each number that is given leaves all private keys in memory once more.
  const exporting = vi.spyOn(Object.getPrototypeOf(privateKeyOf("brainpoolP256r1", 5n)) as KeyObject, "export");
  const { module } = moduleOn();
  await slotIn(module, "one", "SIG", "active");
  await module.nextNumber("d");
  const exported = exporting.mock.results.map(({ value }) => value as Buffer);
  exporting.mockRestore();
  expect(exported.length).toBeGreaterThan(3);
  for (const octets of exported) expect(octets.every((octet) => octet === 0)).toBe(true);
});

test("a store that cannot be read is said to be one", () => {
  // Wrong: the module begins anew with the number 1, because the disk did not answer.
  const broken = {
    load: () => {
      throw new Error("EIO");
    },
    save: () => {},
  };
  expect(() => SoftwareModule.open(broken, { nowMs: () => 0 })).toThrow(
    expect.objectContaining({ code: "store-failed", blame: "environment" }),
  );
});

test("a damaged state opens nothing", async () => {
  // Wrong: after a torn write the gateway counts from an older number, or has another's key.
  const { module, store } = moduleOn();
  await slotIn(module, "one", "ENC", "active");
  await module.nextNumber("d");
  const good = store.kept!;
  const codes = new Set<string>();
  const open = (state: Uint8Array): void => {
    try {
      SoftwareModule.open({ load: () => state, save: () => {} }, { nowMs: () => 0 });
      codes.add("opened");
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      codes.add(error.code);
    }
  };
  for (const bad of bitsFlipped(good, 3)) open(bad);
  for (let length = 0; length < good.length; length++) open(good.slice(0, length));
  open(joined(good, [0]));
  expect([...codes].sort()).toEqual(["damaged-state", "unsupported-version"]);
});

test("derived keys are what X9.63 says over the secret that both have", async () => {
  // Wrong: both halves of ours agree, and nobody else's does.
  const { module } = moduleOn();
  await slotIn(module, "enc", "ENC", "active");
  const { publicKey } = (await module.slots())[0]!;
  // With the private number 1 the secret is the x of the slot's own point.
  const peer = PublicKey.fromPoint("brainpoolP256r1", pointOfScalar("brainpoolP256r1", 1n));
  const secret = publicKey.toPoint().subarray(1, 33);
  const key = await module.agree({ slot: "enc", peer, ...derivation });
  expect(exportSecretKey(key)).toEqual(exportSecretKey(x963Kdf({ ...derivation, secret })));
});

/** The last number of the only counter: it stands before the hash at the end. */
function lastIn(state: Uint8Array): bigint {
  return new DataView(state.buffer).getBigUint64(state.length - 40);
}

/**
 * Sealing and opening a delivery of one day, beside the primitives that it cannot do without, called one after another.
 *
 * The same primitives alone, by node:crypto and with nothing around them: for sealing an ephemeral key pair with its public
 * half as octets, ECDH, derivation, key wrap, content cipher, three hashes, one signature; for opening verification, ECDH
 * with a peer's key taken in (each delivery brings another), derivation, unwrapping, content cipher, three hashes. Beside it
 * the public-key operations alone. All run the same number at a time.
 */

import {
  createPublicKey,
  diffieHellman,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { PathCache } from "@siegel/pki";
import type { BenchWork } from "../../../scripts/bench/types.ts";
import { type ContentCipher, Opener, sealDelivery, type Trust } from "../src/index.ts";
import { dayBlock, letter, makeWorld } from "../test/world.ts";
import { openedBare, sealedBare } from "../../../scripts/bench/bare-delivery.ts";

const world = await makeWorld();
const { at, receiverPath, receiver, sender } = world;
const trust: Trust = { ...world.trust, cache: new PathCache() };
const blocks = [
  { salt: new Uint8Array(32).fill(7), block: dayBlock(Array.from({ length: 96 }, (_, slot) => 1000 + slot * 37)) },
];
const opener = new Opener({ receivers: [receiver] });

/** Enough for a round of some 100 ms, and to keep the thread pool busy. */
const perRound = 64;
const inFlight = 64;

/** Runs `task` so many times, so many at a time. */
async function many(task: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < perRound) await task(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return perRound;
}

const seal = (cipher: ContentCipher) => (index: number) =>
  sealDelivery({ ...letter(BigInt(index + 1)), blocks, sender, receiver: receiverPath, cipher });

const sealed = {
  gcm: await Promise.all(Array.from({ length: perRound }, (_, index) => seal("gcm")(index))),
  "cbc-cmac": await Promise.all(Array.from({ length: perRound }, (_, index) => seal("cbc-cmac")(index))),
};

const sealing = (cipher: ContentCipher) => () => many(async (index) => void (await seal(cipher)(index)));
const opening = (cipher: ContentCipher) => () =>
  many(async (index) => void (await opener.open({ der: sealed[cipher][index]!.der, trust, at })));

// Bare.
const curve = { namedCurve: "brainpoolP256r1" };
const signer = generateKeyPairSync("ec", curve);
const peer = generateKeyPairSync("ec", curve);
const message = new Uint8Array(400).fill(1); // about as long as the signed attributes
const signatures = await Promise.all(Array.from({ length: perRound }, () => signed(signer.privateKey)));
const peers = Array.from({ length: perRound }, () =>
  generateKeyPairSync("ec", curve).publicKey.export({ format: "der", type: "spki" }),
);

const spkiBytes = peers[0]!.length;

function signed(key: KeyObject): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign("sha256", message, key, (error, signature) => (error === null ? resolve(signature) : reject(error)));
  });
}

function agreed(privateKey: KeyObject, publicKey: KeyObject): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    diffieHellman({ privateKey, publicKey }, (error, secret) => (error === null ? resolve(secret) : reject(error)));
  });
}

/** A fresh private key; the public half as octets, for it has to be sent. */
function keyPair(): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    generateKeyPair("ec", curve, (error, publicKey, privateKey) => {
      if (error !== null) return reject(error);
      if (publicKey.export({ format: "der", type: "spki" }).length !== spkiBytes)
        return reject(new Error("another key"));
      resolve(privateKey);
    });
  });
}

function verified(signature: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    verify("sha256", message, signer.publicKey, signature, (error, holds) => {
      if (error === null && holds) resolve();
      else reject(error ?? new Error("a good signature did not hold"));
    });
  });
}

const publicKeySeal = () =>
  many(async () => {
    await agreed(await keyPair(), peer.publicKey);
    await signed(signer.privateKey);
  });
const publicKeyOpen = () =>
  many(async (index) => {
    await verified(signatures[index]!);
    await agreed(peer.privateKey, createPublicKey({ key: Buffer.from(peers[index]!), format: "der", type: "spki" }));
  });
const bareSeal = (cipher: ContentCipher) => () =>
  many(async () => {
    const secret = await agreed(await keyPair(), peer.publicKey);
    sealedBare(cipher, secret);
    await signed(signer.privateKey);
  });
const bareOpen = (cipher: ContentCipher) => () =>
  many(async (index) => {
    await verified(signatures[index]!);
    const key = createPublicKey({ key: Buffer.from(peers[index]!), format: "der", type: "spki" });
    openedBare(cipher, await agreed(peer.privateKey, key));
  });

const bare = "the same primitives alone";

// A head-end runs for months: both sides are measured as they are once the compiler has seen enough of them.
for (let round = 0; round < 60; round++) {
  for (const run of [sealing("gcm"), sealing("cbc-cmac"), opening("gcm"), opening("cbc-cmac")]) await run();
}

export const works: readonly BenchWork[] = [
  ...(["gcm", "cbc-cmac"] as const).map((cipher) => ({
    name: `CMS: seal a day (${cipher})`,
    unit: "deliveries",
    ours: sealing(cipher),
    others: [
      { name: bare, run: bareSeal(cipher) },
      { name: "key pair, ECDH, signature alone", run: publicKeySeal },
    ],
    atLeast: { timesOther: { [bare]: 0.85 } },
  })),
  ...(["gcm", "cbc-cmac"] as const).map((cipher) => ({
    name: `CMS: open a day (${cipher})`,
    unit: "deliveries",
    ours: opening(cipher),
    others: [
      { name: bare, run: bareOpen(cipher) },
      { name: "verification, ECDH alone", run: publicKeyOpen },
    ],
    atLeast: { timesOther: { [bare]: 0.85 } },
  })),
];

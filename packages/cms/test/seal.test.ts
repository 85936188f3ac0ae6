/** What a gateway must not be able to seal by mistake: refused before anything is signed. */

import { validatePath } from "@siegel/pki";
import { EncodeError } from "@siegel/wire";
import { beforeAll, expect, test } from "vitest";
import { CertificateMemory, DeliveryError, sealContent, type ToDeliver } from "../src/index.ts";
import { makeWorld, senderOf, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const salt = new Uint8Array(32);
const block = Uint8Array.of(1);

test.each([
  ["number 0", { number: 0n }],
  ["number 2^63", { number: 2n ** 63n }],
  ["a message id of another length", { messageId: new Uint8Array(15) }],
  ["no profile", { profile: "" }],
  ["a profile that is too long", { profile: "x".repeat(65) }],
  ["no blocks", { blocks: [] }],
  ["too many blocks", { blocks: Array.from({ length: 4097 }, () => ({ salt, block })) }],
  ["a salt that is too short", { blocks: [{ salt: new Uint8Array(31), block }] }],
  ["an empty block", { blocks: [{ salt, block: new Uint8Array() }] }],
  ["a block above 1 MiB", { blocks: [{ salt, block: new Uint8Array((1 << 20) + 1) }] }],
] as [string, Partial<ToDeliver>][])("%s is not sealed", async (_, change) => {
  // Every receiver would refuse it, and the gateway would send it again for ever.
  await expect(world.seal(change)).rejects.toBeInstanceOf(EncodeError);
});

test("more than 4 MiB is not sealed, as a delivery or as a file", async () => {
  // As above.
  const blocks = Array.from({ length: 5 }, () => ({ salt, block: new Uint8Array(1 << 20) }));
  await expect(world.seal({ blocks })).rejects.toBeInstanceOf(DeliveryError);
  const { sender, lab } = world;
  const file = { content: new Uint8Array(1 << 22), sender, receiver: lab.emt.ENC.certificate, cipher: "gcm" } as const;
  await expect(sealContent(file)).rejects.toMatchObject({ code: "too-large" });
});

test("a delivery as large as it may be gets through", async () => {
  // The limit stated would not be the one that holds.
  const blocks = Array.from({ length: 3 }, () => ({ salt, block: new Uint8Array(1 << 20).fill(7) }));
  const { der } = await world.seal({ blocks });
  const opened = await world.opener.open({ der, trust: world.trust, at: world.at });
  expect(opened.blocks).toHaveLength(3);
  const many = await world.seal({ blocks: Array.from({ length: 4096 }, () => ({ salt, block })) });
  await world.opener.open({ der: many.der, trust: world.trust, at: world.at });
});

test("neither for a key that is no ENC key of a market participant, nor with one that is no SIG key", async () => {
  // Values would be encrypted for whoever's TLS key, or signed with a key that is kept less well.
  const { lab, at, trust } = world;
  const path = (leaf: typeof lab.emt.TLS.certificate, role: "EMT" | "GWA", purpose: "TLS" | "ENC") =>
    validatePath({ ...trust, leaf, at, role, purpose });
  for (const receiver of [
    await path(lab.emt.TLS.certificate, "EMT", "TLS"),
    await path(lab.gwa.ENC.certificate, "GWA", "ENC"),
  ]) {
    await expect(world.seal({ receiver })).rejects.toBeInstanceOf(RangeError);
  }
  await expect(world.seal({ sender: senderOf(lab, lab.gateway.TLS) })).rejects.toBeInstanceOf(RangeError);
  const file = { content: block, sender: world.sender, receiver: lab.emt.TLS.certificate, cipher: "gcm" } as const;
  await expect(sealContent(file)).rejects.toBeInstanceOf(RangeError);
});

test("a failing security module fails the sealing, and nothing is sent", async () => {
  // A delivery without a signature would be queued.
  const module = { sign: () => Promise.reject(new Error("the card was pulled")) };
  await expect(world.seal({ sender: { ...world.sender, module } })).rejects.toThrow("pulled");
});

test("what is sealed does not change when its parts are written to afterwards", async () => {
  // A buffer that is used again would change a delivery that waits to be sent.
  const messageId = new Uint8Array(16).fill(9);
  const sealed = await world.seal({ messageId });
  messageId.fill(0);
  sealed.der.fill(0);
  sealed.hash.fill(0);
  expect(sealed.header.messageId).toEqual(new Uint8Array(16).fill(9));
  const opened = await world.opener.open({ der: sealed.der, trust: world.trust, at: world.at });
  expect(opened.hash).toEqual(sealed.hash);
});

test("certificates that are remembered are bounded in number", () => {
  // A head-end would grow with every gateway that it ever saw.
  const { gateway, emt, gwa } = world.lab;
  const memory = new CertificateMemory(2);
  const all = [gateway.SIG, emt.SIG, gwa.SIG, gateway.SIG, gateway.SIG].map(({ certificate }) => certificate);
  for (const one of all) memory.keep(one);
  expect(memory.size).toBe(2);
  expect(memory.read(gateway.SIG.certificate.der)).toBe(gateway.SIG.certificate);
  expect(memory.read(emt.SIG.certificate.der)).not.toBe(emt.SIG.certificate);
});

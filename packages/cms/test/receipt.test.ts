/** Receipts: what a gateway believes before it forgets values. */

import { RevocationList } from "@siegel/pki";
import { beforeAll, expect, test } from "vitest";
import {
  type ExpectedReceipt,
  makeReceipt,
  type ReceiptAsk,
  ReceiptError,
  type VerifiedDelivery,
  verifyReceipt,
} from "../src/index.ts";
import { makeWorld, senderOf, type World } from "./world.ts";

let world: World;
let delivery: VerifiedDelivery;
let receipt: Uint8Array;
let expected: ExpectedReceipt;
beforeAll(async () => {
  world = await makeWorld();
  const { seal, opener, trust, at, receiptSender } = world;
  delivery = await opener.open({ der: (await seal()).der, trust, at });
  receipt = await makeReceipt({ delivery, committedAt: at, sender: receiptSender });
  const { header, hash: deliveryHash } = delivery;
  expected = { gatewayKey: header.sender, number: header.number, deliveryHash, receiverName: "Siegel-Lab.EMT" };
});

async function codeOf(ask: Partial<ReceiptAsk>): Promise<string> {
  const outcome: unknown = await verifyReceipt({ der: receipt, trust: world.trust, expected, ...ask }).catch(
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ReceiptError);
  const { code, outward } = outcome as ReceiptError; // asserted above
  expect(outward).toBe("receipt-refused");
  return code;
}

test("a receipt says what was committed, when and by whom", async () => {
  // Values would stay on the gateway for ever.
  const verified = await verifyReceipt({ der: receipt, trust: world.trust, expected });
  expect(verified).toMatchObject({ number: 1n, gatewayName: "ESGL0000000001.SMGW", committedAt: world.at });
  expect(verified.deliveryHash).toEqual(delivery.hash);
  expect(verified.signer.leaf.name).toBe("Siegel-Lab.EMT");
});

test("the same from the store: a restart between commit and receipt loses nothing", async () => {
  // A delivery that was committed just before a crash could never be receipted.
  const { header, gatewayName, hash: deliveryHash } = delivery;
  const stored = { gatewayKey: header.sender, gatewayName, number: header.number, deliveryHash };
  const der = await makeReceipt({ delivery: stored, committedAt: world.at, sender: world.receiptSender });
  await verifyReceipt({ der, trust: world.trust, expected });
});

test.each([
  ["gateway", { gatewayKey: new Uint8Array(20) }],
  ["number", { number: 2n }],
  ["delivery", { deliveryHash: new Uint8Array(32) }],
] as const)("a receipt for another %s frees nothing", async (_, other) => {
  // Values would be forgotten that were never received.
  expect(await codeOf({ expected: { ...expected, ...other } })).toBe("receipt-mismatch");
});

test("another market participant's receipt frees nothing", async () => {
  // Whoever has a certificate could make gateways forget what was meant for others.
  const other = await world.lab.triple({ role: "EMT", name: "Other" });
  const der = await makeReceipt({ delivery, committedAt: world.at, sender: senderOf(world.lab, other.SIG) });
  expect(await codeOf({ der })).toBe("other-receiver");
});

test("only market participants sign receipts", async () => {
  // A gateway would receipt itself, or another.
  const sender = senderOf(world.lab, world.lab.gateway.SIG);
  expect(() => makeReceipt({ delivery, committedAt: world.at, sender })).toThrow(RangeError);
  expect(await codeOf({ der: delivery.der })).toBe("wrong-content-type");
});

test("the signer is judged at the instant of the commit, or at the caller's", async () => {
  // Receipts would become void when a certificate ends; or one from a thief would count.
  const { lab, trust, at } = world;
  const { notAfterMs } = lab.emt.SIG.certificate;
  expect(await codeOf({ at: { epochMs: notAfterMs + 1 } })).toBe("path-expired");
  const late = await makeReceipt({
    delivery,
    committedAt: { epochMs: notAfterMs + 1 },
    sender: world.receiptSender,
  });
  expect(await codeOf({ der: late })).toBe("path-expired");
  await verifyReceipt({ der: late, trust, expected, at });
});

test("a revoked signer's receipt frees nothing", async () => {
  // A thief of the key could make gateways forget.
  const { lab, trust, at } = world;
  const other = await lab.triple({ role: "EMT", name: "Stolen" });
  lab.pki.revoke({ certificate: other.SIG.certificate, at: lab.now });
  const revocation = (await lab.pki.crls(lab.now)).map(({ der }) => RevocationList.parse(der));
  const der = await makeReceipt({ delivery, committedAt: at, sender: senderOf(lab, other.SIG) });
  const asked = { ...expected, receiverName: "Stolen.EMT" };
  await verifyReceipt({ der, trust, expected: asked });
  expect(await codeOf({ der, trust: { ...trust, revocation }, expected: asked })).toBe("path-revoked");
});

test("content that is no receipt, and too much of it", async () => {
  // The gateway would fail in a way that it does not expect.
  const { signMessage } = await import("../src/signed/sign.ts");
  const content = Uint8Array.of(0x30, 0);
  const der = await signMessage({ contentType: "receipt", content }, world.receiptSender);
  expect(await codeOf({ der })).toBe("bad-receipt");
  expect(await codeOf({ der, at: world.at })).toBe("bad-receipt");
  expect(await codeOf({ der: new Uint8Array(1 << 20) })).toBe("too-large");
});

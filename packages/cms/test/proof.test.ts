/** Proofs: each way in which one fails looks different, and a good one holds. */

import { RevocationList } from "@siegel/pki";
import { makeLab } from "@siegel/pki/testing";
import { beforeAll, expect, test } from "vitest";
import {
  checkProof,
  decodeProofBundle,
  encodeProofBundle,
  makeReceipt,
  type ProofBundle,
  type ProofQuestion,
  type ProofStepName,
} from "../src/index.ts";
import { changed, forged, otherGateway, signedBy } from "./forge.ts";
import { dayBlock, letter, makeWorld, senderOf, type World } from "./world.ts";

let world: World;
let bundle: ProofBundle;
beforeAll(async () => {
  world = await makeWorld();
  bundle = await bundleOf((await world.seal()).der);
});

/** A bundle around any delivery, receipted as if it had been good. */
async function bundleOf(delivery: Uint8Array, committedAt = world.at): Promise<ProofBundle> {
  const { lab, receiptSender } = world;
  const { digest } = await import("@siegel/crypto");
  const stored = {
    gatewayKey: lab.gateway.SIG.certificate.publicKey.keyId,
    gatewayName: "ESGL0000000001.SMGW",
    number: 1n,
    deliveryHash: digest("SHA-256", delivery),
  };
  return {
    version: 1,
    delivery,
    receipt: await makeReceipt({ delivery: stored, committedAt, sender: receiptSender }),
    blocks: letter(1n).blocks.map((one, index) => ({ index, ...one })),
    certificates: [lab.subCa, lab.emt.SIG.certificate, lab.emt.ENC.certificate].map(({ der }) => der),
    crls: lab.crls.map(({ der }) => der),
  };
}

/** Steps that did not pass, with their reasons; and that nothing is called a proof unless all of them did. */
async function findings(question: Partial<ProofQuestion>): Promise<Partial<Record<ProofStepName, string>>> {
  const result = await checkProof({ bundle, anchors: world.lab.anchors, ...question });
  const found = result.steps.filter(({ state }) => state !== "passed");
  expect(result.proof !== undefined).toBe(found.length === 0);
  if (found.some(({ state }) => state === "failed")) expect(result.passed).toBe(false);
  return Object.fromEntries(found.map(({ name, state, code }) => [name, `${state}: ${code}`]));
}

test("a good proof holds, as a file", async () => {
  // A consumer would be told that his genuine values are not.
  const file = encodeProofBundle(bundle);
  const result = await checkProof({ bundle: file, anchors: world.lab.anchors });
  expect(result.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "block passed",
    "commitment passed",
    "binding passed",
    "digest passed",
    "signature passed",
    "path passed",
    "receipt passed",
  ]);
  expect(result.passed).toBe(true);
  expect(result.proof?.gateway.leaf.name).toBe("ESGL0000000001.SMGW");
  expect(result.proof?.receipt.committedAt).toEqual(world.at);
  expect(encodeProofBundle(decodeProofBundle(file))).toEqual(file);
});

test("details are there to be shown: whose, which, when", async () => {
  // A page would say "good" and not what.
  const { steps } = await checkProof({ bundle, anchors: world.lab.anchors });
  const detail = Object.fromEntries(steps.map((step) => [step.name, step.detail]));
  expect(detail["signature"]).toMatchObject({ signer: "ESGL0000000001.SMGW" });
  expect(detail["binding"]).toMatchObject({ number: "1", profile: "TAF-7", kind: "measured" });
  expect(detail["receipt"]).toMatchObject({ committedAt: "2026-01-01T01:00:00.000Z", signer: "Siegel-Lab.EMT" });
  expect(detail["path"]?.["chain"]).toMatch(/^ESGL0000000001\.SMGW ← .+ ← .+$/);
  expect(detail["commitment"]?.["computed"]).toBe(detail["commitment"]?.["signed"]);
  expect(detail["block"]).toMatchObject({ date: "2026-01-01", values: "4" });
});

test("a block with one value changed fails at its commitment, and there only", async () => {
  // Who shows a wrong value would be believed.
  const bytes = dayBlock([100, 103, 110, 111]);
  expect(await findings({ block: { index: 0, bytes } })).toEqual({ commitment: "failed: commitment-mismatch" });
  const blocks = bundle.blocks.map((one) => ({ ...one, block: bytes }));
  expect(await findings({ bundle: { ...bundle, blocks } })).toEqual({ commitment: "failed: commitment-mismatch" });
  const salted = bundle.blocks.map((one) => ({ ...one, salt: new Uint8Array(32) }));
  expect(await findings({ bundle: { ...bundle, blocks: salted } })).toEqual({
    commitment: "failed: commitment-mismatch",
  });
});

test("the block that is displayed is the one that is judged", async () => {
  // The page would show one block and check another.
  expect(await findings({ block: { index: 0, bytes: letter(1n).blocks[0]!.block } })).toEqual({});
  expect(await findings({ block: { index: 1, bytes: letter(1n).blocks[0]!.block } })).toEqual({
    block: "failed: no-such-block",
    commitment: "skipped: no-block",
  });
  const beyond = bundle.blocks.map((one) => ({ ...one, index: 4 }));
  expect(await findings({ bundle: { ...bundle, blocks: beyond } })).toEqual({ commitment: "failed: no-such-block" });
  expect(await findings({ block: { index: 0, bytes: Uint8Array.of(1) } })).toMatchObject({
    block: "failed: not-a-block",
    commitment: "failed: commitment-mismatch",
  });
});

test("a seal of somebody who is no gateway fails at the path, by his role", async () => {
  // An operator could seal readings himself.
  const delivery = await signedBy(world, world.lab.emt.SIG);
  expect(await findings({ bundle: await bundleOf(delivery) })).toMatchObject({ path: "failed: wrong-role" });
});

test("a seal taken from another delivery fails at the signature", async () => {
  // Any genuine signature would do.
  const { decodeDer } = await import("@siegel/pki");
  const { SignedContentInfo } = await import("../src/asn1/signed-data.ts");
  const other = decodeDer(SignedContentInfo, await forged(world)).content.signerInfos[0]!.signature;
  const delivery = changed(bundle.delivery, (message) => ({
    ...message,
    content: {
      ...message.content,
      signerInfos: message.content.signerInfos.map((info) => ({ ...info, signature: other })),
    },
  }));
  expect(await findings({ bundle: await bundleOf(delivery) })).toEqual({ signature: "failed: bad-signature" });
});

test("another content under the seal fails at the digest", async () => {
  // What was encrypted could be replaced afterwards.
  const delivery = changed(bundle.delivery, (message) => ({
    ...message,
    content: {
      ...message.content,
      encapContentInfo: { ...message.content.encapContentInfo, eContent: Uint8Array.of(0x30, 0) },
    },
  }));
  expect(await findings({ bundle: await bundleOf(delivery) })).toEqual({ digest: "failed: digest-mismatch" });
});

test("a seal by another gateway than its header says fails at the binding", async () => {
  // A gateway could claim another's meters.
  const { sender } = await otherGateway(world);
  const found = await findings({ bundle: await bundleOf(await forged(world, { signer: sender })) });
  expect(found).toMatchObject({ binding: "failed: sender-mismatch" });
});

test("a chain that had run out at the receipt fails at the path", async () => {
  // Certificates would never end.
  const { notAfterMs } = world.lab.gateway.SIG.certificate;
  const late = await bundleOf(bundle.delivery, { epochMs: notAfterMs + 1 });
  expect(await findings({ bundle: late })).toMatchObject({
    path: "failed: expired",
    receipt: "failed: path-expired",
  });
});

test("a signer that was revoked before the receipt fails at the path", async () => {
  // A stolen gateway's deliveries would still prove something.
  const { lab } = world;
  const own = await makeLab({ seed: "revoked" });
  const there = { ...world, lab: own, sender: senderOf(own, own.gateway.SIG) };
  const delivery = await forged(there);
  own.pki.revoke({ certificate: own.gateway.SIG.certificate, at: own.now });
  const crls = (await own.pki.crls(own.now)).map(({ der }) => der);
  expect(crls.map((der) => RevocationList.parse(der).number)).toHaveLength(2);
  const { digest } = await import("@siegel/crypto");
  const receipt = await makeReceipt({
    delivery: {
      gatewayKey: own.gateway.SIG.certificate.publicKey.keyId,
      gatewayName: "ESGL0000000001.SMGW",
      number: 1n,
      deliveryHash: digest("SHA-256", delivery),
    },
    committedAt: world.at,
    sender: senderOf(own, own.emt.SIG),
  });
  const certificates = [own.subCa, own.emt.ENC.certificate].map(({ der }) => der);
  const whole = { ...bundle, delivery, receipt, certificates, crls };
  expect(await findings({ bundle: whole, anchors: own.anchors })).toEqual({ path: "failed: revoked" });
  expect(lab).toBe(world.lab);
});

test("another root, and certificates or lists that are missing, fail at the path and at the receipt", async () => {
  // A proof would rest on what its maker put into it.
  const other = await makeLab({ seed: "other root" });
  expect(await findings({ anchors: other.anchors })).toEqual({
    path: "failed: no-path",
    receipt: "failed: path-no-path",
  });
  expect(await findings({ anchors: [] })).toMatchObject({ path: "failed: no-path" });
  expect(await findings({ bundle: { ...bundle, crls: [] } })).toMatchObject({ path: "failed: no-revocation-list" });
  const withRoot = [...bundle.certificates, world.lab.root.der];
  expect(await findings({ bundle: { ...bundle, certificates: withRoot }, anchors: [] })).toMatchObject({
    path: "failed: no-path",
  });
});

test("certificates that the delivery should not carry fail at the path", async () => {
  // The same delivery would exist with several hashes.
  const delivery = changed(bundle.delivery, (message) => ({
    ...message,
    content: { ...message.content, certificates: [...message.content.certificates, world.lab.root.der] },
  }));
  expect(await findings({ bundle: await bundleOf(delivery) })).toEqual({ path: "failed: wrong-certificates" });
});

test("a receipt for something else, or by somebody else, fails as a receipt", async () => {
  // The instant of the proof would be anybody's word.
  const { lab, at, receiptSender } = world;
  const { digest } = await import("@siegel/crypto");
  const right = {
    gatewayKey: lab.gateway.SIG.certificate.publicKey.keyId,
    gatewayName: "ESGL0000000001.SMGW",
    number: 1n,
    deliveryHash: digest("SHA-256", bundle.delivery),
  };
  const receipted = async (change: Partial<typeof right>, sender = receiptSender) => {
    const receipt = await makeReceipt({ delivery: { ...right, ...change }, committedAt: at, sender });
    return findings({ bundle: { ...bundle, receipt } });
  };
  expect(await receipted({})).toEqual({});
  const mismatch = { receipt: "failed: receipt-mismatch" };
  expect(await receipted({ number: 2n })).toEqual(mismatch);
  expect(await receipted({ deliveryHash: new Uint8Array(32) })).toEqual(mismatch);
  expect(await receipted({ gatewayKey: new Uint8Array(20) })).toEqual(mismatch);
  expect(await receipted({ gatewayName: "ESGL0000000009.SMGW" })).toEqual(mismatch);
  const other = await lab.triple({ role: "EMT", name: "Other" });
  expect(await receipted({}, senderOf(lab, other.SIG))).toEqual({ receipt: "failed: other-receiver" });
  const certificates = [lab.subCa.der];
  expect(await findings({ bundle: { ...bundle, certificates } })).toEqual({
    receipt: "failed: no-receiver-certificate",
  });
  expect(await findings({ bundle: { ...bundle, receipt: bundle.delivery }, at })).toEqual({
    receipt: "failed: wrong-content-type",
  });
});

test("without a receipt it is no proof; with an instant the seal can still be judged", async () => {
  // A seal that was never received would count as accepted; or a delivery alone could not be looked at.
  const { receipt: _, ...without } = bundle;
  expect(await findings({ bundle: without })).toEqual({
    path: "skipped: no-instant",
    receipt: "skipped: no-receipt",
  });
  expect(await findings({ bundle: without, at: world.at })).toEqual({ receipt: "skipped: no-receipt" });
  const alone = { ...without, blocks: [] };
  const { passed, proof, steps } = await checkProof({ bundle: alone, anchors: world.lab.anchors, at: world.at });
  expect({ passed, proof }).toEqual({ passed: true, proof: undefined });
  expect(steps.filter(({ state }) => state === "skipped").map(({ name }) => name)).toEqual([
    "block",
    "commitment",
    "receipt",
  ]);
  expect((await checkProof({ bundle: without, anchors: world.lab.anchors })).passed).toBe(false);
});

test("octets that are no bundle, and bundles of rubbish, are judged and never throw", async () => {
  // The page would break instead of saying what is wrong.
  const { anchors } = world.lab;
  const garbage = await checkProof({ bundle: Uint8Array.of(1, 2, 3), anchors });
  expect(garbage.passed).toBe(false);
  expect(garbage.steps[0]).toMatchObject({ state: "failed", code: "malformed-bundle" });
  const huge = new Uint8Array((1 << 22) + 1);
  expect(await findings({ bundle: { ...bundle, delivery: huge } })).toMatchObject({ signature: "failed: too-large" });
  const rubbish = {
    ...bundle,
    delivery: Uint8Array.of(1),
    receipt: Uint8Array.of(2),
    certificates: [Uint8Array.of(3)],
  };
  expect(await findings({ bundle: rubbish })).toMatchObject({
    signature: "failed: malformed",
    commitment: "skipped: not-reached",
    binding: "skipped: not-reached",
    path: "skipped: not-reached",
    receipt: "skipped: not-reached",
  });
});

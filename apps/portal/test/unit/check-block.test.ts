/** The check of one block, as the worker does it, with real seals that are wrong in one way each. */

import { decodeProofBundle } from "@siegel/cms/verify";
import { fromPem, toPem } from "@siegel/pki";
import { expect, test } from "vitest";

import { checkBlock } from "../../src/check/check-block.ts";
import type { ShownBlock } from "../../src/check/messages.ts";
import { readRoot } from "../../src/check/proof.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { higher } from "../browser/fixture/server.ts";
import { type ProofOptions, type Proofs, proofsOf } from "../browser/fixture/proofs.ts";
import { newWorld, seriesAnswer } from "../browser/fixture/world.ts";

const world = newWorld();
const block = world.blocks.find(({ totals }) => totals.length === 96)!; // a whole day
const at = block.firstAt;

const shown: ShownBlock = {
  blockId: block.id,
  meter: world.meter.id,
  obis: block.obis,
  unit: "Wh",
  gateway: "ESGL0000000001.SMGW",
  values: seriesAnswer(world, block.obis, at, at.plus(95 * 900_000)).values.map((one) => ({
    atMs: Date.parse(one.at),
    value: one.value,
    quality: one.quality,
  })),
};

async function check(options: ProofOptions = {}, display: ShownBlock = shown, trusted?: Proofs) {
  const proofs = await proofsOf(world, options);
  const proof = await proofs.proofOf(block.id);
  return checkBlock({ do: "check", id: 1, shown: display, proof: proof!, root: (trusted ?? proofs).lab.root.der }); // it is there
}

test("a genuine block: every step passes, and says who, which and when", async () => {
  // The page would call genuine readings false, or could not say what it checked.
  const { verdict, steps, block: span, shownCount } = await check();
  expect(steps.map(({ name, state, code }) => [name, state, code])).toEqual(
    ["subject", "block", "commitment", "binding", "digest", "signature", "gateway", "path", "receipt"].map((name) => [
      name,
      "passed",
      undefined,
    ]),
  );
  expect(verdict).toBe("genuine");
  expect(steps.find(({ name }) => name === "signature")?.detail).toMatchObject({ signer: "ESGL0000000001.SMGW" });
  expect(steps.find(({ name }) => name === "receipt")?.detail).toMatchObject({ signer: "Siegel-Lab.EMT" });
  expect([span?.count, span?.fromMs, shownCount]).toEqual([96, at.epochMs, 96]);
});

test.each<[string, ProofOptions, Verdict]>([
  ["a seal without the gateway's key", { forged: true }, "stranger"],
  ["a seal of somebody who may not seal readings", { wrongRole: true }, "stranger"],
  ["a chain that had ended", { expired: true }, "invalidTime"],
  ["a gateway that was revoked", { revoked: true }, "revoked"],
  ["no receipt", { noReceipt: true }, "noReceipt"],
])("%s", async (_what, options, verdict) => {
  // It would pass for genuine, or for something else that asks for another answer.
  expect((await check(options)).verdict).toBe(verdict);
});

test("one value that is a tenth higher", async () => {
  // A head-end that rounds up would not be noticed.
  const values = shown.values.map((one, index) => (index === 50 ? { ...one, value: higher(one.value) } : one));
  const { verdict, steps } = await check({}, { ...shown, values });
  expect(verdict).toBe("changed");
  expect(steps.filter(({ state }) => state !== "passed").map(({ name }) => name)).toEqual(["commitment"]);
});

test("a value that no block can carry is a changed one, not an unreadable proof", async () => {
  // The reader would blame the proof for what the page was made to show.
  const values = shown.values.map((one, index) => (index === 50 ? { ...one, value: "9".repeat(60) } : one));
  expect((await check({}, { ...shown, values })).verdict).toBe("changed");
});

test("the proof of another meter", async () => {
  // The neighbour's genuine readings would be mine.
  expect((await check({}, { ...shown, meter: "0a01" })).verdict).toBe("otherSubject");
});

test("a sound seal of another gateway", async () => {
  // Whoever holds any gateway's keys could tell what my meter counts.
  const { verdict, steps } = await check({}, { ...shown, gateway: "ESGL0000000002.SMGW" });
  expect(verdict).toBe("otherGateway");
  expect(steps.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual(["gateway"]);
});

test("another root", async () => {
  // A server with a PKI of its own would convince whoever brings the true root.
  const other = await proofsOf(world, {}, "another world");
  expect((await check({}, shown, other)).verdict).toBe("otherRoot");
});

test("octets that are no proof", async () => {
  // The check would break, and the page wait for ever.
  const { lab, proofOf } = await proofsOf(world);
  const whole = (await proofOf(block.id))!; // it is there
  for (const proof of [new Uint8Array(), whole.slice(0, 100), whole.slice(1)]) {
    const report = await checkBlock({ do: "check", id: 1, shown, proof, root: lab.root.der });
    expect([report.verdict, report.block]).toEqual(["unreadable", undefined]);
  }
});

test("a changed octet is noticed, but in certificates that stand there twice", async () => {
  // Some part of a proof would be believed without being checked.
  const { lab, proofOf } = await proofsOf(world);
  const whole = (await proofOf(block.id))!; // it is there
  const { delivery, receipt, crls } = decodeProofBundle(whole); // views into the whole
  const places: number[] = [];
  for (let place = 0; place < whole.length; place += 97) {
    const proof = whole.slice();
    proof[place]! ^= 0x10;
    const { verdict } = await checkBlock({ do: "check", id: 1, shown, proof, root: lab.root.der });
    if (verdict === "genuine") places.push(place);
  }
  const within = (part: Uint8Array) =>
    places.filter((place) => place - offset(part) >= 0 && place - offset(part) < part.length);
  const offset = (part: Uint8Array): number => part.byteOffset - whole.byteOffset;
  expect([delivery, ...crls].flatMap(within)).toEqual([]);
  // A receipt carries its authority's certificate, which the bundle carries as well: about 750 octets.
  expect(within(receipt!).length).toBeLessThanOrEqual(8);
});

test("a root comes from a PEM or DER file that holds just one", async () => {
  // The reader would trust a certificate that he did not choose.
  const { lab } = await proofsOf(world);
  const pem = toPem("CERTIFICATE", lab.root.der);
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  expect(readRoot(lab.root.der)).toMatchObject({ name: "SM-Root.CA" });
  expect(readRoot(text(pem))?.certificate).toEqual(fromPem(pem)[0]);
  for (const file of [lab.subCa.der, text(pem + pem), text("-----BEGIN nothing"), new Uint8Array()]) {
    expect(readRoot(file)).toBeUndefined();
  }
});

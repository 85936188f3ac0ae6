/** Proofs: each way in which one fails looks different, and a good one holds. */

import { beforeAll, expect, test } from "vitest";
import { checkProof, encodeProofBundle, makeReceipt, type ProofBundle } from "../src/index.ts";
import { letter, makeWorld, type World } from "./world.ts";

let world: World;
let bundle: ProofBundle;
beforeAll(async () => {
  world = await makeWorld();
  const { seal, opener, trust, at, receiptSender, lab } = world;
  const delivery = await opener.open({ der: (await seal()).der, trust, at });
  const receipt = await makeReceipt({ delivery, committedAt: at, sender: receiptSender });
  bundle = {
    version: 1,
    delivery: delivery.der,
    receipt,
    blocks: letter(1n).blocks.map((one, index) => ({ index, ...one })),
    certificates: [...delivery.gateway.chain, lab.emt.SIG.certificate, lab.emt.ENC.certificate].map(({ der }) => der),
    crls: lab.crls.map(({ der }) => der),
  };
});

test("a good proof holds, as a file", async () => {
  // A consumer would be told that his genuine values are not.
  const result = await checkProof({ bundle: encodeProofBundle(bundle), anchors: world.lab.anchors });
  expect(result.steps.map(({ name, state, code }) => [name, state, code])).toEqual(
    ["block", "commitment", "binding", "digest", "signature", "path", "receipt"].map((name) => [
      name,
      "passed",
      undefined,
    ]),
  );
  expect(result.passed).toBe(true);
  expect(result.proof?.gateway.leaf.name).toBe("ESGL0000000001.SMGW");
});

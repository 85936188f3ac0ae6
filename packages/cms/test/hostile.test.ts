/**
 * Every octet of a delivery and of a receipt counts: each single bit flipped, each truncation, is refused.
 *
 * All of them, not samples: the octets that no check covers are exactly those that samples miss.
 */

import { beforeAll, expect, test } from "vitest";
import { encodeDer, octetString, PathCache } from "@siegel/pki";
import {
  checkProof,
  DeliveryError,
  encodeProofBundle,
  makeReceipt,
  type ProofBundle,
  ReceiptError,
  refusalCodes,
  type Trust,
  verifyReceipt,
} from "../src/index.ts";
import { paddedContent } from "../src/delivery/padding.ts";
import { decrypt } from "../src/encrypted/decrypt.ts";
import { encrypt } from "../src/encrypted/encrypt.ts";
import { readEnvelope } from "../src/encrypted/envelope.ts";
import { letter, makeWorld, type World } from "./world.ts";

let world: World;
let trust: Trust;
beforeAll(async () => {
  world = await makeWorld();
  trust = { ...world.trust, cache: new PathCache() };
});

test("every bit flipped in a delivery is refused, with one word outside and a reason inside", async () => {
  // A relay could alter a delivery: its values, or only its hash, which makes the true one look like a forgery.
  const { der } = await world.seal({ blocks: small });
  await world.opener.open({ der, trust, at: world.at });
  const codes = await refusals(flipsOf(der), DeliveryError, (octets) =>
    world.opener.open({ der: octets, trust, at: world.at }),
  );
  expect(codes.size).toBeGreaterThan(5); // by checks of all kinds, not by one that refuses everything
}, 300_000);

test("every bit flipped in an envelope that is signed all the same is refused, under both ciphers", async () => {
  // Behind the signature nothing would be checked: a gateway with a fault could make us store what it never measured.
  for (const cipher of ["gcm", "cbc-cmac"] as const) {
    const { lab, receiver } = world;
    const { certificate } = lab.emt.ENC;
    const content = paddedContent(encodeDer(octetString(), Uint8Array.of(1)));
    const der = await encrypt({ content, receiver: certificate, cipher });
    const open = async (octets: Uint8Array) => decrypt(readEnvelope(octets, [receiver]));
    expect(await open(der)).toEqual(content);
    const codes = await refusals(flipsOf(der), DeliveryError, open);
    expect([...codes]).toEqual(expect.arrayContaining(["bad-envelope", "unwrap-failed", "tag-mismatch"]));
  }
}, 300_000);

test("every truncation of a delivery is refused", async () => {
  // What a broken line leaves would be taken for a whole.
  const { der } = await world.seal();
  const cuts = Array.from({ length: der.length }, (_, length) => () => der.slice(0, length));
  const codes = await refusals(cuts, DeliveryError, (octets) =>
    world.opener.open({ der: octets, trust, at: world.at }),
  );
  expect([...codes]).toEqual(["malformed"]);
});

test("every bit flipped in a receipt, and every truncation, is refused", async () => {
  // A gateway would forget values for a receipt that nobody signed.
  const delivery = await world.opener.open({ der: (await world.seal()).der, trust, at: world.at });
  const receipt = await makeReceipt({ delivery, committedAt: world.at, sender: world.receiptSender });
  const expected = {
    gatewayKey: delivery.header.sender,
    number: delivery.header.number,
    deliveryHash: delivery.hash,
    receiverName: "Siegel-Lab.EMT",
  };
  await verifyReceipt({ der: receipt, trust, expected });
  const cuts = Array.from({ length: receipt.length }, (_, length) => () => receipt.slice(0, length));
  const codes = await refusals([...flipsOf(receipt), ...cuts], ReceiptError, (der) =>
    verifyReceipt({ der, trust, expected }),
  );
  expect(codes.size).toBeGreaterThan(5);
}, 300_000);

test("no single bit of a proof bundle can be flipped so that the proof still holds and says something else", async () => {
  // A file that proves one thing could be made to prove another.
  const { lab, at, receiptSender } = world;
  const delivery = await world.opener.open({ der: (await world.seal()).der, trust, at });
  const bundle: ProofBundle = {
    version: 1,
    delivery: delivery.der,
    receipt: await makeReceipt({ delivery, committedAt: at, sender: receiptSender }),
    blocks: letter(1n).blocks.map((one, index) => ({ index, ...one })),
    certificates: [lab.subCa, lab.emt.ENC.certificate].map(({ der }) => der),
    crls: lab.crls.map(({ der }) => der),
  };
  const file = encodeProofBundle(bundle);
  const places = flipsOf(file).filter((_, bit) => bit % 199 === 0); // a check takes some milliseconds
  for (const flip of places) {
    const { proof } = await checkProof({ bundle: flip(), anchors: lab.anchors });
    if (proof === undefined) continue;
    expect(proof.header).toEqual(delivery.header);
    expect(proof.receipt.committedAt).toEqual({ epochMs: at.epochMs });
  }
}, 300_000);

const small = [{ salt: new Uint8Array(32), block: Uint8Array.of(1) }];

/** Each bit flipped, made when it is its turn. */
function flipsOf(octets: Uint8Array): (() => Uint8Array)[] {
  return Array.from({ length: octets.length * 8 }, (_, bit) => () => {
    const flipped = octets.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    return flipped;
  });
}

/** Codes with which all of them were refused; 64 at a time, so that both cores work. */
async function refusals(
  inputs: readonly (() => Uint8Array)[],
  kind: typeof DeliveryError | typeof ReceiptError,
  open: (octets: Uint8Array) => Promise<unknown>,
): Promise<Set<string>> {
  const codes = new Set<string>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < inputs.length; index = next++) {
      const outcome = await open(inputs[index]!()).then(
        () => new Error(`input ${index} was accepted`),
        (error: unknown) => error,
      );
      if (!(outcome instanceof kind)) throw outcome;
      if (!outcome.code.startsWith("path-") && !Object.hasOwn(refusalCodes, outcome.code)) throw outcome;
      if (outcome.outward !== new kind("malformed").outward) throw outcome;
      codes.add(outcome.code);
    }
  };
  await Promise.all(Array.from({ length: 64 }, work));
  return codes;
}

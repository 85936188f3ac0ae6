/**
 * The format as it is written today. A change here is a change of the format: old deliveries must stay readable for decades,
 * so it needs a new version and a reader for both.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Certificate, decodeDer, encodeDer, RevocationList } from "@siegel/pki";
import { fromHex, toHex } from "@siegel/wire";
import { beforeAll, expect, test } from "vitest";
import { SharedInfo } from "../src/asn1/auth-enveloped-data.ts";
import { ReceiptContent } from "../src/asn1/receipt.ts";
import { SignedContentInfo } from "../src/asn1/signed-data.ts";
import { derivationOf } from "../src/encrypted/agreement.ts";
import { decrypt } from "../src/encrypted/decrypt.ts";
import { readEnvelope } from "../src/encrypted/envelope.ts";
import { fixedDelivery } from "./fixed.ts";
import { changed } from "./forge.ts";
import { letter, makeWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

test.each(["gcm", "cbc-cmac"] as const)("a delivery of fixed keys under %s is the one of the file", async (cipher) => {
  // What gateways in the field send could no longer be read, or not by others.
  const { der } = await fixedDelivery(world, cipher);
  // The lab signs its certificates anew in each run, so they are left out.
  const without = changed(der, (message) => ({
    ...message,
    content: { ...message.content, certificates: [Uint8Array.of(0x30, 0)] },
  }));
  await expect(wrapped(without)).toMatchFileSnapshot(`vectors/delivery-${cipher}.hex`);
});

test.each(["gcm", "cbc-cmac"] as const)("a delivery under %s that was recorded once is opened", async (cipher) => {
  // The writer and the reader could drift together.
  const { root, crls, der } = recorded(cipher);
  const trust = {
    anchors: [Certificate.parse(root)],
    others: [],
    revocation: crls.map((crl) => RevocationList.parse(crl)),
  };
  const { header, blocks, gatewayName } = await world.opener.open({ der, trust, at: world.at });
  expect({ header, blocks: blocks.map(({ salt, block }) => ({ salt, block })) }).toEqual({
    header: (await fixedDelivery(world, cipher)).header,
    blocks: letter(1n).blocks,
  });
  expect(gatewayName).toBe("ESGL0000000001.SMGW");
});

/** Root, two lists, delivery: one in a line. */
function recorded(cipher: string) {
  const file = readFileSync(join(import.meta.dirname, `vectors/recorded-${cipher}.hex`), "utf8");
  const [root, first, second, der] = file.trim().split("\n").map(fromHex);
  return { root: root!, crls: [first!, second!], der: der! };
}

test("the page of the format shows these octets", async () => {
  // Whoever implements it from the page would fail on his first try.
  const page = readFileSync(join(import.meta.dirname, "../../../docs/formats/delivery.md"), "utf8").replaceAll(
    /\s/g,
    "",
  );
  const { der } = await fixedDelivery(world, "gcm");
  const { encapContentInfo, signerInfos } = decodeDer(SignedContentInfo, der).content;
  const envelope = encapContentInfo.eContent;
  const attributes = signerInfos[0]!.signedAttrs.slice();
  attributes[0] = 0x31;
  const { gateway, emt } = world.lab;
  const parts = {
    envelope,
    attributes,
    signature: signerInfos[0]!.signature,
    point: gateway.SIG.certificate.publicKey.toPoint(),
    secret: emt.ENC.key.toPkcs8().slice(-32),
    plaintext: await decrypt(readEnvelope(envelope, [world.receiver])),
    sharedInfo: derivationOf(undefined).sharedInfo,
  };
  const missing = Object.entries(parts).filter(([, part]) => !page.includes(toHex(part)));
  expect(missing.map(([name]) => name)).toEqual([]);
});

test("shared info and receipt content are these octets", () => {
  // Keys would no longer agree with those of other implementations; receipts no longer with those in stores.
  expect(toHex(derivationOf(undefined).sharedInfo)).toBe("3015300b0609608648016503040105a206040400000080");
  expect(decodeDer(SharedInfo, derivationOf(Uint8Array.of(7)).sharedInfo).entityUInfo).toEqual(Uint8Array.of(7));
  const receipt = encodeDer(ReceiptContent, {
    version: 1,
    gateway: new Uint8Array(20).fill(0xaa),
    gatewayName: "ESGL0000000001.SMGW",
    number: 128n,
    deliveryHash: new Uint8Array(32).fill(0xbb),
    committedAt: 1_767_225_600_000,
  });
  expect(toHex(receipt)).toBe(
    `305c0201010414${"aa".repeat(20)}0c134553474c303030303030303030312e534d4757020200800420${"bb".repeat(32)}0206019b76daa800`,
  );
});

/** 32 octets a line. */
function wrapped(octets: Uint8Array): string {
  return `${toHex(octets)
    .replaceAll(/(.{64})/g, "$1\n")
    .trimEnd()}\n`;
}

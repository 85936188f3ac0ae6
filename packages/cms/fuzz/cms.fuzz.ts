/**
 * Everything of a stranger that is read here, under changed input: a value, or a DecodeError or DeliveryError.
 *
 * Beyond that, what was read and is written again is the same octets: nothing is read that is not looked at. Signatures and
 * secrets are left out, so that what stands behind them is reached.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeDer, type Der, encodeDer } from "@siegel/pki";
import { DecodeError, equalBytes, fromHex } from "@siegel/wire";
import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";
import { AuthEnvelopedData } from "../src/asn1/auth-enveloped-data.ts";
import { DeliveryBinding, DeliveryContent } from "../src/asn1/delivery.ts";
import { ProofBundle } from "../src/asn1/proof-bundle.ts";
import { ReceiptContent } from "../src/asn1/receipt.ts";
import { SignedAttributes, SignedContentInfo } from "../src/asn1/signed-data.ts";
import { oidDer } from "../src/asn1/tlv.ts";
import { paddedContent } from "../src/delivery/padding.ts";
import { readEnvelope } from "../src/encrypted/envelope.ts";
import { DeliveryError } from "../src/errors.ts";
import { encodeProofBundle, makeReceipt } from "../src/index.ts";
import { oids } from "../src/oids.ts";
import { readAttributes } from "../src/signed/attributes.ts";
import { CertificateMemory, certificatesOf } from "../src/signed/certificates.ts";
import { readClaim } from "../src/signed/claim.ts";
import { hasLowS } from "../src/signed/low-s.ts";
import { blocksDer, changed } from "../test/forge.ts";
import { letter, makeWorld } from "../test/world.ts";

const world = await makeWorld();
const declarations: readonly Der<any>[] = [
  // any: each has its own type
  SignedContentInfo,
  SignedAttributes,
  AuthEnvelopedData,
  DeliveryContent,
  DeliveryBinding,
  ReceiptContent,
  ProofBundle,
];
const seeds = await madeSeeds();

export const target: FuzzTarget = {
  name: "cms",
  seeds: () => seeds,
  dictionary: [
    ...Object.values(oidDer),
    ...["3080", "30820100", "a000", "a100", "0500", "020103", "0414", "0401ff", "8000", "3184ffffffff"].map(fromHex),
  ],
  run(bytes) {
    for (const declaration of declarations) sameAgain(declaration, bytes);
    hasLowS(bytes);
    refusedOrRead(() => readEnvelope(bytes, [world.receiver]));
    refusedOrRead(() => readAttributes(bytes, { contentType: oids.authEnvelopedData, own: oids.deliveryBinding }));
    for (const contentType of [oids.authEnvelopedData, oids.receipt]) {
      refusedOrRead(() => {
        const claim = readClaim(bytes, { contentType, maxBytes: 1 << 20 });
        readAttributes(claim.attributes, { contentType });
        certificatesOf(claim, new CertificateMemory(4));
      });
    }
  },
};

function sameAgain(declaration: Der<unknown>, bytes: Uint8Array): void {
  let value: unknown;
  try {
    value = decodeDer(declaration, bytes);
  } catch (error) {
    if (error instanceof DecodeError) return;
    throw error;
  }
  if (!equalBytes(encodeDer(declaration, value), bytes)) throw new Error(`${declaration.name} written again differs`);
}

function refusedOrRead(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
  }
}

/** The same in every run: recorded, or made of what is not random. */
async function madeSeeds(): Promise<readonly Uint8Array[]> {
  const recorded = ["gcm", "cbc-cmac"].map((cipher) => {
    const file = readFileSync(join(import.meta.dirname, `../test/vectors/recorded-${cipher}.hex`), "utf8");
    return file.trim().split("\n").map(fromHex);
  });
  const inner = recorded.flatMap(([, , , der]) => {
    const { encapContentInfo, signerInfos } = decodeDer(SignedContentInfo, der!).content;
    const set = signerInfos[0]!.signedAttrs.slice();
    set[0] = 0x31;
    const binding = decodeDer(SignedAttributes, set).find(({ attrType }) => attrType === oids.deliveryBinding);
    return [der!, encapContentInfo.eContent, set, binding!.attrValues[0]!];
  });
  const [root, list, , delivery] = recorded[0]!;
  const sign = async () => fromHex("3006020101020101");
  const receipt = changed(
    await makeReceipt({
      delivery: { gatewayKey: new Uint8Array(20), gatewayName: "x", number: 1n, deliveryHash: new Uint8Array(32) },
      committedAt: world.at,
      sender: { ...world.receiptSender, module: { sign } },
    }),
    (message) => ({ ...message, content: { ...message.content, certificates: [root!] } }),
  );
  const { blocks } = letter(1n);
  const { header } = decodeDer(DeliveryBinding, inner[3]!);
  const bundle = encodeProofBundle({
    version: 1,
    delivery: delivery!,
    receipt,
    blocks: blocks.map((one, index) => ({ index, ...one })),
    certificates: [root!],
    crls: [list!],
  });
  const receiptContent = decodeDer(SignedContentInfo, receipt).content.encapContentInfo.eContent;
  return [...inner, receipt, receiptContent, bundle, paddedContent(header.raw, blocksDer(blocks))];
}

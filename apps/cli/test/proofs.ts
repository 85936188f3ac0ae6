/** A small delivery with its receipt, as bundles, for tests of `siegel verify`. */

import { encodeProofBundle, makeReceipt, type ProofBundle, sealDelivery, type Sender } from "@siegel/cms";
import { type Lab, type LabTriple, makeLab } from "@siegel/pki/testing";
import { toPem, validatePath } from "@siegel/pki";
import { encodeDayBlock, Instant, LocalDay, MeterId, ObisCode, unitOfSymbol } from "@siegel/readings";

export interface Proofs {
  readonly lab: Lab;
  readonly rootPem: string;
  readonly delivery: Uint8Array;
  readonly receipt: Uint8Array;
  readonly blocks: readonly Uint8Array[];
  readonly bundle: ProofBundle;
  readonly bundleDer: Uint8Array;
}

export async function proofs(
  options: { readonly signedBy?: "emt"; readonly blocks?: number; readonly lab?: Lab } = {},
): Promise<Proofs> {
  const lab = options.lab ?? (await makeLab());
  const { anchors, others, crls: revocation, now: at, gateway, emt } = lab;
  const receiver = await validatePath({
    leaf: emt.ENC.certificate,
    others,
    anchors,
    revocation,
    at,
    role: "EMT",
    purpose: "ENC",
  });
  const blocks = Array.from({ length: options.blocks ?? 1 }, (_, index) => blockOf(index));
  const sealed = await sealDelivery({
    profile: "TAF-7",
    kind: "measured",
    number: 7n,
    messageId: new Uint8Array(16).fill(3),
    blocks: blocks.map((block, index) => ({ salt: new Uint8Array(32).fill(index + 1), block })),
    sender: senderOf(options.signedBy === "emt" ? emt : gateway, lab),
    receiver,
    cipher: "gcm",
  });
  const delivery = sealed.der;
  const receipt = await receiptFor(lab, sealed);
  const bundle: ProofBundle = {
    version: 1,
    delivery,
    receipt,
    blocks: blocks.map((block, index) => ({ index, salt: new Uint8Array(32).fill(index + 1), block })),
    certificates: [...others, emt.SIG.certificate, emt.ENC.certificate].map(({ der }) => der),
    crls: revocation.map(({ der }) => der),
  };
  const rootPem = toPem("CERTIFICATE", lab.root.der);
  return { lab, rootPem, delivery, receipt, blocks, bundle, bundleDer: encodeProofBundle(bundle) };
}

function receiptFor(lab: Lab, sealed: Awaited<ReturnType<typeof sealDelivery>>): Promise<Uint8Array> {
  return makeReceipt({
    delivery: {
      gatewayKey: sealed.header.sender,
      gatewayName: lab.gateway.SIG.certificate.name,
      number: sealed.header.number,
      deliveryHash: sealed.hash,
    },
    committedAt: { epochMs: lab.now.epochMs + 60_000 },
    sender: senderOf(lab.emt, lab),
  });
}

function senderOf({ SIG }: LabTriple, lab: Lab): Sender {
  return {
    module: { sign: (ask) => SIG.key.sign(ask) },
    slot: "sig",
    certificate: SIG.certificate,
    others: lab.others,
  };
}

/** A day of quarter hours, of one register or the other. */
export function blockOf(index: number, first = 100): Uint8Array {
  const day = LocalDay.of("2026-01-01", "Europe/Berlin");
  return encodeDayBlock({
    meter: MeterId.ofLabel("1DZG0060694613"),
    obis: ObisCode.parse(index === 0 ? "1-0:1.8.0*255" : "1-0:2.8.0*255"),
    kind: "total",
    unit: unitOfSymbol("Wh"),
    scaler: -1,
    trust: "clear",
    revision: 0,
    day,
    firstAt: Instant.ofEpochMs(day.start.epochMs),
    periodMs: 900_000,
    values: Float64Array.of(first, 103, 110, 110),
    qualities: [{ value: "valid", count: 4 }],
    statuses: [{ value: undefined, count: 4 }],
  });
}

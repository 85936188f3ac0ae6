/** One gateway, one receiver and their PKI, and deliveries between them: the same in every run. */

import type { SecurityModule } from "@siegel/crypto";
import { type Lab, type LabIdentity, type LabTriple, makeLab } from "@siegel/pki/testing";
import { type ValidatedPath, validatePath } from "@siegel/pki";
import { encodeDayBlock, LocalDay, MeterId, ObisCode, Instant, unitOfSymbol } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import {
  Opener,
  type SealedDelivery,
  sealDelivery,
  type Receiver,
  type Sender,
  type ToDeliver,
  type Trust,
} from "../src/index.ts";

export interface World {
  readonly lab: Lab;
  readonly at: { readonly epochMs: number };
  readonly trust: Trust;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly receiverPath: ValidatedPath;
  readonly receiptSender: Sender;
  seal(change?: Partial<ToDeliver>): Promise<SealedDelivery>;
  readonly opener: Opener;
}

export async function makeWorld(): Promise<World> {
  const lab = await makeLab();
  const at = { epochMs: lab.now.epochMs + 3_600_000 };
  const trust: Trust = { anchors: lab.anchors, others: lab.others, revocation: lab.crls };
  const receiver = receiverOf(lab.emt.ENC);
  const receiverPath = await encPathOf(lab, lab.emt, at);
  const sender = senderOf(lab, lab.gateway.SIG);
  return {
    lab,
    at,
    trust,
    sender,
    receiver,
    receiverPath,
    receiptSender: senderOf(lab, lab.emt.SIG),
    seal: (change = {}) => sealDelivery({ ...letter(1n), sender, receiver: receiverPath, cipher: "gcm", ...change }),
    opener: new Opener({ receivers: [receiver] }),
  };
}

/** What every delivery here says unless told otherwise. */
export function letter(number: bigint): Pick<ToDeliver, "profile" | "kind" | "number" | "messageId" | "blocks"> {
  return {
    profile: "TAF-7",
    kind: "measured",
    number,
    messageId: fromHex("000102030405060708090a0b0c0d0e0f"),
    blocks: [{ salt: new Uint8Array(32).fill(0x5a), block: dayBlock() }],
  };
}

/** A day of quarter hours. */
export function dayBlock(values: readonly number[] = [100, 103, 110, 110], obis = "1-0:1.8.0*255"): Uint8Array {
  const day = LocalDay.of("2026-01-01", "Europe/Berlin");
  return encodeDayBlock({
    meter: MeterId.of(fromHex("0a01454d480000123456")),
    obis: ObisCode.parse(obis),
    kind: "total",
    unit: unitOfSymbol("Wh"),
    scaler: -1,
    trust: "signed",
    revision: 0,
    day,
    firstAt: Instant.ofEpochMs(day.start.epochMs),
    periodMs: 900_000,
    values: Float64Array.from(values),
    qualities: [{ value: "valid", count: values.length }],
    statuses: [{ value: undefined, count: values.length }],
  });
}

export function moduleOf({ key }: LabIdentity): Pick<SecurityModule, "sign" | "agree"> {
  return { sign: (a) => key.sign(a), agree: (a) => key.agree(a) };
}

export function senderOf(lab: Pick<Lab, "subCa">, identity: LabIdentity): Sender {
  return { module: moduleOf(identity), slot: "sig", certificate: identity.certificate, others: [lab.subCa] };
}

export function receiverOf(identity: LabIdentity): Receiver {
  return { module: moduleOf(identity), slot: "enc", certificate: identity.certificate };
}

function encPathOf(lab: Lab, { ENC }: LabTriple, at: { readonly epochMs: number }): Promise<ValidatedPath> {
  const { anchors, others, crls: revocation } = lab;
  return validatePath({ leaf: ENC.certificate, others, anchors, revocation, at, role: "EMT", purpose: "ENC" });
}

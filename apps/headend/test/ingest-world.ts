/** Ingest with real seals: a lab PKI, gateways that seal, a head-end's keys, a store, and a clock that is moved by hand. */

import { type SealedDelivery, sealDelivery, verifyReceipt, type VerifiedReceipt } from "@siegel/cms";
import { digest, type SecurityModule } from "@siegel/crypto";
import { type Certificate, validatePath, type ValidatedPath } from "@siegel/pki";
import { type Lab, type LabTriple, makeLab } from "@siegel/pki/testing";
import { type DayBlock, encodeDayBlock } from "@siegel/readings";

import { deliveryPorts } from "../src/adapters/proofs.ts";
import type { AdmissionLimits } from "../src/core/admission.ts";
import { type Committed, Ingest, type IngestAnswer, type IngestPorts } from "../src/core/ingest.ts";
import type { IngestStore } from "../src/core/ingest-store.ts";
import { Registry } from "../src/core/registry.ts";
import { openSqlite } from "../src/store/sqlite.ts";
import { openStore, type Store } from "../src/store/store.ts";
import { gatewayA, gatewayB, meterA, meterB, noon } from "./blocks.ts";

export interface SealFields {
  readonly number: bigint;
  readonly blocks: readonly (DayBlock | Uint8Array)[];
  readonly from?: LabTriple;
  readonly kind?: "measured" | "correction";
  readonly profile?: string;
  readonly receiver?: LabTriple;
  /** Other salts, so that the same content is another delivery. */
  readonly salted?: string;
}

export interface IngestWorld {
  readonly lab: Lab;
  readonly other: LabTriple;
  readonly clock: { ms: number };
  readonly store: Store;
  readonly logged: string[];
  readonly committed: Committed[];
  readonly registry: Registry;
  seal(fields: SealFields): Promise<SealedDelivery>;
  /** A new process on the same store: a restart. */
  ingest(changes?: Partial<IngestPorts>, limits?: AdmissionLimits): Ingest;
  /** Checks it as a gateway does. */
  verified(answer: IngestAnswer, sealed: SealedDelivery, from?: LabTriple): Promise<VerifiedReceipt>;
}

export async function ingestWorld(
  options: { readonly path?: string; readonly store?: Store; readonly nowMs?: number } = {},
): Promise<IngestWorld> {
  const now = { epochMs: options.nowMs ?? noon.epochMs };
  const lab = await makeLab({ now });
  const other = await lab.anotherGateway(2);
  const clock = { ms: now.epochMs };
  const logged: string[] = [];
  const committed: Committed[] = [];
  const store = options.store ?? (await openStore(openSqlite(options.path ?? ":memory:")));
  const registry = new Registry({
    gateways: [
      { name: gatewayA, meters: [meterA] },
      { name: gatewayB, meters: [meterB] },
    ],
    consumers: [{ id: "anna", name: "Anna", meters: [meterA] }],
  });
  const trust = { anchors: lab.anchors, others: lab.others, revocation: () => lab.crls };
  const receiverPath = (to: LabTriple): Promise<ValidatedPath> =>
    validatePath({ ...trust, revocation: lab.crls, leaf: to.ENC.certificate, at: now, role: "EMT", purpose: "ENC" });
  return {
    lab,
    other,
    clock,
    store,
    logged,
    committed,
    registry,
    seal: async ({ number, blocks, from = lab.gateway, kind = "measured", profile = "TAF-7", receiver, salted = "" }) =>
      sealDelivery({
        profile,
        kind,
        number,
        messageId: digest("SHA-256", new TextEncoder().encode(`${number}${salted}`)).subarray(0, 16),
        blocks: blocks.map((one, index) => ({
          salt: digest(
            "SHA-256",
            new TextEncoder().encode(`${from.SIG.certificate.name} ${number} ${index} ${salted}`),
          ),
          block: one instanceof Uint8Array ? one : encodeDayBlock(one).slice(),
        })),
        sender: senderOf(from, lab.others),
        receiver: await receiverPath(receiver ?? lab.emt),
        cipher: "gcm",
      }),
    ingest: (changes = {}, limits) =>
      new Ingest(
        {
          ...deliveryPorts({
            module: moduleOf(lab.emt),
            identity: { SIG: lab.emt.SIG.certificate, ENC: lab.emt.ENC.certificate },
            trust,
            clock: { nowMs: () => clock.ms },
          }),
          store: store.ingest,
          registry,
          clock: { nowMs: () => clock.ms },
          timers: promptTimers,
          log: (level, event, fields) => void logged.push(JSON.stringify({ level, event, ...fields })),
          onCommitted: (one) => void committed.push(one),
          ...changes,
        },
        limits,
      ),
    verified: (answer, { hash, header }, from = lab.gateway) => {
      if (answer.is !== "receipt") throw new Error(answer.is);
      return verifyReceipt({
        der: answer.receipt,
        trust: { anchors: lab.anchors, others: lab.others, revocation: lab.crls },
        expected: {
          number: header.number,
          deliveryHash: hash,
          gatewayKey: from.SIG.certificate.publicKey.keyId,
          receiverName: "Siegel-Lab.EMT",
        },
      });
    },
  };
}

/** Keys of the lab as a security module: its slots are the purposes. */
function moduleOf(triple: LabTriple): Pick<SecurityModule, "agree" | "sign"> {
  return {
    sign: ({ hash, message }) => triple.SIG.key.sign({ hash, message }),
    agree: ({ peer, hash, sharedInfo, byteLength }) => triple.ENC.key.agree({ peer, hash, sharedInfo, byteLength }),
  };
}

function senderOf(triple: LabTriple, others: readonly Certificate[]) {
  return { module: moduleOf(triple), slot: "sig", certificate: triple.SIG.certificate, others };
}

/** Nobody waits: what would come after a time comes in the next turn. */
const promptTimers = {
  soon: (run: () => void) => void setImmediate(run),
  after: (_ms: number, run: () => void) => {
    const turn = setImmediate(run);
    return () => clearImmediate(turn);
  },
};

/** A store that fails where it is told to. */
export function failing(store: IngestStore, when: { commits?: () => boolean; receipts?: () => boolean }): IngestStore {
  return {
    delivered: (gateway, hash) => store.delivered(gateway, hash),
    commit: async (batch) => {
      if (batch.deliveries.length > 0 && when.commits?.() === true) throw new Error("disk full");
      if (batch.receipts.length > 0 && when.receipts?.() === true) throw new Error("power cut");
      return store.commit(batch);
    },
  };
}

/**
 * Deliveries into the tables: one transaction a batch, every decision by ./../core/judge on what the transaction itself sees.
 *
 * So two copies of a delivery in one batch, or in two, meet each other, and a block meets every block before it.
 */

import { digest } from "@siegel/crypto";
import { type DayBlock, instantAt } from "@siegel/readings";

import type { Kysely } from "kysely";

import type { BlockFacts } from "../core/blocks.ts";
import { type Acceptance, type DeliveredBlock, factsOf, type ProofMaterial } from "../core/delivery.ts";
import type { Batch, CommitResult, CommittedDelivery, IngestStore, SignedReceipt } from "../core/ingest-store.ts";
import { HeadendError } from "../errors.ts";
import { type BlockVerdict, judgeBlock, judgeNumber, type Neighbour } from "../core/judge.ts";
import { BatchNotes } from "./batch-notes.ts";
import { type IngestStatements, ingestStatements } from "./ingest-statements.ts";
import { joinOctets } from "./octet-list.ts";
import { type Connection, inTransaction } from "./prepared.ts";
import type { Tables } from "./tables.ts";

export class SqlIngestStore implements IngestStore {
  readonly #db: Kysely<Tables>;
  readonly #checkPlace: () => void;
  readonly #statements: IngestStatements;
  /** Proofs that are in the store: with each delivery of a gateway comes the same object, which need not be written again. */
  readonly #keptProofs = new WeakSet<ProofMaterial>();
  readonly #proofRows = new WeakMap<ProofMaterial, ProofRow>();

  /** @param checkPlace  Throws when what was committed lies where nobody will find it. */
  constructor(db: Kysely<Tables>, checkPlace: () => void) {
    this.#db = db;
    this.#checkPlace = checkPlace;
    this.#statements = ingestStatements(db);
  }

  async delivered(gateway: string, hash: Uint8Array): Promise<CommittedDelivery | undefined> {
    const [row] = (await this.#statements.byHash(this.#db, { gateway, hash })).rows;
    return row === undefined ? undefined : committedOf(gateway, row);
  }

  async commit({ deliveries, receipts, committedAtMs }: Batch): Promise<readonly CommitResult[]> {
    const results = await inTransaction(this.#db, async (trx) => {
      for (const receipt of receipts) await this.#keepReceipt(trx, receipt);
      const results: CommitResult[] = [];
      const notes = new BatchNotes();
      for (const delivery of deliveries) results.push(await this.#take({ trx, notes }, delivery, committedAtMs));
      for (const note of notes.gateways) await this.#statements.noteGateway(trx, { ...note, at: committedAtMs });
      for (const note of notes.registers) await this.#statements.noteRegister(trx, note);
      return results;
    });
    this.#checkPlace(); // before anybody is told that it is kept
    for (const [index, { is }] of results.entries()) {
      const delivery = deliveries[index];
      if (is === "new" && delivery !== undefined) this.#keptProofs.add(delivery.proof); // written, and durable now
    }
    return results;
  }

  async #keepReceipt(trx: Connection, { gateway, number, receipt }: SignedReceipt): Promise<void> {
    await this.#statements.insertReceipt(trx, { gateway, number, receipt });
  }

  async #take({ trx, notes }: Batching, delivery: Acceptance, committedAtMs: number): Promise<CommitResult> {
    const { gateway, number, hash } = delivery;
    // Inserted first and asked after: a number that was taken changes nothing, and nearly none is.
    if (!(await this.#insertDelivery({ trx, notes }, delivery, committedAtMs))) {
      const [known] = (await this.#statements.byNumber(trx, { gateway, number })).rows;
      if (known === undefined) throw new HeadendError("store-inconsistent", "a delivery that is there was not found");
      if (judgeNumber(hash, known) === "reused") return { is: "reused" };
      return { is: "again", delivery: committedOf(gateway, known) };
    }
    const stored: (BlockFacts & { bytes: Uint8Array })[] = [];
    const quarantined: Extract<BlockVerdict, { is: "quarantined" }>["code"][] = [];
    for (const one of delivery.blocks) {
      const { block } = one;
      const outcome: BlockVerdict =
        block === undefined
          ? { is: "quarantined", code: "not-a-day-block" }
          : judgeBlock({
              block,
              deliveryKind: delivery.kind,
              isRegistered: one.isRegistered,
              neighbours: one.isRegistered ? await this.#neighbours(trx, delivery.profile, block) : [],
            });
      if (outcome.is === "quarantined") {
        quarantined.push(outcome.code);
        await this.#quarantine(trx, delivery, one, outcome.code, committedAtMs);
      } else if (outcome.is === "stored" && block !== undefined) {
        const facts = factsOf(delivery, one, block, committedAtMs);
        await this.#insertBlock({ trx, notes }, facts, one);
        stored.push({ ...facts, bytes: one.bytes });
      }
    }
    const { gatewayKey } = delivery;
    const committed = { gateway, gatewayKey, number, hash, committedAtMs, receipt: undefined };
    return { is: "new", delivery: committed, stored, quarantined };
  }

  /** False when this gateway's number is taken: then nothing was written. */
  async #insertDelivery({ trx, notes }: Batching, delivery: Acceptance, committedAtMs: number): Promise<boolean> {
    const { gateway, number, hash, gatewayKey, profile, kind, der, receivedAtMs } = delivery;
    const proof = this.#proofRow(delivery.proof);
    const { numAffectedRows } = await this.#statements.insertDelivery(trx, {
      gateway,
      number,
      hash,
      gateway_key: gatewayKey,
      profile,
      kind,
      received_at: receivedAtMs,
      committed_at: committedAtMs,
      der,
      proof: proof.hash,
    });
    if (numAffectedRows !== 1n) return false;
    if (!this.#keptProofs.has(delivery.proof)) await this.#statements.insertProof(trx, { gateway, ...proof });
    notes.delivery({ gateway, number, proof: proof.hash });
    return true;
  }

  #proofRow(material: ProofMaterial): ProofRow {
    const row = this.#proofRows.get(material) ?? proofRow(material);
    this.#proofRows.set(material, row);
    return row;
  }

  async #insertBlock({ trx, notes }: Batching, facts: BlockFacts, { salt, bytes }: DeliveredBlock): Promise<void> {
    const { meter, obis, kind, unit = null } = facts;
    await this.#statements.insertBlock(trx, {
      meter,
      obis,
      kind,
      last_at: facts.lastAtMs,
      gateway: facts.gateway,
      number: facts.number,
      position: facts.index,
      block_id: facts.blockId,
      first_at: facts.firstAtMs,
      period_ms: facts.periodMs,
      count: facts.count,
      day: facts.day,
      unit,
      scaler: facts.scaler,
      trust: facts.trust,
      revision: facts.revision,
      profile: facts.profile,
      committed_at: facts.committedAtMs,
      commitment: facts.commitment,
      salt,
      bytes,
    });
    const [first_at, last_at] = [facts.firstAtMs, facts.lastAtMs];
    notes.block({ meter, obis, kind, unit, first_at, last_at });
  }

  async #neighbours(trx: Connection, profile: string, block: DayBlock): Promise<Neighbour[]> {
    const lastAtMs = instantAt(block, block.values.length - 1).epochMs;
    const { rows } = await this.#statements.neighbours(trx, {
      meter: block.meter.id,
      obis: block.obis.toString(),
      kind: block.kind,
      profile,
      first: block.firstAt.epochMs,
      last: lastAtMs,
      longest: lastAtMs + longestBlockMs,
    });
    return rows.map(({ revision, unit, first_at, last_at, period_ms, bytes, salt }) => ({
      revision,
      unit: unit ?? undefined,
      firstAtMs: first_at,
      lastAtMs: last_at,
      periodMs: period_ms,
      content: bytes === null || salt === null ? undefined : { bytes, salt },
    }));
  }

  async #quarantine(
    trx: Connection,
    { gateway, number }: Acceptance,
    { index, block }: DeliveredBlock,
    code: string,
    at: number,
  ): Promise<void> {
    const meter = block?.meter.id ?? null;
    await this.#statements.insertQuarantine(trx, { gateway, number, position: index, code, meter, at });
  }
}

/** Where a batch is written, and what is written at its end. */
interface Batching {
  readonly trx: Connection;
  readonly notes: BatchNotes;
}

type ProofRow = Pick<Tables["proofs"], "hash" | "certificates" | "crls">;

/** Stored once for all deliveries that were judged by the same certificates and lists. */
function proofRow({ certificates, crls }: ProofMaterial): ProofRow {
  const row = { certificates: joinOctets(certificates), crls: joinOctets(crls) };
  const length = new Uint8Array(4); // where the one ends and the other begins is under the hash, too
  new DataView(length.buffer).setUint32(0, row.certificates.length);
  return { ...row, hash: digest("SHA-256", length, row.certificates, row.crls) };
}

interface CommittedRow {
  readonly number: number | bigint;
  readonly hash: Uint8Array;
  readonly gateway_key: Uint8Array;
  readonly committed_at: number;
  readonly receipt: Uint8Array | null;
}

function committedOf(gateway: string, row: CommittedRow): CommittedDelivery {
  return {
    gateway,
    gatewayKey: row.gateway_key,
    number: BigInt(row.number),
    hash: row.hash,
    committedAtMs: row.committed_at,
    receipt: row.receipt ?? undefined,
  };
}

/** A block lies within one local day, which the format lets be below 48 hours. */
const longestBlockMs = 48 * 3_600_000;

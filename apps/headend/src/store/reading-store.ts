/**
 * What people may see, out of the tables. Every function that gives values takes evidence that the asker may
 * (../core/access). Erased blocks come back without content: who asks decides what that means.
 */

import type { SeriesKind } from "@siegel/readings";
import type { Kysely, Selectable } from "kysely";

import type { ConsumerMayKnowGateway, ConsumerMayRead, OperatorMayRead } from "../core/access.ts";
import type { StoredBlock } from "../core/blocks.ts";
import { splitOctets } from "./octet-list.ts";
import type { Tables } from "./tables.ts";

export interface RegisterRow {
  readonly obis: string;
  readonly kind: SeriesKind;
  readonly unit: string | undefined;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

export interface GatewayRow {
  readonly deliveries: number;
  readonly lastNumber: bigint;
  readonly lastAtMs: number;
  /** DER: SIG certificate of the newest delivery, its issuers to the root, then this head-end's own two. */
  readonly certificates: readonly Uint8Array[];
}

export interface StoredProof {
  readonly delivery: Uint8Array;
  readonly receipt: Uint8Array | undefined;
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

export interface Span {
  readonly obis: string;
  readonly kind: SeriesKind;
  readonly fromMs: number;
  readonly toMs: number;
}

export class SqlReadingStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Whose block it is: the question before the evidence, so it tells nothing else. */
  async meterOfBlock(blockId: string): Promise<string | undefined> {
    const row = await this.#db.selectFrom("blocks").select("meter").where("block_id", "=", blockId).executeTakeFirst();
    return row?.meter;
  }

  async registers(may: ConsumerMayRead): Promise<RegisterRow[]> {
    const rows = await this.#db
      .selectFrom("registers")
      .selectAll()
      .where("meter", "=", may.meter)
      .orderBy("obis")
      .orderBy("kind")
      .execute();
    return rows.map(({ obis, kind, unit, first_at, last_at }) => ({
      obis,
      kind,
      unit: unit ?? undefined,
      firstAtMs: first_at,
      lastAtMs: last_at,
    }));
  }

  /** Newest blocks of a register that still have values, newest first. */
  async newestBlocks(may: ConsumerMayRead, { obis, kind }: RegisterRow, limit: number): Promise<StoredBlock[]> {
    const rows = await this.#db
      .selectFrom("blocks")
      .selectAll()
      .where("meter", "=", may.meter)
      .where("obis", "=", obis)
      .where("kind", "=", kind)
      .where("bytes", "is not", null)
      .orderBy("last_at", "desc")
      .limit(limit)
      .execute();
    return inOrderOfStoring(rows);
  }

  /** Blocks that share an instant with the span, in the order of storing; at most `limit`. */
  async blocksIn(may: ConsumerMayRead, { obis, kind, fromMs, toMs }: Span, limit: number): Promise<StoredBlock[]> {
    const rows = await this.#db
      .selectFrom("blocks")
      .selectAll()
      .where("meter", "=", may.meter)
      .where("obis", "=", obis)
      .where("kind", "=", kind)
      .where("last_at", ">=", fromMs)
      .where("last_at", "<=", toMs + longestBlockMs)
      .where("first_at", "<=", toMs)
      .limit(limit)
      .execute();
    return inOrderOfStoring(rows);
  }

  async block(may: ConsumerMayRead, blockId: string): Promise<StoredBlock | undefined> {
    const row = await this.#db
      .selectFrom("blocks")
      .selectAll()
      .where("block_id", "=", blockId)
      .where("meter", "=", may.meter)
      .executeTakeFirst();
    return row === undefined ? undefined : storedOf(row);
  }

  /** SHA-256 of the delivery that brought the block. */
  async deliveryHash({ gateway, number }: StoredBlock): Promise<Uint8Array | undefined> {
    const row = await this.#db
      .selectFrom("deliveries")
      .select("hash")
      .where("gateway", "=", gateway)
      .where("number", "=", number)
      .executeTakeFirst();
    return row?.hash;
  }

  /** What proves a block; undefined when its delivery was erased. */
  async proof({ gateway, number }: StoredBlock): Promise<StoredProof | undefined> {
    const row = await this.#db
      .selectFrom("deliveries")
      .innerJoin("proofs", (join) =>
        join.onRef("proofs.gateway", "=", "deliveries.gateway").onRef("proofs.hash", "=", "deliveries.proof"),
      )
      .leftJoin("receipts", (join) =>
        join.onRef("receipts.gateway", "=", "deliveries.gateway").onRef("receipts.number", "=", "deliveries.number"),
      )
      .select(["deliveries.der", "receipts.receipt", "proofs.certificates", "proofs.crls"])
      .where("deliveries.gateway", "=", gateway)
      .where("deliveries.number", "=", number)
      .executeTakeFirst();
    if (row === undefined || row.der === null) return undefined;
    const [certificates, crls] = [splitOctets(row.certificates), splitOctets(row.crls)];
    return { delivery: row.der, receipt: row.receipt ?? undefined, certificates, crls };
  }

  async gateway(may: ConsumerMayKnowGateway): Promise<GatewayRow | undefined> {
    const row = await this.#db
      .selectFrom("gateways")
      .innerJoin("proofs", (join) =>
        join.onRef("proofs.gateway", "=", "gateways.gateway").onRef("proofs.hash", "=", "gateways.proof"),
      )
      .select(["gateways.deliveries", "gateways.last_number", "gateways.last_at", "proofs.certificates"])
      .where("gateways.gateway", "=", may.gateway)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      deliveries: row.deliveries,
      lastNumber: BigInt(row.last_number),
      lastAtMs: row.last_at,
      certificates: splitOctets(row.certificates),
    };
  }

  /** Newest instant of any register, for the list of meters. */
  async latestOf(may: ConsumerMayRead): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom("registers")
      .select((eb) => eb.fn.max("last_at").as("last_at"))
      .where("meter", "=", may.meter)
      .executeTakeFirst();
    return row?.last_at ?? undefined;
  }

  quarantine(_may: OperatorMayRead, limit: number): Promise<Selectable<Tables["quarantine"]>[]> {
    return this.#db.selectFrom("quarantine").selectAll().orderBy("at", "desc").limit(limit).execute();
  }
}

function inOrderOfStoring(rows: readonly Selectable<Tables["blocks"]>[]): StoredBlock[] {
  return rows
    .map(storedOf)
    .sort(
      (a, b) =>
        a.committedAtMs - b.committedAtMs ||
        (a.gateway < b.gateway ? -1 : a.gateway > b.gateway ? 1 : 0) ||
        (a.number < b.number ? -1 : a.number > b.number ? 1 : a.index - b.index),
    );
}

function storedOf(row: Selectable<Tables["blocks"]>): StoredBlock {
  return {
    blockId: row.block_id,
    meter: row.meter,
    obis: row.obis,
    kind: row.kind,
    firstAtMs: row.first_at,
    lastAtMs: row.last_at,
    periodMs: row.period_ms,
    count: row.count,
    day: row.day,
    unit: row.unit ?? undefined,
    scaler: row.scaler,
    trust: row.trust,
    revision: row.revision,
    profile: row.profile,
    gateway: row.gateway,
    number: BigInt(row.number),
    index: row.position,
    committedAtMs: row.committed_at,
    commitment: row.commitment,
    content: row.bytes === null || row.salt === null ? undefined : { bytes: row.bytes, salt: row.salt },
  };
}

/** A block lies within one local day, which the format lets be below 48 hours. */
const longestBlockMs = 48 * 3_600_000;

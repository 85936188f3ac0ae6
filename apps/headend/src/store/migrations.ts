/** The tables, version by version. One set for every engine; a version that was released is never edited. */

import { type Kysely, sql } from "kysely";

import { HeadendError } from "../errors.ts";
import type { Engine } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

/**
 * Brings a store to the version of this program.
 *
 * @throws {HeadendError} "data-of-another-version" when a later program has written it.
 */
export async function migrate(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const found = engine.version();
  if (found > migrations.length) {
    throw new HeadendError(
      "data-of-another-version",
      `data: the store has version ${found}, this program knows ${migrations.length}; use the program that wrote it`,
    );
  }
  if (found === migrations.length) return;
  await db.transaction().execute(async (trx) => {
    for (const migration of migrations.slice(found)) await migration(trx, engine.columns);
    engine.setVersion(migrations.length);
  });
}

type Columns = Engine["columns"];

async function first(db: Kysely<Tables>, { octets, instant }: Columns): Promise<void> {
  const blob = sql.raw<Uint8Array>(octets);
  const int8 = sql.raw<number>(instant);
  await db.schema
    .createTable("deliveries")
    .addColumn("gateway", "text", (column) => column.notNull())
    .addColumn("number", int8, (column) => column.notNull())
    .addColumn("hash", blob, (column) => column.notNull())
    .addColumn("gateway_key", blob, (column) => column.notNull())
    .addColumn("profile", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("received_at", int8, (column) => column.notNull())
    .addColumn("committed_at", int8, (column) => column.notNull())
    .addColumn("der", blob)
    .addColumn("proof", blob, (column) => column.notNull())
    .addPrimaryKeyConstraint("deliveries_key", ["gateway", "number"])
    .execute();
  await db.schema.createIndex("deliveries_by_hash").on("deliveries").columns(["gateway", "hash"]).execute();
  await db.schema
    .createIndex("deliveries_by_age")
    .on("deliveries")
    .columns(["profile", "committed_at"])
    .where(sql.ref("der"), "is not", null)
    .execute();
  await db.schema
    .createTable("receipts")
    .addColumn("gateway", "text", (column) => column.notNull())
    .addColumn("number", int8, (column) => column.notNull())
    .addColumn("receipt", blob, (column) => column.notNull())
    .addPrimaryKeyConstraint("receipts_key", ["gateway", "number"])
    .execute();

  await db.schema
    .createTable("blocks")
    .addColumn("meter", "text", (column) => column.notNull())
    .addColumn("obis", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("last_at", int8, (column) => column.notNull())
    .addColumn("gateway", "text", (column) => column.notNull())
    .addColumn("number", int8, (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("block_id", "text", (column) => column.notNull())
    .addColumn("first_at", int8, (column) => column.notNull())
    .addColumn("period_ms", "integer", (column) => column.notNull())
    .addColumn("count", "integer", (column) => column.notNull())
    .addColumn("day", "text", (column) => column.notNull())
    .addColumn("unit", "text")
    .addColumn("scaler", "integer", (column) => column.notNull())
    .addColumn("trust", "text", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("profile", "text", (column) => column.notNull())
    .addColumn("committed_at", int8, (column) => column.notNull())
    .addColumn("commitment", blob, (column) => column.notNull())
    .addColumn("salt", blob)
    .addColumn("bytes", blob)
    .addPrimaryKeyConstraint("blocks_key", ["meter", "obis", "kind", "last_at", "gateway", "number", "position"])
    .execute();
  await db.schema.createIndex("blocks_by_id").on("blocks").column("block_id").execute();
  await db.schema
    .createIndex("blocks_by_age")
    .on("blocks")
    .columns(["profile", "committed_at"])
    .where(sql.ref("bytes"), "is not", null)
    .execute();

  await db.schema
    .createTable("registers")
    .addColumn("meter", "text", (column) => column.notNull())
    .addColumn("obis", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("unit", "text")
    .addColumn("first_at", int8, (column) => column.notNull())
    .addColumn("last_at", int8, (column) => column.notNull())
    .addPrimaryKeyConstraint("registers_key", ["meter", "obis", "kind"])
    .execute();
  await db.schema
    .createTable("gateways")
    .addColumn("gateway", "text", (column) => column.primaryKey())
    .addColumn("deliveries", int8, (column) => column.notNull())
    .addColumn("last_number", int8, (column) => column.notNull())
    .addColumn("last_at", int8, (column) => column.notNull())
    .addColumn("proof", blob, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("quarantine")
    .addColumn("gateway", "text", (column) => column.notNull())
    .addColumn("number", int8, (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("code", "text", (column) => column.notNull())
    .addColumn("meter", "text")
    .addColumn("at", int8, (column) => column.notNull())
    .addPrimaryKeyConstraint("quarantine_key", ["gateway", "number", "position"])
    .execute();
  await db.schema.createIndex("quarantine_by_time").on("quarantine").column("at").execute();
  await db.schema
    .createTable("proofs")
    .addColumn("gateway", "text", (column) => column.notNull())
    .addColumn("hash", blob, (column) => column.notNull())
    .addColumn("certificates", blob, (column) => column.notNull())
    .addColumn("crls", blob, (column) => column.notNull())
    .addPrimaryKeyConstraint("proofs_key", ["gateway", "hash"])
    .execute();
  await db.schema
    .createTable("sessions")
    .addColumn("hash", blob, (column) => column.primaryKey())
    .addColumn("person", "text", (column) => column.notNull())
    .addColumn("created_at", int8, (column) => column.notNull())
    .addColumn("last_used_at", int8, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("invites")
    .addColumn("hash", blob, (column) => column.primaryKey())
    .addColumn("person", "text", (column) => column.notNull())
    .addColumn("expires_at", int8, (column) => column.notNull())
    .execute();
}

const migrations: readonly ((db: Kysely<Tables>, columns: Columns) => Promise<void>)[] = [first];

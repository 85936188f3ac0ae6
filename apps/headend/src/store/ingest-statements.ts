/** The statements on the way of a delivery, each built once. */

import type { Kysely } from "kysely";

import type { GatewayNote, RegisterNote } from "./batch-notes.ts";
import { prepared } from "./prepared.ts";
import type { Tables } from "./tables.ts";

type BlockKey = Pick<Tables["blocks"], "meter" | "obis" | "kind">;
type DeliveryKey = Pick<Tables["deliveries"], "gateway" | "number">;

export type IngestStatements = ReturnType<typeof ingestStatements>;

export function ingestStatements(db: Kysely<Tables>) {
  const committed = db
    .selectFrom("deliveries")
    .leftJoin("receipts", (join) =>
      join.onRef("receipts.gateway", "=", "deliveries.gateway").onRef("receipts.number", "=", "deliveries.number"),
    )
    .select([
      "deliveries.number",
      "deliveries.hash",
      "deliveries.gateway_key",
      "deliveries.committed_at",
      "receipts.receipt",
    ]);
  return {
    byHash: prepared<Pick<Tables["deliveries"], "gateway" | "hash">>()((slot) =>
      committed.where("deliveries.gateway", "=", slot("gateway")).where("deliveries.hash", "=", slot("hash")),
    ),
    byNumber: prepared<DeliveryKey>()((slot) =>
      committed.where("deliveries.gateway", "=", slot("gateway")).where("deliveries.number", "=", slot("number")),
    ),
    insertDelivery: prepared<Tables["deliveries"]>()((slot) =>
      db
        .insertInto("deliveries")
        .values({
          gateway: slot("gateway"),
          number: slot("number"),
          hash: slot("hash"),
          gateway_key: slot("gateway_key"),
          profile: slot("profile"),
          kind: slot("kind"),
          received_at: slot("received_at"),
          committed_at: slot("committed_at"),
          der: slot("der"),
          proof: slot("proof"),
        })
        .onConflict((conflict) => conflict.columns(["gateway", "number"]).doNothing()),
    ),
    insertReceipt: prepared<Tables["receipts"]>()((slot) =>
      db
        .insertInto("receipts")
        .values({ gateway: slot("gateway"), number: slot("number"), receipt: slot("receipt") })
        .onConflict((conflict) => conflict.columns(["gateway", "number"]).doNothing()),
    ),
    noteGateway: prepared<GatewayNote & { at: number }>()((slot) =>
      db
        .insertInto("gateways")
        .values({
          gateway: slot("gateway"),
          deliveries: slot("deliveries"),
          last_number: slot("last_number"),
          last_at: slot("at"),
          proof: slot("proof"),
        })
        .onConflict((conflict) =>
          conflict.column("gateway").doUpdateSet((eb) => ({
            deliveries: eb("gateways.deliveries", "+", eb.ref("excluded.deliveries")),
            last_number: eb
              .case()
              .when("excluded.last_number", ">", eb.ref("gateways.last_number"))
              .then(eb.ref("excluded.last_number"))
              .else(eb.ref("gateways.last_number"))
              .end(),
            last_at: eb.ref("excluded.last_at"),
            proof: eb.ref("excluded.proof"),
          })),
        ),
    ),
    insertProof: prepared<Tables["proofs"]>()((slot) =>
      db
        .insertInto("proofs")
        .values({
          gateway: slot("gateway"),
          hash: slot("hash"),
          certificates: slot("certificates"),
          crls: slot("crls"),
        })
        .onConflict((conflict) => conflict.columns(["gateway", "hash"]).doNothing()),
    ),
    insertBlock: prepared<Tables["blocks"]>()((slot) =>
      db.insertInto("blocks").values({
        meter: slot("meter"),
        obis: slot("obis"),
        kind: slot("kind"),
        last_at: slot("last_at"),
        gateway: slot("gateway"),
        number: slot("number"),
        position: slot("position"),
        block_id: slot("block_id"),
        first_at: slot("first_at"),
        period_ms: slot("period_ms"),
        count: slot("count"),
        day: slot("day"),
        unit: slot("unit"),
        scaler: slot("scaler"),
        trust: slot("trust"),
        revision: slot("revision"),
        profile: slot("profile"),
        committed_at: slot("committed_at"),
        commitment: slot("commitment"),
        salt: slot("salt"),
        bytes: slot("bytes"),
      }),
    ),
    noteRegister: prepared<RegisterNote>()((slot) =>
      db
        .insertInto("registers")
        .values({
          meter: slot("meter"),
          obis: slot("obis"),
          kind: slot("kind"),
          unit: slot("unit"),
          first_at: slot("first_at"),
          last_at: slot("last_at"),
        })
        .onConflict((conflict) =>
          conflict.columns(["meter", "obis", "kind"]).doUpdateSet((eb) => ({
            unit: eb
              .case()
              .when("excluded.last_at", ">", eb.ref("registers.last_at"))
              .then(eb.ref("excluded.unit"))
              .else(eb.ref("registers.unit"))
              .end(),
            first_at: eb
              .case()
              .when("excluded.first_at", "<", eb.ref("registers.first_at"))
              .then(eb.ref("excluded.first_at"))
              .else(eb.ref("registers.first_at"))
              .end(),
            last_at: eb
              .case()
              .when("excluded.last_at", ">", eb.ref("registers.last_at"))
              .then(eb.ref("excluded.last_at"))
              .else(eb.ref("registers.last_at"))
              .end(),
          })),
        ),
    ),
    neighbours: prepared<BlockKey & { profile: string; first: number; last: number; longest: number }>()((slot) =>
      db
        .selectFrom("blocks")
        .select(["revision", "unit", "first_at", "last_at", "period_ms", "bytes", "salt"])
        .where("meter", "=", slot("meter"))
        .where("obis", "=", slot("obis"))
        .where("kind", "=", slot("kind"))
        .where("last_at", ">=", slot("first"))
        .where("last_at", "<=", slot("longest"))
        .where("first_at", "<=", slot("last"))
        .where("profile", "=", slot("profile")),
    ),
    insertQuarantine: prepared<Tables["quarantine"]>()((slot) =>
      db.insertInto("quarantine").values({
        gateway: slot("gateway"),
        number: slot("number"),
        position: slot("position"),
        code: slot("code"),
        meter: slot("meter"),
        at: slot("at"),
      }),
    ),
  };
}

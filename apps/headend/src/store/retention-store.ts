/** Values whose time is over go: bytes, salt and the sealed delivery. Number, hash and commitments stay. */

import type { Kysely } from "kysely";

import type { Tables } from "./tables.ts";

export class SqlRetentionStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /**
   * Erases what was committed before an instant, a bounded part at a time.
   *
   * @returns  How many deliveries and blocks; 0 when nothing was left.
   */
  erase(profile: string, committedBeforeMs: number): Promise<number> {
    return this.#db.transaction().execute(async (trx) => {
      const deliveries = await trx
        .selectFrom("deliveries")
        .select(["gateway", "number"])
        .where("profile", "=", profile)
        .where("committed_at", "<", committedBeforeMs)
        .where("der", "is not", null)
        .orderBy("committed_at")
        .limit(oncePart)
        .execute();
      for (const { gateway, number } of deliveries) {
        await trx
          .updateTable("deliveries")
          .set({ der: null })
          .where("gateway", "=", gateway)
          .where("number", "=", number)
          .execute();
      }
      const blocks = await trx
        .selectFrom("blocks")
        .select(["meter", "block_id"])
        .where("profile", "=", profile)
        .where("committed_at", "<", committedBeforeMs)
        .where("bytes", "is not", null)
        .orderBy("committed_at")
        .limit(oncePart)
        .execute();
      for (const { meter, block_id } of blocks) {
        await trx
          .updateTable("blocks")
          .set({ bytes: null, salt: null })
          .where("block_id", "=", block_id)
          .where("meter", "=", meter)
          .execute();
      }
      return deliveries.length + blocks.length;
    });
  }
}

const oncePart = 500;

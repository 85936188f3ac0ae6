/** Sessions and one-time links. Only hashes of tokens are here. */

import type { Kysely } from "kysely";

import { absoluteMs, idleMs, type InviteRecord, type SessionRecord } from "../core/sessions.ts";
import type { Tables } from "./tables.ts";

export class SqlSessionStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async addInvite(hash: Uint8Array, { person, expiresAtMs }: InviteRecord): Promise<void> {
    await this.#db.insertInto("invites").values({ hash, person, expires_at: expiresAtMs }).execute();
  }

  /** Takes the link away and says whose it was: of two who come at once, one gets it. */
  async takeInvite(hash: Uint8Array): Promise<InviteRecord | undefined> {
    const row = await this.#db.deleteFrom("invites").where("hash", "=", hash).returningAll().executeTakeFirst();
    return row === undefined ? undefined : { person: row.person, expiresAtMs: row.expires_at };
  }

  async addSession(hash: Uint8Array, { person, createdAtMs, lastUsedAtMs }: SessionRecord): Promise<void> {
    const row = { hash, person, created_at: createdAtMs, last_used_at: lastUsedAtMs };
    await this.#db.insertInto("sessions").values(row).execute();
  }

  async session(hash: Uint8Array): Promise<SessionRecord | undefined> {
    const row = await this.#db.selectFrom("sessions").selectAll().where("hash", "=", hash).executeTakeFirst();
    if (row === undefined) return undefined;
    return { person: row.person, createdAtMs: row.created_at, lastUsedAtMs: row.last_used_at };
  }

  async touchSession(hash: Uint8Array, nowMs: number): Promise<void> {
    await this.#db.updateTable("sessions").set({ last_used_at: nowMs }).where("hash", "=", hash).execute();
  }

  async endSession(hash: Uint8Array): Promise<void> {
    await this.#db.deleteFrom("sessions").where("hash", "=", hash).execute();
  }

  /** Takes away what is over. */
  async sweep(nowMs: number): Promise<void> {
    await this.#db.deleteFrom("invites").where("expires_at", "<=", nowMs).execute();
    await this.#db
      .deleteFrom("sessions")
      .where((eb) => eb.or([eb("last_used_at", "<=", nowMs - idleMs), eb("created_at", "<=", nowMs - absoluteMs)]))
      .execute();
  }
}

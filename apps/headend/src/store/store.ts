/** The store of a head-end, opened and brought to this program's version. */

import { Kysely } from "kysely";

import { SqlIngestStore } from "./ingest-store.ts";
import { migrate } from "./migrations.ts";
import { SqlReadingStore } from "./reading-store.ts";
import { SqlRetentionStore } from "./retention-store.ts";
import { SqlSessionStore } from "./session-store.ts";
import type { Engine } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

export interface Store {
  readonly ingest: SqlIngestStore;
  readonly readings: SqlReadingStore;
  readonly sessions: SqlSessionStore;
  readonly retention: SqlRetentionStore;
  /** After an erasure: takes the erased octets out of every file. */
  tidy(): void;
  close(): Promise<void>;
}

/** @throws {HeadendError} "data-of-another-version"; the store is closed again then. */
export async function openStore(engine: Engine): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: engine.dialect });
  try {
    await migrate(db, engine);
  } catch (error) {
    await db.destroy();
    engine.close();
    throw error;
  }
  return {
    ingest: new SqlIngestStore(db, () => engine.checkPlace()),
    readings: new SqlReadingStore(db),
    sessions: new SqlSessionStore(db),
    retention: new SqlRetentionStore(db),
    tidy: () => engine.tidy(),
    close: async () => {
      await db.destroy();
      engine.close();
    },
  };
}

/**
 * `node:sqlite` in the shape that Kysely's SQLite dialect takes, and how a file of ours is recognised.
 *
 * The only file that knows SQLite. Journal WAL with synchronous FULL: what was committed survives a power cut. The lock is
 * exclusive: one head-end per data folder. Integers beyond 2^53 come back as bigints, others as numbers.
 */

import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { makeFolder, standingFiles } from "@siegel/channel";
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";

import { codeOf, HeadendError } from "../errors.ts";

/** What differs between the engines: names of column types, and where the version of the tables is kept. */
export interface Engine {
  readonly dialect: SqliteDialect;
  readonly columns: { readonly octets: "blob" | "bytea"; readonly instant: "bigint" };
  /** Version of the tables; 0 for an empty store. */
  version(): number;
  setVersion(version: number): void;
  /** @throws {HeadendError} "not-our-data" when the file was taken away or replaced since it was opened. */
  checkPlace(): void;
  /** Takes what was overwritten out of the log, so that erased octets are in no file. */
  tidy(): void;
  /** Closes the store and releases its lock. */
  close(): void;
}

/**
 * @param path  Its file, or ":memory:".
 * @throws {HeadendError} "not-our-data", "data-in-use", "data-not-writable".
 */
export function openSqlite(path: string): Engine {
  if (path !== ":memory:" && existsSync(path)) refuseForeign(path);
  const db = opened(path);
  const areThere = path === ":memory:" ? () => true : standingFiles([path, `${path}-wal`]);
  areThere();
  return {
    dialect: new SqliteDialect({ database: new KyselyDatabase(db) }),
    columns: { octets: "blob", instant: "bigint" },
    version: () => Number(db.prepare("pragma user_version").get()?.["user_version"]),
    setVersion: (version) => db.exec(`pragma user_version = ${version}; pragma application_id = ${applicationId}`),
    checkPlace: () => {
      if (areThere()) return;
      throw new HeadendError("not-our-data", `data: ${path} was taken away or replaced while it was open; start again`);
    },
    tidy: () => db.exec("pragma wal_checkpoint(truncate)"),
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}

/** The store of a data folder, which is made if it is not there. */
export function sqlitePathIn(folder: string): string {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new HeadendError("data-not-writable", `data: ${folder} cannot be made (${codeOf(cause)})`, { cause });
  }
  return join(folder, "headend.sqlite");
}

function opened(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (path !== ":memory:") closeSync(openSync(path, "a", 0o600)); // SQLite would let everybody read it
    db = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
    db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
    db.exec(
      "pragma trusted_schema = off; pragma cell_size_check = on; pragma temp_store = memory; pragma secure_delete = on",
    );
    db.exec("begin immediate; commit"); // takes the lock now, not at the first delivery
    return db;
  } catch (cause) {
    db?.close();
    throw refusalOf(cause, path);
  }
}

/** SQLite keeps 16 bytes of text in front and our number at byte 68; an empty file is a new store. */
function refuseForeign(path: string): void {
  const header = new Uint8Array(100);
  let length: number;
  try {
    const file = openSync(path, "r");
    length = readSync(file, header, 0, 100, 0);
    closeSync(file);
  } catch (cause) {
    throw new HeadendError("data-not-writable", `data: ${path} cannot be read (${codeOf(cause)})`, { cause });
  }
  if (length === 0) return;
  const isSqlite = length === 100 && new TextDecoder().decode(header.subarray(0, 15)) === "SQLite format 3";
  const id = new DataView(header.buffer).getUint32(68);
  // 0: made and not yet migrated when the power went.
  if (!isSqlite || (id !== applicationId && id !== 0)) {
    throw new HeadendError(
      "not-our-data",
      `data: ${path} is no store of a head-end; move it away or name another folder`,
    );
  }
}

function refusalOf(cause: unknown, path: string): HeadendError {
  const message = cause instanceof Error ? cause.message : "";
  if (/locked|busy/.test(message)) {
    return new HeadendError("data-in-use", `data: ${path} is in use by another process`, { cause });
  }
  if (/not a database|malformed/.test(message)) {
    const what = `data: ${path} is damaged or no store of a head-end; bring back a copy, or move it away to begin with none`;
    return new HeadendError("not-our-data", what, { cause });
  }
  return new HeadendError("data-not-writable", `data: ${path} cannot be opened (${message})`, { cause });
}

class KyselyDatabase implements SqliteDatabase {
  readonly #db: DatabaseSync;
  /** Preparing costs more than running; texts are few, since values are parameters. */
  readonly #prepared = new Map<string, SqliteStatement>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  prepare(text: string): SqliteStatement {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      if (this.#prepared.size >= maxPrepared) this.#prepared.clear();
      statement = new KyselyStatement(this.#db.prepare(text));
      this.#prepared.set(text, statement);
    }
    return statement;
  }

  close(): void {
    this.#prepared.clear();
    if (this.#db.isOpen) this.#db.close();
  }
}

class KyselyStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
    statement.setReadBigInts(true);
  }

  all(parameters: readonly unknown[]): unknown[] {
    const rows = this.#statement.all(...inputs(parameters));
    for (const row of rows) narrow(row);
    return rows;
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...inputs(parameters));
  }

  *iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    yield* this.all(parameters); // a statement is shared: a cursor must not stay open on it
  }
}

function narrow(row: Record<string, unknown>): void {
  for (const name in row) {
    const value = row[name];
    if (typeof value === "bigint" && value >= minSafe && value <= maxSafe) row[name] = Number(value);
  }
}

function inputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[]; // Kysely passes on what ./tables.ts says: text, numbers, bigints, octets, null
}

/** "SGLh" */
const applicationId = 0x53474c68;
const maxPrepared = 256;
const minSafe = BigInt(Number.MIN_SAFE_INTEGER);
const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Where the process of a security module keeps its state: one row in an SQLite file that no second process can open.
 *
 * In: a folder.  Out: what crypto's `SoftwareModule` stores in. When `save` returns, a power cut takes nothing back.
 * Not here: what the octets mean; they carry their own version and checksum (crypto).
 * Why SQLite and not a file that is renamed: its lock goes with the process, however that ends, and Node's permission model, under
 * which this process runs, has no `fsync` of its own. Freed pages are overwritten (`secure_delete`), the journal is cut to
 * nothing after each change: a destroyed key does not stay behind in the file, as far as the disk itself forgets.
 */

import { chmodSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { ModuleError, type ModuleStore } from "@siegel/crypto";

import { ModuleProcessError } from "./errors.ts";

/**
 * The state in this folder, locked until the process ends. The folder exists; files are made with the process's umask.
 *
 * @throws {ModuleProcessError} "not-private", "in-use", "permission-denied"
 * @throws {ModuleError} "unsupported-version", "damaged-state"
 */
export function openStateFile(directory: string): ModuleStore {
  const file = join(directory, fileName);
  const database = locked(directory, file);
  const row = database.prepare("SELECT octets FROM state");
  const write = database.prepare("INSERT INTO state VALUES (1, ?) ON CONFLICT DO UPDATE SET octets = excluded.octets");
  return {
    load: () => row.get()?.["octets"] as Uint8Array | undefined, // the column is NOT NULL and a BLOB, the table STRICT
    save: (octets) => void write.run(octets),
  };
}

/** A folder that others may enter is closed as long as nothing is in it; afterwards it is too late to do so without a word. */
function requirePrivate(directory: string, file: string): void {
  const self = process.getuid?.();
  if (self === undefined) return; // Windows has no such modes
  const isNew = !existsSync(file);
  for (const path of isNew ? [directory] : [directory, file]) {
    const { mode, uid } = statSync(path);
    if (uid !== self) throw new ModuleProcessError("not-private");
    if ((mode & 0o077) === 0) continue;
    if (!isNew) throw new ModuleProcessError("not-private");
    chmodSync(directory, 0o700);
  }
}

function locked(directory: string, file: string): DatabaseSync {
  try {
    requirePrivate(directory, file);
    const database = new DatabaseSync(file, { timeout: predecessorMs });
    // Exclusive: the first transaction takes the lock, and it is kept. Synchronous EXTRA: the folder's entry, too, is on the disk.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = EXTRA;
      PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;
      BEGIN EXCLUSIVE;`);
    makeOrCheck(database);
    database.exec("COMMIT");
    return database;
  } catch (cause) {
    throw ownErrorOf(cause);
  }
}

function makeOrCheck(database: DatabaseSync): void {
  const { application_id: owner, user_version: version } = {
    ...database.prepare("PRAGMA application_id").get(),
    ...database.prepare("PRAGMA user_version").get(),
  };
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"];
  if (owner === 0 && version === 0 && tables === 0) {
    database.exec(`
      CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), octets BLOB NOT NULL) STRICT;
      PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${fileVersion};`);
  } else if (owner !== applicationId) throw new ModuleError("damaged-state");
  else if (version !== fileVersion) throw new ModuleError("unsupported-version");
}

/** SQLite's result codes: https://www.sqlite.org/rescode.html */
function ownErrorOf(cause: unknown): Error {
  if (cause instanceof ModuleError || cause instanceof ModuleProcessError) return cause;
  const errcode = cause instanceof Error && "errcode" in cause ? Number(cause.errcode) & 0xff : 0;
  if (errcode === busy || errcode === busyRecovering) return new ModuleProcessError("in-use");
  if (errcode === corrupt || errcode === notADatabase) return new ModuleError("damaged-state", { cause });
  return new ModuleProcessError("permission-denied", { cause });
}

const busy = 5;
const busyRecovering = 6;
const corrupt = 11;
const notADatabase = 26;

const fileName = "security-module.sqlite";
/** "SIEG" */
const applicationId = 0x5349_4547;
const fileVersion = 1;
/** A predecessor whose parent was killed needs a moment to notice. */
const predecessorMs = 2_000;

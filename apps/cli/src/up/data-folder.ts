/**
 * The folder in which `siegel up` keeps everything, for one `up` at a time.
 *
 * In: a path.  Out: an open folder with a lock on it, or one line that says why not.
 * The lock is the kernel's, taken through SQLite: it goes with the process, however that ends, so no lock stays behind.
 * Not here: what the programs keep in their own folders in it.
 */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeFolder, writeWhole } from "@siegel/channel";
import { CommandError, exitCode } from "../exit.ts";

export class DataFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Opens the folder, or makes it. Only its owner may look into it: it holds keys and a household's load profile.
   *
   * @throws {CommandError} When it is of another version, holds something else, or another `up` uses it.
   */
  static open(path: string): DataFolder {
    const isNew = isNewFolder(path);
    if (!isNew) checkVersion(path);
    const lock = takeLock(path);
    if (isNew) writeWhole(join(path, versionFile), `${dataVersion}\n`);
    for (const folder of ["logs", "meters"]) makeFolder(join(path, folder));
    return new DataFolder(path, lock);
  }

  /** A path in it. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  close(): void {
    this.#lock.close();
  }
}

/** Makes the folder if it is not there. Whether there is nothing in it. */
function isNewFolder(path: string): boolean {
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "EEXIST" });
    return readdirSync(path).every((name) => name.startsWith(lockFile)); // left by a first start that was cut short
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? reasons[String(cause.code)] : undefined;
    throw new CommandError(
      exitCode.usage,
      `${path} ${reason ?? "cannot be used as a folder"}; choose one with --data`,
      {
        cause,
      },
    );
  }
}

function checkVersion(path: string): void {
  let text: string;
  try {
    text = readFileSync(join(path, versionFile), "utf8").trim();
  } catch (cause) {
    throw new CommandError(
      exitCode.usage,
      `${path} is not empty and holds no data of siegel up; choose a new folder with --data`,
      { cause },
    );
  }
  if (text === String(dataVersion)) return;
  const version = /^\d{1,9}$/.test(text) ? `version ${text}` : "an unknown version";
  throw new CommandError(
    exitCode.usage,
    `${path} holds data of ${version}, and this Siegel knows version ${dataVersion}; use the Siegel that wrote it, or a new folder with --data`,
  );
}

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, lockFile));
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock?.close();
    if (!isBusy(cause)) {
      const reason = cause instanceof Error ? cause.message : "unknown";
      throw new CommandError(
        exitCode.failed,
        `the lock ${join(path, lockFile)} cannot be taken (${reason}); free the disk or remove this file, or choose another folder with --data`,
        { cause },
      );
    }
    throw new CommandError(
      exitCode.failed,
      `another siegel up runs on ${path}; siegel link --data ${path} gives its address, or choose another folder with --data`,
      { cause },
    );
  }
}

/** SQLITE_BUSY and its extended forms. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
}

/** Of everything in the folder. */
const dataVersion = 1;
const versionFile = "version";
const lockFile = "lock";
const reasons: Readonly<Record<string, string>> = {
  EEXIST: "is a file, not a folder",
  ENOENT: "cannot be made",
  ENOTDIR: "lies below a file",
  EACCES: "may not be written by you",
  EPERM: "may not be written by you",
  EROFS: "lies on a disk that cannot be written",
  ENOSPC: "lies on a full disk",
};

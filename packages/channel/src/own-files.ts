/** Files of our own: whole or not there, readable by nobody else. */

import { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that a reader sees the old or the new content, whole, after a crash, too. Where it cannot be written, on a
 * full disk or onto a folder, nothing of it stays behind.
 *
 * @param mode  Only its owner reads it, unless told.
 */
export function writeWhole(path: string, text: string | Uint8Array, mode = 0o600): void {
  const aside = `${path}.new`;
  rmSync(aside, { force: true }); // left behind by a crash, or a link that somebody else put there
  try {
    writeFileSync(aside, text, { mode, flush: true, flag: "wx" });
    chmodSync(aside, mode); // whatever the umask takes away
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/**
 * Whether these files are still those that stood there when each was first seen. Who has one open goes on writing into it when it is
 * taken away or replaced below him, and nobody finds what he writes.
 */
export function standingFiles(paths: readonly string[]): () => boolean {
  const seen = new Map<string, string>();
  return () =>
    paths.every((path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      const now = stats === undefined ? undefined : `${stats.dev} ${stats.ino}`;
      const before = seen.get(path);
      if (before === undefined && now !== undefined) seen.set(path, now);
      return before === undefined || before === now;
    });
}

/**
 * Makes a folder for its owner only, with those above it, if it is not there.
 *
 * Not with `recursive`: below /proc, where nothing can be made, that never comes back (Node 24).
 *
 * @throws The error of Node, `EEXIST` when a file stands there.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path, { mode: 0o700 });
}

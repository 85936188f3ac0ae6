/** Files that are whole or not there. */

import { chmodSync, renameSync, writeFileSync } from "node:fs";

/**
 * Writes a file so that a reader sees the old or the new content, whole, after a crash, too.
 *
 * @param mode  Only its owner reads it, unless told.
 */
export function writeWhole(path: string, text: string | Uint8Array, mode = 0o600): void {
  const aside = `${path}.new`;
  writeFileSync(aside, text, { mode, flush: true });
  chmodSync(aside, mode); // one that was left behind by a crash keeps its own mode
  renameSync(aside, path);
}

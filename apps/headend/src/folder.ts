/** A folder of our own, readable by nobody else. */

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Makes it and what is missing above it. Not with `recursive`: below /proc that never comes back (Node 24). */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * A certificate, a key or a list from a file that somebody names: whole, at once, and never more than stated.
 *
 * Not here: sources that are read as they come (../open).
 */

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import { SourceError, sourceErrorOf } from "../errors.ts";

export interface SmallFileOptions {
  /** More is refused. A device says no size before, and /dev/zero never ends. */
  readonly maxBytes: number;
  /** Whether a pipe or device will do. Only where a person waits for it: a pipe without a writer is waited for. */
  readonly alsoPipes?: boolean;
}

/**
 * All octets of a file. The buffer that they were read into is zeroed, since they may be a key.
 *
 * @throws {SourceError} "no-such-file", "is-a-directory", "not-readable", "too-long", "permission-denied" …
 */
export function readSmallFile(path: string, { maxBytes, alsoPipes = false }: SmallFileOptions): Uint8Array {
  let file: number | undefined;
  const room = new Uint8Array(maxBytes + 1);
  try {
    // Opened without waiting, so that a pipe in the place of a file is told and holds nobody up.
    file = openSync(path, constants.O_RDONLY | (alsoPipes ? 0 : constants.O_NONBLOCK));
    const stats = fstatSync(file);
    if (stats.isDirectory()) throw new SourceError("is-a-directory", path);
    if (!alsoPipes && !stats.isFile()) throw new SourceError("not-readable", path);
    let length = 0;
    for (let count = -1; count !== 0 && length <= maxBytes; length += count) {
      count = readSync(file, room, length, room.length - length, null);
    }
    if (length > maxBytes) throw new SourceError("too-long", path);
    return room.slice(0, length);
  } catch (error) {
    throw sourceErrorOf(error, path);
  } finally {
    room.fill(0);
    if (file !== undefined) closeSync(file);
  }
}

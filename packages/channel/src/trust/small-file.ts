/**
 * A certificate, a key or a list from a file that somebody names: whole, at once, and never more than stated.
 *
 * Not here: sources that are read as they come (../open).
 */

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import { concatBytes } from "@siegel/wire";

import { SourceError, sourceErrorOf } from "../errors.ts";

export interface SmallFileOptions {
  /** More is refused. A device says no size before, and /dev/zero never ends. */
  readonly maxBytes: number;
  /** Whether a pipe or device will do. Only where a person waits for it: whoever writes into it has ten seconds. */
  readonly alsoPipes?: boolean;
}

/**
 * All octets of a file. The buffers that they were read into are zeroed, since they may be a key.
 *
 * @throws {SourceError} "no-such-file", "is-a-directory", "not-readable", "too-long", "permission-denied" …
 */
export function readSmallFile(path: string, { maxBytes, alsoPipes = false }: SmallFileOptions): Uint8Array {
  let file: number | undefined;
  const pieces: Uint8Array[] = [];
  try {
    // Without waiting: a pipe that nobody writes into would hold up the whole process, Ctrl-C too.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (stats.isDirectory()) throw new SourceError("is-a-directory", path);
    if (!alsoPipes && !stats.isFile()) throw new SourceError("not-readable", path);
    for (let length = 0; ;) {
      const piece = new Uint8Array(pieceBytes);
      pieces.push(piece);
      const count = readWaiting(file, piece);
      pieces[pieces.length - 1] = piece.subarray(0, count);
      if (count === 0) return concatBytes(...pieces);
      length += count;
      if (length > maxBytes) throw new SourceError("too-long", path);
    }
  } catch (error) {
    throw sourceErrorOf(error, path);
  } finally {
    for (const piece of pieces) piece.fill(0);
    if (file !== undefined) closeSync(file);
  }
}

/** The next octets, 0 at the end. What is not there yet is waited for in small steps: of a pipe, `root.pem` being made. */
function readWaiting(file: number, into: Uint8Array): number {
  for (let waited = 0; ; waited += stepMs) {
    try {
      return readSync(file, into, 0, into.length, null);
    } catch (error) {
      const isNotYet = error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!isNotYet || waited >= patienceMs) throw error;
      Atomics.wait(never, 0, 0, stepMs);
    }
  }
}

const pieceBytes = 65_536;
const stepMs = 10;
const patienceMs = 10_000;
const never = new Int32Array(new SharedArrayBuffer(4));

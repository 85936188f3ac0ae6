/** Files, named pipes and standard input as byte sources. */

import { constants, createReadStream, fstatSync, open, type Stats } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";

import { SourceError, sourceErrorOf } from "./errors.ts";
import type { ByteSource } from "./source.ts";
import { StreamSource } from "./stream-source.ts";

export interface FileOptions {
  /** Refuse more than this. A regular file: 1 GiB unless told; a pipe may be live and has no limit unless told. */
  readonly maxBytes?: number | undefined;
  readonly silenceTimeoutMs?: number | undefined;
}

/**
 * A regular file, a named pipe or a device that can be read like a file.
 *
 * @param stats  Of the path, links followed.
 * @throws {SourceError} "is-a-directory", "permission-denied", "not-readable", "too-long" …
 */
export async function openFile(path: string, stats: Stats, options: FileOptions): Promise<ByteSource> {
  if (stats.isDirectory()) throw new SourceError("is-a-directory", path);
  if (stats.isSocket()) throw new SourceError("not-readable", path);
  const parts = { description: path, address: path, silenceTimeoutMs: options.silenceTimeoutMs };
  if (stats.isFIFO()) {
    return new StreamSource({ ...parts, stream: await openPipe(path), maxBytes: options.maxBytes });
  }
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  if (stats.size > maxBytes) throw new SourceError("too-long", path);
  const stream = createReadStream(path, { highWaterMark: chunkBytes });
  await opened(stream, path);
  return new StreamSource({ ...parts, stream, maxBytes });
}

/** Standard input of this process. Redirected from a file it has that file's limit. */
export function openStdin(options: FileOptions): ByteSource {
  const maxBytes = options.maxBytes ?? (fstatSync(0).isFile() ? defaultMaxBytes : undefined);
  const { silenceTimeoutMs } = options;
  return new StreamSource({
    description: "standard input",
    address: "-",
    stream: process.stdin,
    maxBytes,
    silenceTimeoutMs,
  });
}

/**
 * Opened without waiting for a writer: a blocking open could not be called off and would hold one of the process's few
 * file threads. As a socket it is then watched, not read in a thread.
 */
function openPipe(path: string): Promise<Readable> {
  return new Promise((resolve, reject) => {
    open(path, constants.O_RDONLY | constants.O_NONBLOCK, (error, fd) => {
      if (error) reject(sourceErrorOf(error, path));
      else resolve(new Socket({ fd, readable: true, writable: false }));
    });
  });
}

function opened(stream: Readable, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("open", () => resolve());
    stream.once("error", (error) => reject(sourceErrorOf(error, path)));
  });
}

const chunkBytes = 64 * 1024;
const defaultMaxBytes = 2 ** 30;

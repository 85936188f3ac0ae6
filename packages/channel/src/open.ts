/** From what a person wrote to an open source of bytes. */

import { type Stats } from "node:fs";
import { stat } from "node:fs/promises";

import { parseAddress } from "./address.ts";
import { SourceError, sourceErrorOf } from "./errors.ts";
import { type FileOptions, openFile, openStdin } from "./file.ts";
import { openSerial, type SerialOptions } from "./serial.ts";
import type { ByteLine, ByteSource } from "./source.ts";
import { openTcp, type TcpOptions } from "./tcp.ts";

/** Each kind of source takes what concerns it. `signal` calls off the opening, not the reading. */
export interface SourceOptions extends FileOptions, SerialOptions, TcpOptions {}

/**
 * Opens a file, `-` (standard input), a serial port (`/dev/ttyUSB0`, `/dev/pts/3`, `COM3`) or `tcp://host:port`.
 *
 * @returns  A `ByteLine` (it has `write`) for ports and connections, else a `ByteSource`.
 * @throws {SourceError} with a code, and a `hint` that says what to do.
 */
export async function openSource(text: string, options: SourceOptions = {}): Promise<ByteSource | ByteLine> {
  const address = parseAddress(text);
  if (options.signal?.aborted) throw new SourceError("aborted", text);
  switch (address.kind) {
    case "stdin":
      return openStdin(options);
    case "tcp":
      return openTcp(address, options);
    case "serial":
      return openSerial(address.path, options);
    case "path":
      return openPath(address.path, options);
  }
}

async function openPath(path: string, options: SourceOptions): Promise<ByteSource | ByteLine> {
  const stats = await statOf(path);
  if (!stats.isCharacterDevice()) return openFile(path, stats, options);
  try {
    return await openSerial(path, options);
  } catch (error) {
    // /dev/null and its like are character devices without a line.
    if (!(error instanceof SourceError) || error.code !== "not-a-serial-port") throw error;
    return openFile(path, stats, options);
  }
}

function statOf(path: string): Promise<Stats> {
  return stat(path).catch((error: unknown) => {
    throw sourceErrorOf(error, path);
  });
}

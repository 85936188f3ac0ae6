/** Where `siegel read` takes its bytes from: once, or again whenever the line comes back. */

import {
  type ByteLine,
  type ByteSource,
  type LiveEvent,
  openSource,
  SourceError,
  systemPorts,
  withReconnect,
} from "@siegel/channel";
import { CommandError, exitCode } from "../exit.ts";

export interface InputOptions {
  /** Settings of a serial line, as `9600-8N1`. */
  readonly serial: string | undefined;
  /** Of a line or connection only; a file is read once. */
  readonly reconnect: boolean;
}

export interface Input {
  /** A line or connection, whose silence means something; not a file or pipe. */
  readonly live: boolean;
  /** To the other side of a line or connection, whichever is open now. */
  readonly write?: (bytes: Uint8Array) => Promise<void>;
  /** Leaving the loop closes the source. */
  readonly events: AsyncIterable<LiveEvent>;
}

/**
 * Opens the source.
 *
 * @throws {SourceError} It cannot be opened.
 */
export async function openInput(text: string, options: InputOptions, ended: AbortSignal): Promise<Input> {
  const { serial } = options;
  const open = (signal?: AbortSignal) => openSource(text, { serial, signal });
  const first = await open(ended);
  const live = "write" in first;
  // A file that ends is read: to open it again would read the same telegrams again.
  let current = first;
  const write = (bytes: Uint8Array) => ("write" in current ? current.write(bytes) : Promise.resolve());
  if (!live) return { live, events: once(first.chunks(ended)) };
  if (!options.reconnect) return { live, write, events: once(first.chunks(ended)) };
  let next: Promise<ByteSource | ByteLine> | undefined = Promise.resolve(first);
  const openAgain = async (signal?: AbortSignal): Promise<ByteSource> => {
    const source = next ?? open(signal);
    next = undefined;
    return (current = await source);
  };
  return { live, write, events: withReconnect(openAgain, {}, systemPorts, ended) };
}

async function* once(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LiveEvent, void, void> {
  for await (const bytes of chunks) yield { event: "bytes", bytes };
}

/** An error of a source in one line, with its exit code; anything else is passed on. */
export function sourceFailure(error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  const exit = usageCodes.has(error.code) ? exitCode.usage : exitCode.failed;
  return new CommandError(exit, error.message, { cause: error });
}

const usageCodes: ReadonlySet<string> = new Set(["bad-address", "bad-line-settings"]);

/** Where `siegel read` takes its bytes from: once, or again whenever the line comes back. */

import { type LiveEvent, openSource, systemPorts, withReconnect } from "@siegel/channel";

export interface InputOptions {
  /** Settings of a serial line, as `9600-8N1`. */
  readonly serial: string | undefined;
  readonly reconnect: boolean;
}

export interface Input {
  /** A line or connection, whose silence means something; not a file or pipe. */
  readonly live: boolean;
  /** Leaving the loop closes the source. */
  readonly events: AsyncIterable<LiveEvent>;
}

/**
 * Opens the source.
 *
 * @throws {SourceError} It cannot be opened; with `reconnect` only when no later try could heal that.
 */
export async function openInput(text: string, options: InputOptions, ended: AbortSignal): Promise<Input> {
  const { serial } = options;
  const open = (signal?: AbortSignal) => openSource(text, { serial, signal });
  if (options.reconnect) return { live: true, events: withReconnect(open, {}, systemPorts, ended) };
  const source = await open(ended);
  return { live: "write" in source, events: once(source.chunks(ended)) };
}

async function* once(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LiveEvent, void, void> {
  for await (const bytes of chunks) yield { event: "bytes", bytes };
}

/**
 * Live values of a meter by server-sent events, with the state of the connection.
 *
 * The browser reconnects by itself when a connection breaks; when the server answers with an error instead, it gives up, and
 * we try again with growing pauses. Whether the session is over is for the caller to ask: an EventSource does not tell.
 */

import type { CurrentValue } from "@siegel/contract";

import { livePath } from "./api.ts";
import { currentValueOf } from "./shapes.ts";

export type Connection = "connecting" | "live" | "reconnecting";

export interface LiveListener {
  onReading(reading: CurrentValue): void;
  onConnection(connection: Connection): void;
  /** The server refused: perhaps the session is over. */
  onRefused(): void;
}

/** Listens until the returned function is called. */
export function watchLive(meterId: string, listener: LiveListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const open = (): void => {
    source = new EventSource(livePath(meterId));
    source.addEventListener("open", () => {
      failures = 0;
      listener.onConnection("live");
    });
    source.addEventListener("reading", (event) => {
      const reading = readingOf(event.data);
      if (reading !== undefined) listener.onReading(reading);
    });
    source.addEventListener("error", () => {
      listener.onConnection("reconnecting");
      if (source?.readyState !== EventSource.CLOSED) return;
      listener.onRefused();
      timer = setTimeout(open, Math.min(30_000, 1000 * 2 ** failures++));
    });
  };

  listener.onConnection("connecting");
  open();
  return () => {
    source?.close();
    clearTimeout(timer);
  };
}

/** A reading that is none is passed over: the next one comes in seconds. */
function readingOf(data: unknown): CurrentValue | undefined {
  try {
    return currentValueOf(JSON.parse(String(data)));
  } catch {
    return undefined;
  }
}

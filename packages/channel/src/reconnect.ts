/**
 * Live reading over a line that comes and goes.
 *
 * In: a way to open the line, and how patient to be.  Out: bytes and what happened between them, in one order, so that a
 * reader knows after which byte something is missing and can start its framing afresh.
 * Not here: what was missed; a meter's load profile is fetched by the protocol, if it has one.
 */

import { SourceError } from "./errors.ts";
import type { ByteSource } from "./source.ts";

export type LiveEvent =
  /** `gapMs`: from the loss until now; absent the first time. */
  | { readonly event: "connected"; readonly description: string; readonly gapMs?: number }
  | { readonly event: "bytes"; readonly bytes: Uint8Array }
  /** No `error`: the other side closed in order. */
  | { readonly event: "lost"; readonly error?: SourceError }
  /** Before the wait. `attempt` counts from 1; `error` is why the attempt before failed. */
  | {
      readonly event: "reconnecting";
      readonly attempt: number;
      readonly delayMs: number;
      readonly error?: SourceError;
    };

export interface ReconnectPolicy {
  /** Longest first wait; doubles with each attempt. 1 s unless told. */
  readonly firstDelayMs?: number;
  /** No wait is longer. 60 s unless told. */
  readonly maxDelayMs?: number;
  /** Attempts in a row without a byte before giving up. No end unless told. */
  readonly maxAttempts?: number;
  /** Whether a failure of the very first opening is thrown (a person waits at the screen; default) or retried (a service). */
  readonly firstOpen?: "must-succeed" | "retry";
}

/** What the waiting needs from outside. Tests give a virtual clock and a seeded generator. */
export interface ReconnectPorts {
  readonly clock: {
    /** Of any origin, never going back. */
    nowMs(): number;
    /** Resolves after that time, or at once when `signal` aborts. Never rejects. */
    sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  };
  readonly random: {
    /** In [0, 1). Only spreads waits, so it need not be unpredictable. */
    next(): number;
  };
}

/**
 * Opens, reads, and opens again when the line is lost. Ends when `signal` aborts or the caller leaves the loop.
 *
 * @throws {SourceError} the last one, after `maxAttempts`; at once one that no new try can heal (`passing` is false).
 *   Other errors than these are bugs and are passed on.
 */
export async function* withReconnect(
  open: (signal?: AbortSignal) => Promise<ByteSource>,
  policy: ReconnectPolicy,
  ports: ReconnectPorts,
  signal?: AbortSignal,
): AsyncGenerator<LiveEvent, void, void> {
  const { maxAttempts = Infinity, firstOpen = "must-succeed" } = policy;
  let attempt = 0;
  let lostAtMs: number | undefined;
  let everOpen = firstOpen === "retry";
  let description = "source";
  while (true) {
    if (signal?.aborted) return;
    let error: SourceError | undefined;
    let opened = false;
    try {
      const source = await open(signal);
      opened = true;
      everOpen = true;
      description = source.description;
      const gap = lostAtMs === undefined ? {} : { gapMs: ports.clock.nowMs() - lostAtMs };
      try {
        yield { event: "connected", description, ...gap };
        for await (const bytes of source.chunks(signal)) {
          // A byte, not the mere connection, ends the row of failures: some peers accept and hang up at once.
          attempt = 0;
          yield { event: "bytes", bytes };
        }
      } finally {
        await source.close();
      }
    } catch (caught) {
      if (signal?.aborted) return;
      if (!(caught instanceof SourceError) || !caught.passing || !everOpen) throw caught;
      error = caught;
    }
    if (signal?.aborted) return;
    const because = error === undefined ? {} : { error };
    if (opened) {
      lostAtMs = ports.clock.nowMs();
      yield { event: "lost", ...because };
    }
    if (++attempt > maxAttempts) throw error ?? new SourceError("line-lost", description);
    const delayMs = backoffMs(attempt, policy, ports.random.next());
    yield { event: "reconnecting", attempt, delayMs, ...because };
    await ports.clock.sleep(delayMs, signal);
  }
}

/**
 * Wait before an attempt: doubling, capped, and then between half of it and all of it, so that a thousand readers of one
 * concentrator that restarts do not come back in the same instant.
 *
 * @param attempt   From 1.
 * @param fraction  In [0, 1).
 */
export function backoffMs(attempt: number, policy: ReconnectPolicy, fraction: number): number {
  const { firstDelayMs = 1_000, maxDelayMs = 60_000 } = policy;
  const longest = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
  return Math.round((longest / 2) * (1 + fraction));
}

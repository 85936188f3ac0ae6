/** A line made of given bytes and errors, for tests of whoever reads lines. */

import { SourceError } from "./errors.ts";
import type { ByteLine } from "./source.ts";

/** Bytes to deliver, an error to end with, or "wait": nothing comes until `close` or abort. */
export type RecordedStep = Uint8Array | SourceError | "wait";

/** Plays its steps in order, then ends as a peer that closes in order. Keeps what was written. */
export class RecordedLine implements ByteLine {
  readonly description: string;
  readonly written: Uint8Array[] = [];
  readonly #steps: readonly RecordedStep[];
  readonly #closing = new AbortController();
  #taken = false;

  constructor(steps: readonly RecordedStep[], description = "recorded line") {
    this.#steps = steps;
    this.description = description;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async *chunks(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    if (this.#taken) throw new SourceError("already-read", this.description);
    this.#taken = true;
    const stop = AbortSignal.any(signal ? [signal, this.#closing.signal] : [this.#closing.signal]);
    try {
      for (const step of this.#steps) {
        if (stop.aborted) return;
        if (step instanceof SourceError) throw step;
        if (step === "wait") await aborted(stop);
        else yield Uint8Array.from(step);
      }
    } finally {
      await this.close();
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.closed) throw new SourceError("line-lost", this.description);
    this.written.push(Uint8Array.from(bytes));
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** How far a long read is, for a person whose results go elsewhere. Rewrites one line of the notes. */

import type { Terminal } from "../terminal.ts";

export class Progress {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  #nextMs: number;
  #shown = false;

  constructor(terminal: Terminal, nowMs: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#nextMs = nowMs() + intervalMs; // what ends at once needs no progress
  }

  /** Bytes read and telegrams decoded so far. */
  at(byteLength: number, telegrams: number): void {
    if (!this.#terminal.showsProgress || this.#terminal.interactive || this.#nowMs() < this.#nextMs) return;
    this.#nextMs = this.#nowMs() + intervalMs;
    this.#shown = true;
    const megabytes = (byteLength / 1e6).toFixed(1);
    this.#terminal.err(`\rsiegel: ${megabytes} MB read, ${telegrams} telegrams\u001b[K`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown) this.#terminal.err("\r\u001b[K");
  }
}

const intervalMs = 500;

/** Waiting as a port: real in the program, moved by hand in tests. */

export interface Timers {
  /** After everything that is ready now has had its turn. */
  soon(run: () => void): void;
  /** @returns Takes it back. */
  after(ms: number, run: () => void): () => void;
}

export interface Clock {
  nowMs(): number;
}

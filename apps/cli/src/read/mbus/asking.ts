/**
 * Asks the meters of a wired bus, again and again: those at given addresses, or those that a search finds.
 *
 * In: a way to write, the bytes that come.  Out: that meters speak. What they say is read by whoever reads the line.
 * The bus is listened to before: who pushes need not be asked, and two masters on one bus hear nobody.
 */

import { BusError, BusMaster, type Target } from "@siegel/mbus";

export interface AskingOptions {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Primary addresses; a search finds the meters unless told. */
  readonly addresses?: readonly number[] | undefined;
  readonly baud?: number | undefined;
  /** Milliseconds that a converter may add to the time for an answer. */
  readonly slackMs?: number | undefined;
  /** Whether somebody spoke unasked. */
  readonly isHeard: () => boolean;
  readonly note: (text: string) => void;
}

export class Asking {
  readonly #options: AskingOptions;
  readonly #chunks: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  /** A search makes meters answer over each other: what comes then is for nobody else. */
  isSearching = false;

  constructor(options: AskingOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => {
      if (!options.isHeard()) void this.#ask();
    }, listenFirstMs);
  }

  /** What came from the line. */
  bytes(chunk: Uint8Array): void {
    if (this.#chunks.length < maxWaiting) this.#chunks.push(chunk.slice());
    this.#wake?.();
  }

  stop(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#wake?.();
  }

  async #ask(): Promise<void> {
    const { write, baud, slackMs = usualSlackMs } = this.#options;
    const line = { write, chunks: () => this.#came(), close: async () => {} };
    const timer = {
      after: (milliseconds: number, run: () => void) => {
        const timeout = setTimeout(run, milliseconds);
        return () => clearTimeout(timeout);
      },
    };
    const master = new BusMaster(line, timer, { ...(baud === undefined ? {} : { baud }), retries: 1, slackMs });
    try {
      const targets = await this.#targets(master);
      while (!this.#ended) {
        for (const target of targets) if (!this.#ended) await this.#read(master, target);
        await this.#pause();
      }
    } catch (error) {
      if (!(error instanceof BusError)) throw error; // the line is gone: reading ends by itself
    }
  }

  async #targets(master: BusMaster): Promise<readonly Target[]> {
    const { addresses, note } = this.#options;
    if (addresses !== undefined) return addresses.map((address) => ({ by: "primary", address }));
    note("looking for the meters of the bus; --address 1 asks the one there at once");
    this.isSearching = true;
    try {
      const { found, unresolved } = await master.search();
      const count = `${found.length} ${found.length === 1 ? "meter answers" : "meters answer"}`;
      note(unresolved.length === 0 ? count : `${count}; others cannot be told apart`);
      return found.map(({ mask }) => ({ by: "secondary", mask }));
    } finally {
      this.isSearching = false;
    }
  }

  async #read(master: BusMaster, target: Target): Promise<void> {
    try {
      await master.read(target);
    } catch (error) {
      // A meter that does not answer now may do so the next time.
      if (!(error instanceof BusError) || error.code === "line-closed") throw error;
      if (target.by === "primary") this.#options.note(`no answer from address ${target.address}: ${error.code}`);
    }
  }

  async *#came(): AsyncGenerator<Uint8Array, void, void> {
    while (!this.#ended) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, betweenRoundsMs);
      const before = this.#wake;
      this.#wake = () => {
        before?.();
        if (this.#ended) resolve();
      };
    });
  }
}

const listenFirstMs = 1_500;
const betweenRoundsMs = 10_000;
/** Answers that nobody took: of one round a few. */
const maxWaiting = 1_000;
/** A converter behind TCP adds its own delay. */
const usualSlackMs = 200;

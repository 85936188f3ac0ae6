/**
 * Tells the person who waits why nothing comes, and ends a telegram that the line left cut.
 *
 * In: that bytes came, and what the reader makes of them.  Out: one note, and the reader's error for a cut telegram.
 * A meter with a wrong baud rate sends garbage without a pause, so silence alone is no measure.
 */

import type { ProtocolReader, ReadEvent } from "./protocol.ts";

export interface QuietWatchOptions {
  /** A line or connection, whose silence means something. Of a pipe only the time without a telegram counts. */
  readonly live: boolean;
  readonly reader: Pick<ProtocolReader, "pendingBytes" | "flush" | "explain">;
  /** Whether a telegram was read yet. */
  readonly hasTelegram: () => boolean;
  readonly print: (events: readonly ReadEvent[]) => void;
  readonly note: (text: string) => void;
}

export class QuietWatch {
  readonly #options: QuietWatchOptions;
  readonly #patience: NodeJS.Timeout;
  #quiet: NodeJS.Timeout | undefined;
  #told = false;
  #anyByte = false;

  constructor(options: QuietWatchOptions) {
    this.#options = options;
    this.#patience = setTimeout(() => this.#tell(), patienceMs);
    this.#restart();
  }

  bytesCame(): void {
    this.#anyByte = true;
    this.#restart();
  }

  stop(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#patience);
  }

  #restart(): void {
    if (!this.#options.live) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      const { reader, print } = this.#options;
      if (reader.pendingBytes > 0) print(reader.flush());
      this.#tell();
    }, quietMs);
  }

  #tell(): void {
    const { live, reader, hasTelegram, note } = this.#options;
    if (this.#told || hasTelegram()) return;
    this.#told = true;
    // A pipe without a byte yet is no empty file.
    const [first] = live || this.#anyByte ? reader.explain() : [];
    note(`no telegram yet. ${first === undefined ? "Waiting." : `${first.text} ${first.advice}`}`);
  }
}

/** A meter pushes every one to four seconds; a telegram never pauses that long. */
const quietMs = 5_000;
/** Some meters push every ten seconds only. */
const patienceMs = 12_000;

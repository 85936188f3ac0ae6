/**
 * D0 as `siegel read` prints it: captures and pushes as they come, and on a line the meter is asked.
 *
 * Everything that comes goes through one stream; asking only makes the meter speak. On a serial line the speed stays that
 * of the line, for our side cannot change it: the meter is told to stay there, too.
 */

import {
  D0Stream,
  type D0StreamEvent,
  looksLikeD0,
  looksLikeP1,
  type ReaderInput,
  ReaderSession,
} from "@siegel/iec62056-21";
import type { Explanation, Protocol, ProtocolReader, ReadEvent, ReadOptions } from "./protocol.ts";
import { fromHexText } from "./hex-text.ts";
import { looksOf } from "./looks.ts";
import { telegramOfLines } from "./telegram-of-lines.ts";
import { Sample } from "./sample.ts";

export const d0Protocol: Protocol = {
  name: "d0",
  sign: "data sets as 1.8.0(…) behind an identification",
  certainty: ({ kind }, beginning) => {
    const looks = looksOf(beginning);
    if (kind !== "telegram" || !looks.isMostlyText) return undefined;
    if (looks.p1 === "yes") return looks.isPushedD0 ? "proven" : undefined;
    return looks.d0 === "yes" || (looks.d0 === "unsure" && looks.hasIdentification) ? "proven" : "plausible";
  },
  open: (options) => new D0ProtocolReader(options),
};

class D0ProtocolReader implements ProtocolReader {
  readonly #stream: D0Stream;
  readonly #live: boolean;
  readonly #baud: number | undefined;
  readonly #sample = new Sample();
  #telegrams = 0;
  /** Who asks, while somebody does. */
  #asking: ((input: ReaderInput) => void) | undefined;

  constructor({ strict, live, baud }: ReadOptions) {
    this.#stream = new D0Stream({ strict });
    this.#live = live;
    this.#baud = baud;
  }

  get pendingBytes(): number {
    return this.#stream.pendingBytes;
  }

  get explainsBeginningOnly(): boolean {
    return this.#sample.isBeginningOnly;
  }

  push(chunk: Uint8Array): readonly ReadEvent[] {
    this.#sample.push(chunk);
    this.#asking?.({ on: "bytes", bytes: chunk.slice() });
    return this.#events(this.#stream.push(chunk));
  }

  flush(): readonly ReadEvent[] {
    return this.#events(this.#stream.flush());
  }

  talk(write: (bytes: Uint8Array) => Promise<void>): () => void {
    const timers = new Set<NodeJS.Timeout>();
    const after = (milliseconds: number, run: () => void): void => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      timers.add(setTimeout(run, milliseconds));
    };
    const ask = (): void => {
      const baud = this.#baud === undefined ? {} : { openingBaud: this.#baud, maxBaud: this.#baud };
      const session = new ReaderSession(baud);
      const step = (input: ReaderInput): void => {
        for (const effect of session.step(input)) {
          if (effect.do === "wait") after(effect.milliseconds, () => step({ on: "timeout" }));
          // A lost line ends the reading by itself.
          else if (effect.do === "send")
            write(effect.bytes).then(
              () => step({ on: "sent" }),
              () => undefined,
            );
          else if (effect.do === "finish" || effect.do === "fail") {
            this.#asking = undefined;
            after(betweenReadingsMs, ask);
          }
        }
      };
      this.#asking = step;
      step({ on: "start" });
    };
    // Who pushes does so every few seconds, and need not be asked.
    after(listenFirstMs, () => {
      if (this.#telegrams === 0) ask();
    });
    return () => {
      for (const timer of timers) clearTimeout(timer);
      this.#asking = undefined;
    };
  }

  explain(): readonly Explanation[] {
    if (this.#telegrams > 0) return [];
    const decoded = fromHexText(this.#sample.bytes, (bytes) => looksLikeD0(bytes) === "yes");
    if (decoded !== undefined) {
      return [{ text: "This is hex text of a capture.", advice: "Give the bytes themselves.", decoded }];
    }
    if (this.#sample.isEmpty) {
      const advice = this.#live
        ? "The meter was asked and did not answer: check head and cable; most begin at --line 300-7E1."
        : "The file is empty.";
      return [{ text: "Nothing came.", advice }];
    }
    if (looksLikeP1(this.#sample.bytes) === "yes") {
      return [{ text: "These are P1 telegrams.", advice: "Read them with --protocol p1." }];
    }
    return [
      {
        text: "No data set (1.8.0(…)) is in what was read.",
        advice: "Check speed and parity with --line: 300-7E1, 9600-7E1.",
      },
    ];
  }

  #events(events: readonly D0StreamEvent[]): readonly ReadEvent[] {
    return events.flatMap((event): ReadEvent[] => {
      switch (event.kind) {
        case "telegram":
          this.#telegrams++;
          return [{ kind: "telegram", telegram: telegramOfLines("d0", event.offset, event.telegram) }];
        case "error": {
          const { error, offset, path } = event;
          const at = { at: error.where.offset };
          return [{ kind: "error", error: { protocol: "d0", offset, error: { code: error.code, path, ...at } } }];
        }
        default:
          return [];
      }
    });
  }
}

/** Meters that speak by themselves do so at least this often. */
const listenFirstMs = 3_000;
const betweenReadingsMs = 10_000;

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
  withoutParity,
} from "@siegel/iec62056-21";
import { concatBytes } from "@siegel/wire";
import type { Explanation, Protocol, ProtocolReader, ReadEvent, ReadOptions } from "./protocol.ts";
import { fromHexText } from "./hex-text.ts";
import { isPushedD0 } from "./pushed-d0.ts";
import { telegramOfLines } from "./telegram-of-lines.ts";

export const d0Protocol: Protocol = {
  name: "d0",
  sign: "data sets as 1.8.0(…) behind an identification",
  certainty: ({ kind }, beginning) => {
    if (kind !== "telegram" || !isMostlyText(beginning)) return undefined;
    if (looksLikeP1(beginning) === "yes") return isPushedD0(beginning) ? "proven" : undefined;
    const looks = looksLikeD0(beginning);
    return looks === "yes" || (looks === "unsure" && hasIdentification(beginning)) ? "proven" : "plausible";
  },
  open: (options) => new D0ProtocolReader(options),
};

/** In a thousand random octets stands something like `8(x)`; a read-out is text, its control characters and a wake-up aside. */
function isMostlyText(beginning: Uint8Array): boolean {
  const octets = withoutParity(beginning.subarray(0, lookBytes)).filter((octet) => !controls.has(octet));
  const printable = octets.filter((octet) => octet >= 0x20 && octet < 0x7f).length;
  return printable >= leastTextShare * octets.length;
}

/** A meter that pushes introduces itself by a line, as P1 does; data sets alone are in many a text. */
function hasIdentification(beginning: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(withoutParity(beginning.subarray(0, lookBytes)));
  return /(?:^|\n)\/[A-Za-z]{3}[!-~][^\r\n]{0,40}\r?\n/.test(text);
}

class D0ProtocolReader implements ProtocolReader {
  readonly #stream: D0Stream;
  readonly #live: boolean;
  readonly #baud: number | undefined;
  readonly #sample: Uint8Array[] = [];
  #readBytes = 0;
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
    return this.#readBytes > maxSampleBytes;
  }

  push(chunk: Uint8Array): readonly ReadEvent[] {
    if (this.#readBytes < maxSampleBytes) this.#sample.push(chunk.slice(0, maxSampleBytes - this.#readBytes));
    this.#readBytes += chunk.length;
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
    const decoded = fromHexText(this.#sample, (bytes) => looksLikeD0(bytes) === "yes");
    if (decoded !== undefined) {
      return [{ text: "This is hex text of a capture.", advice: "Give the bytes themselves.", decoded }];
    }
    if (this.#readBytes === 0) {
      const advice = this.#live
        ? "The meter was asked and did not answer: check head and cable; most begin at --line 300-7E1."
        : "The file is empty.";
      return [{ text: "Nothing came.", advice }];
    }
    if (looksLikeP1(concatBytes(...this.#sample)) === "yes") {
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

const maxSampleBytes = 65_536;
const lookBytes = 4_096;
const leastTextShare = 0.9;
/** NUL of the wake-up, SOH, STX, ETX, EOT, ACK, NAK, line ends. */
const controls: ReadonlySet<number> = new Set([0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x15, 0x09, 0x0a, 0x0d]);
/** Meters that speak by themselves do so at least this often. */
const listenFirstMs = 3_000;
const betweenReadingsMs = 10_000;

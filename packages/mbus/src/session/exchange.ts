/**
 * One question on the bus and what comes back: echo removed, frames found, silence and collision told apart.
 *
 * In: the frame to send, the bytes of the line, and that the timer ran out.  Out: what to send, how long to wait, the reply.
 * Not here: which question follows (./master), timers and ports (./driver).
 * Several meters that answer at once make bytes that are no frame: on this bus that is an answer, too ("garbled"), and
 * tells a search that somebody is there. A converter's echo of our own frame needs no setting: no meter ever begins
 * with a frame of a master, so bytes that are equal to what was just sent are the echo.
 * Source: EN 13757-2, 5.7.2: an answer begins 11 to 330 bit times + 50 ms after the question; facts §4.1.
 */

import { equalBytes } from "@siegel/wire";
import { fromMaster } from "../framing/wired/c-field.ts";
import { encodeWiredFrame, type LongFrame, type WiredFrame } from "../framing/wired/frame.ts";
import { WiredFramer } from "../framing/wired/framer.ts";

/** What came back within the time allowed. */
export type Reply =
  /** E5, nothing else. */
  | { readonly on: "acknowledged" }
  /** One whole frame of a meter. */
  | { readonly on: "answered"; readonly frame: LongFrame }
  /** Bytes that are no answer: a collision, a disturbed line, or a frame that no meter sends. */
  | { readonly on: "garbled" }
  | { readonly on: "silent" };

export interface ExchangeOptions {
  /** What the way to the bus adds to each wait: a TCP converter, a slow adapter. 50 ms unless told. */
  readonly slackMs?: number | undefined;
}

export interface Question {
  readonly frame: WiredFrame;
  readonly baud: number;
  /** Waits until nobody can answer any more, also when an answer has come: others may be slower. */
  readonly linger?: boolean;
}

/** What the exchange wants next. `waitMs` is counted from now and replaces an earlier wait. */
export interface Wanted {
  readonly send?: Uint8Array;
  readonly waitMs?: number;
  readonly reply?: Reply;
}

export class Exchange {
  readonly #slackMs: number;
  #framer = new WiredFramer();
  #question: Question | undefined;
  /** Bytes of our own frame that may still come back. */
  #echo: Uint8Array = nothing;
  #echoed = 0;
  #sawBytes = false;
  #heardBytes = 0;
  #garbled = false;
  #frames: WiredFrame[] = [];

  constructor(options: ExchangeOptions = {}) {
    this.#slackMs = options.slackMs ?? 50;
  }

  /** Begins a question; what was left of an earlier one is forgotten. */
  ask(question: Question): Wanted {
    const send = encodeWiredFrame(question.frame);
    this.#question = question;
    this.#framer = new WiredFramer();
    this.#echo = send;
    this.#echoed = 0;
    this.#heardBytes = 0;
    this.#sawBytes = this.#garbled = false;
    this.#frames = [];
    return { send, waitMs: this.#answerMs(question, send.length) };
  }

  /** Bytes of the line. Without a question they belong to nobody and are dropped. */
  bytes(chunk: Uint8Array): Wanted {
    const question = this.#question;
    if (question === undefined) return {};
    const rest = this.#withoutEcho(chunk);
    if (rest.length === 0) return {};
    this.#sawBytes = true;
    this.#heardBytes += rest.length;
    this.#take(this.#framer.push(rest));
    if (this.#heardBytes > maxAnswerBytes) {
      this.#garbled = true;
      return this.#finish();
    }
    if (this.#frames.length > 0 && question.linger !== true && this.#framer.pendingBytes === 0) {
      return this.#finish();
    }
    // Within a frame there is no pause; in a lingering question the whole window counts again, which is long enough.
    return { waitMs: question.linger === true ? this.#answerMs(question, 0) : this.#gapMs(question) };
  }

  /** The wait is over. */
  timeout(): Wanted {
    if (this.#question === undefined) return {};
    // A partial echo that never became whole: a meter's answer cannot begin so, but a collision can look like it.
    if (this.#echoed > 0 && this.#echoed < this.#echo.length) this.#sawBytes = true;
    this.#take(this.#framer.flush());
    return this.#finish();
  }

  #take(events: ReturnType<WiredFramer["push"]>): void {
    for (const event of events) {
      if (event.kind === "frame") this.#frames.push(event.frame);
      else this.#garbled = true;
    }
  }

  #finish(): Wanted {
    this.#question = undefined;
    return { reply: this.#reply() };
  }

  #reply(): Reply {
    if (!this.#sawBytes) return { on: "silent" };
    const [first, ...others] = this.#frames;
    if (first === undefined || this.#garbled) return { on: "garbled" };
    if (first.kind === "acknowledge") {
      // Meters that acknowledge one after the other acknowledge all the same.
      return others.every(({ kind }) => kind === "acknowledge") ? { on: "acknowledged" } : { on: "garbled" };
    }
    if (first.kind === "short" || fromMaster(first.c) || others.length > 0) return { on: "garbled" };
    return { on: "answered", frame: first };
  }

  /** The chunk without what is our own frame coming back. */
  #withoutEcho(chunk: Uint8Array): Uint8Array {
    const left = this.#echo.length - this.#echoed;
    if (left === 0) return chunk;
    const count = Math.min(left, chunk.length);
    const expected = this.#echo.subarray(this.#echoed, this.#echoed + count);
    if (equalBytes(chunk.subarray(0, count), expected)) {
      this.#echoed += count;
      return chunk.subarray(count);
    }
    // No echo after all: what was held for one belongs to the answer.
    const held = this.#echo.subarray(0, this.#echoed);
    this.#echo = nothing;
    this.#echoed = 0;
    return Uint8Array.of(...held, ...chunk);
  }

  /** Our own octets may still be on their way when the system says that they are sent. */
  #answerMs({ baud }: Question, sentBytes: number): number {
    return Math.ceil(((330 + 11 * sentBytes) * 1_000) / baud) + 50 + this.#slackMs;
  }

  /** A pause of 33 bit times ends a frame; what carries the bytes may pause on its own. */
  #gapMs({ baud }: Question): number {
    return Math.ceil((33 * 1_000) / baud) + 20 + this.#slackMs;
  }
}

const nothing = new Uint8Array(0);
/** Whatever answers with more never stops: four frames of full length do not fit into the time of one answer. */
const maxAnswerBytes = 1_024;

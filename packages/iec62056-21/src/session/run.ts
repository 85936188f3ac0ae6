/**
 * Runs a reader over a line: sends, changes the speed, waits, gives what was read.
 *
 * In: a line and a timer that fit by structure.  Out: a telegram, or answers to commands.
 * Source of the order: an effect is done before the next one, and `sent` is told when the line has taken the last octet.
 */

import type { Command } from "../framing/frames.ts";
import { type Identification, identificationLineOf } from "../framing/identification.ts";
import { type ReadOutOptions, telegramOfReadOut } from "../meaning/read-out.ts";
import type { Telegram } from "../meaning/telegram.ts";
import { SessionError } from "./errors.ts";
import { type Answer, type ReaderEffect, type ReaderInput, type ReaderOptions, ReaderSession } from "./reader.ts";

/** A serial line or a connection to one. `ByteLine` of channel fits. */
export interface Line {
  /** Resolves when the last octet has left the line, or as near to that as can be known. */
  write(bytes: Uint8Array): Promise<void>;
  /** What comes. Read once. */
  chunks(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Takes another speed; absent where the other side does so (TCP converters) or the speed is fixed. */
  setSpeed?(baud: number): Promise<void>;
}

export interface Timer {
  /** Runs once after so many milliseconds; the result takes the order back. */
  after(milliseconds: number, run: () => void): () => void;
}

export interface RunOptions extends ReaderOptions, ReadOutOptions {
  readonly signal?: AbortSignal;
}

/** What a programming session offers while it is open. */
export interface Programming {
  readonly identification: Identification | undefined;
  readonly seed: string;
  /**
   * Sends one command and gives what the meter says to it.
   *
   * @throws {SessionError} when the dialogue ends over it. A refusal is an answer.
   */
  send(command: Command): Promise<Answer>;
}

/**
 * Reads out the meter: modes A to D, E as C.
 *
 * @throws {SessionError} whatever ended the dialogue without data.
 */
export async function readOut(line: Line, timer: Timer, options: RunOptions = {}): Promise<Telegram> {
  const dialogue = new Dialogue(line, timer, { ...options, mode: "read-out" }, options.signal);
  const answer = await dialogue.first();
  await dialogue.end();
  if (answer.kind !== "data") throw new SessionError("unexpected-answer");
  const header = answer.identification === undefined ? "" : identificationLineOf(answer.identification);
  // A meter that speaks by itself sends no block check; one that was asked should have.
  const isUnchecked = !answer.isChecked && options.listenAtBaud === undefined;
  return telegramOfReadOut(answer.data, header, options, isUnchecked ? ["missing-checksum"] : []);
}

/**
 * Enters programming mode, lets `use` send commands, and signs off whatever happens.
 *
 * @throws {SessionError} when the meter has no such mode, refuses the password, or falls silent.
 */
export async function withProgramming<T>(
  line: Line,
  timer: Timer,
  options: RunOptions,
  use: (session: Programming) => Promise<T>,
): Promise<T> {
  const dialogue = new Dialogue(line, timer, { ...options, mode: "programming" }, options.signal);
  const session = await dialogue.ready();
  try {
    return await use(session);
  } finally {
    await dialogue.signOff();
  }
}

class Dialogue {
  readonly #session: ReaderSession;
  readonly #line: Line;
  readonly #timer: Timer;
  readonly #ended = new AbortController();
  #cancel: () => void = () => undefined;
  /** Counts orders to wait and to stop, so that one that is overtaken is not carried out. */
  #order = 0;
  /** Effects are run one after the other, in the order in which they came to be. */
  #running: Promise<void> = Promise.resolve();
  #identification: Identification | undefined;
  #wanted: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  #entered: { resolve: (seed: string) => void; reject: (error: Error) => void } | undefined;
  #failure: Error | undefined;
  #baud = 300;

  constructor(line: Line, timer: Timer, options: ReaderOptions, signal: AbortSignal | undefined) {
    this.#session = new ReaderSession(options);
    this.#line = line;
    this.#timer = timer;
    signal?.addEventListener("abort", () => this.#fail(new SessionError("broken-off")), { once: true });
    void this.#listen();
  }

  first(): Promise<Answer> {
    const answer = this.#next();
    this.#step({ on: "start" });
    return answer;
  }

  async ready(): Promise<Programming> {
    const seed = await new Promise<string>((resolve, reject) => {
      this.#entered = { resolve, reject };
      this.#step({ on: "start" });
    });
    return {
      identification: this.#identification,
      seed,
      send: (command) => {
        const answer = this.#next();
        this.#step({ on: "command", command });
        return answer;
      },
    };
  }

  async signOff(): Promise<void> {
    if (this.#failure === undefined) {
      this.#step({ on: "sign-off" });
    }
    await this.end();
  }

  /** Once everything that was to be done on the line is done. */
  async end(): Promise<void> {
    this.#stopWaiting();
    await this.#running;
    this.#ended.abort();
  }

  #next(): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise<Answer>((resolve, reject) => {
      this.#wanted = { resolve, reject };
    });
  }

  async #listen(): Promise<void> {
    try {
      for await (const chunk of this.#line.chunks(this.#ended.signal)) this.#step({ on: "bytes", bytes: chunk });
      this.#fail(new SessionError("answer-broke-off"));
    } catch (error) {
      this.#fail(error instanceof Error ? error : new SessionError("answer-broke-off"));
    }
  }

  #step(input: ReaderInput): void {
    for (const effect of this.#session.step(input)) this.#queue(effect);
  }

  #queue(effect: ReaderEffect): void {
    switch (effect.do) {
      case "stopWaiting":
        return this.#stopWaiting();
      case "wait": {
        this.#stopWaiting();
        const order = this.#order;
        // The time runs from the end of what is to be sent before it, unless somebody thought better of it meanwhile.
        this.#after(() => {
          if (order !== this.#order || this.#failure !== undefined) return;
          this.#cancel = this.#timer.after(effect.milliseconds, () => this.#step({ on: "timeout" }));
        });
        return;
      }
      case "send":
        this.#stopWaiting();
        this.#after(async () => {
          await this.#line.write(effect.bytes);
          this.#after(() => this.#step({ on: "sent" }));
        });
        return;
      case "wake": {
        // One character takes ten bits.
        const zeros = new Uint8Array(Math.ceil((effect.durationMs / 1000) * (this.#baud / 10)));
        this.#after(async () => {
          await this.#line.write(zeros);
          this.#after(() => this.#step({ on: "sent" }));
        });
        return;
      }
      case "speed":
        this.#baud = effect.baud;
        this.#after(async () => this.#line.setSpeed?.(effect.baud));
        return;
      case "deliver":
        if (effect.answer.kind === "data") this.#identification = effect.answer.identification;
        this.#wanted?.resolve(effect.answer);
        this.#wanted = undefined;
        return;
      case "ready":
        this.#entered?.resolve(effect.seed);
        this.#entered = undefined;
        return;
      case "fail":
        return this.#fail(effect.error);
      case "handOver":
      case "finish":
        this.#stopWaiting();
    }
  }

  #stopWaiting(): void {
    this.#order++;
    this.#cancel();
    this.#cancel = () => undefined;
  }

  #after(run: () => void | Promise<void>): void {
    this.#running = this.#running.then(run).catch((error: unknown) => {
      this.#fail(error instanceof Error ? error : new SessionError("answer-broke-off"));
    });
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#stopWaiting();
    this.#ended.abort();
    this.#wanted?.reject(error);
    this.#entered?.reject(error);
  }
}

/**
 * The master on a line: runs the state machine over bytes and a timer that somebody gives.
 *
 * In: a line in both directions (a `ByteLine` of channel fits), a timer, jobs.  Out: results, progress of a search.
 * Not here: decisions (./master), frames and echo (./exchange), opening of ports, a clock.
 * One job at a time, as the bus wants it: a second one is refused, not queued.
 */

import type { LongFrame } from "../framing/wired/frame.ts";
import { usualBaud } from "./baud.ts";
import { BusError } from "./errors.ts";
import { Exchange, type ExchangeOptions, type Wanted } from "./exchange.ts";
import { idleMaster, type Job, type Master, type MasterEffect, type MasterInput } from "./master.ts";
import { type MasterRules, type Progress, type Result, step, type Target } from "./master.ts";
import { moreTelegramsFollow } from "./more-follows.ts";
import type { SearchOptions } from "./search.ts";

/** A port to the bus, in both directions. */
export interface BusLine {
  /** Resolves when the bytes are sent, or on their way. */
  write(bytes: Uint8Array): Promise<void>;
  /** What comes, cut anywhere, until the line ends. Read once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Changes the speed of the port. Absent where the port has none of its own: a converter behind TCP. */
  setBaud?(baud: number): Promise<void>;
  close(): Promise<void>;
}

export interface BusTimer {
  /** Runs once after so many milliseconds; the result takes the order back. */
  after(milliseconds: number, run: () => void): () => void;
}

export interface BusMasterOptions extends ExchangeOptions {
  /** Speed of the line as it was opened; 2400 unless told. */
  readonly baud?: number;
  /** 0 to 3; 3 unless told. */
  readonly retries?: number;
  /** 0 to 3, in a search; 1 unless told. */
  readonly probeRetries?: number;
}

interface Running {
  readonly tell: (progress: Progress) => void;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class BusMaster {
  readonly #line: BusLine;
  readonly #timer: BusTimer;
  readonly #exchange: Exchange;
  readonly #rules: MasterRules;
  #state: Master;
  #running: Running | undefined;
  #cancel: (() => void) | undefined;
  /** Counts questions: what belongs to an earlier one is too late. */
  #asked = 0;
  #ended: unknown;

  /** Reads the line from now on; nobody else may. */
  constructor(line: BusLine, timer: BusTimer, options: BusMasterOptions = {}) {
    this.#line = line;
    this.#timer = timer;
    this.#exchange = new Exchange(options);
    this.#rules = {
      retries: tries(options.retries ?? 3),
      probeRetries: tries(options.probeRetries ?? 1),
      moreFollows: moreTelegramsFollow,
    };
    this.#state = idleMaster(options.baud ?? usualBaud);
    void this.#pump();
  }

  /** Bits a second that the line has now. */
  get baud(): number {
    return this.#state.link.baud;
  }

  /**
   * Runs one job.
   *
   * @param tell  Hears how a search or scan goes on.
   * @returns     Also what failed on the bus: a result with `outcome` "failed" and a code.
   * @throws {BusError} "busy", "bad-job", "no-baud-switch", "line-closed"; and what the line itself throws.
   */
  async run(job: Job, tell: (progress: Progress) => void = () => {}): Promise<Result> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#running !== undefined) throw new BusError("busy");
    if (job.do === "switchBaud" && this.#line.setBaud === undefined) throw new BusError("no-baud-switch");
    const { next, effects } = step(this.#state, { on: "start", job }, this.#rules);
    this.#state = next;
    return new Promise<Result>((resolve, reject) => {
      this.#running = { tell, resolve, reject };
      void this.#perform(effects);
    });
  }

  /**
   * The answer frames of a meter, in order.
   *
   * @throws {BusError} with the code that a failed result has, and as `run`.
   */
  async read(target: Target, options: { readonly application?: Uint8Array } = {}): Promise<readonly LongFrame[]> {
    const result = await this.run({ do: "read", target, ...options });
    if (result.outcome !== "telegrams") throw failureOf(result);
    return result.frames;
  }

  /** All meters of the bus. @throws {BusError} as `run`. */
  async search(
    options: SearchOptions = {},
    tell?: (progress: Progress) => void,
  ): Promise<Extract<Result, { outcome: "search" }>> {
    const result = await this.run({ do: "search", options }, tell);
    if (result.outcome !== "search") throw failureOf(result);
    return result;
  }

  /** Calls off the job that runs; its result is "failed" with "aborted". */
  abort(): void {
    if (this.#running === undefined) return;
    this.#asked++;
    this.#stopWaiting();
    this.#take({ on: "abort" });
  }

  /** Ends the line. A job that runs fails with "line-closed". */
  async close(): Promise<void> {
    this.#fail(new BusError("line-closed"));
    await this.#line.close();
  }

  async #pump(): Promise<void> {
    try {
      for await (const chunk of this.#line.chunks()) this.#want(this.#exchange.bytes(chunk));
      this.#fail(new BusError("line-closed"));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #perform(effects: readonly MasterEffect[]): Promise<void> {
    try {
      for (const effect of effects) {
        switch (effect.do) {
          case "tell":
            this.#running?.tell(effect.progress);
            break;
          case "setBaud":
            await this.#line.setBaud?.(effect.baud);
            break;
          case "finish": {
            const running = this.#running;
            this.#running = undefined;
            running?.resolve(effect.result);
            break;
          }
          case "ask":
            await this.#ask(effect.question);
            break;
        }
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #ask(question: Extract<MasterEffect, { do: "ask" }>["question"]): Promise<void> {
    const number = ++this.#asked;
    const { send, waitMs } = this.#exchange.ask(question);
    if (send !== undefined) await this.#line.write(send);
    // While it was sent, the answer may have come already, or the first part of it.
    if (number === this.#asked && this.#cancel === undefined && this.#running !== undefined)
      this.#want({ waitMs: waitMs ?? 0 });
  }

  #want({ waitMs, reply }: Wanted): void {
    if (reply !== undefined) {
      this.#stopWaiting();
      this.#asked++;
      this.#take(reply);
    } else if (waitMs !== undefined) {
      this.#stopWaiting();
      this.#cancel = this.#timer.after(waitMs, () => {
        this.#cancel = undefined;
        this.#want(this.#exchange.timeout());
      });
    }
  }

  #take(input: MasterInput): void {
    if (this.#state.at === "idle") return;
    const { next, effects } = step(this.#state, input, this.#rules);
    this.#state = next;
    void this.#perform(effects);
  }

  #stopWaiting(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The line is lost: nothing can be asked any more. */
  #fail(error: unknown): void {
    this.#ended ??= error;
    this.#stopWaiting();
    const running = this.#running;
    this.#running = undefined;
    this.#state = { at: "idle", link: this.#state.link };
    running?.reject(error);
  }
}

function failureOf(result: Result): BusError {
  return new BusError(result.outcome === "failed" ? result.code : "unexpected");
}

function tries(count: number): number {
  return Math.min(3, Math.max(0, Math.floor(count)));
}

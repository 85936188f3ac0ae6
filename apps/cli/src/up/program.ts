/**
 * One program of the lab as a process of its own: started, told things, started again when it dies, ended in order.
 *
 * In: what to run.  Out: its messages and lines; word of each death and of giving up.
 * A program that says what is wrong with its call or data (exit code 2), or that dies again and again before it was ever
 * ready, is given up: the same start would fail the same way.
 * Children are detached, since Ctrl-C goes to a whole group of processes and they have to end in an order; each ends by
 * itself when the channel to this process closes, in whatever way this process ends.
 */

import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { BoundedLog } from "./bounded-log.ts";

export interface ProgramOptions {
  /** For a person: `head-end`. */
  readonly name: string;
  /** Path of the script and its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly log: BoundedLog;
  /** A message of the program; its shape is the program's word. */
  readonly onMessage?: (message: unknown, program: Program) => void;
  /** A line on its standard output, which is logged, too. */
  readonly onLine?: (line: string, program: Program) => void;
  readonly onDeath: (death: Death) => void;
}

export interface Death {
  readonly name: string;
  /** `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
  /** Milliseconds until it is started again; `undefined` when it is given up. */
  readonly againInMs: number | undefined;
  readonly lastLine: string;
}

export class Program {
  readonly name: string;
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;
  #isReady = false;
  /** Deaths in a row without having been ready. */
  #failures = 0;
  /** Deaths in a row, each soon after its start. */
  #deaths = 0;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #exited: Promise<void> = Promise.resolve();

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Nothing once it was asked to end: what it waited for may come later. */
  start(): void {
    if (this.#isStopping) return;
    const { script, args, env, log, onMessage, onLine } = this.#options;
    this.#isReady = false;
    this.#startedMs = performance.now();
    const child = fork(script, [...args], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
      detached: true,
      env: { ...process.env, ...env },
    });
    this.#child = child;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    child.on("message", (message: unknown) => onMessage?.(message, this));
    child.on("error", () => {}); // a message to a child that has just died; its end is told by `exit`
    let streams = 2;
    let ending: { code: number | null; signal: NodeJS.Signals | null } | undefined;
    const finish = () => {
      // Its last line often says why: the streams are read to their end before the death is told.
      if (streams > 0 || ending === undefined) return;
      resolve();
      this.#ended(child, ending.code, ending.signal);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) throw new TypeError("a piped stream is there");
      const lines = createInterface({ input: stream });
      lines.on("line", (line) => {
        log.add(line);
        if (stream === child.stdout) onLine?.(line, this);
      });
      lines.once("close", () => {
        streams--;
        finish();
      });
    }
    child.once("exit", (code, signal) => {
      ending = { code, signal };
      // A grandchild may hold the streams open for ever.
      setTimeout(() => {
        streams = 0;
        if (this.#child === child) finish();
      }, graceMs).unref();
      finish();
    });
  }

  /** Told by whoever reads its messages: from now on a death is an accident, not a failed start. */
  markReady(): void {
    this.#isReady = true;
  }

  /** To the program as it runs now; lost when it does not. */
  send(message: object): void {
    if (this.#child?.connected === true) this.#child.send(message);
  }

  /** Asks it to end, and ends it after some seconds. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    child.kill("SIGTERM");
    const killing = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    await this.#exited;
    clearTimeout(killing);
  }

  #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#isStopping) return;
    this.#failures = this.#isReady ? 0 : this.#failures + 1;
    const isHopeless = code === 2 || this.#failures >= maxFailures;
    const againInMs = isHopeless ? undefined : Math.min(maxDelayMs, firstDelayMs * 2 ** this.#deaths);
    this.#deaths = performance.now() - this.#startedMs > steadyMs ? 0 : this.#deaths + 1;
    if (againInMs !== undefined) this.#timer = setTimeout(() => this.start(), againInMs);
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    this.#options.onDeath({ name: this.name, how, againInMs, lastLine: this.#options.log.lastLine });
  }
}

const firstDelayMs = 250;
const maxDelayMs = 30_000;
/** Who ran that long is not in a circle of deaths. */
const steadyMs = 60_000;
/** Deaths in a row without having been ready, after which it is given up. */
const maxFailures = 4;
const killAfterMs = 8_000;
const graceMs = 1_000;

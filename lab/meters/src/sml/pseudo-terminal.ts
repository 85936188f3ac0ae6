/**
 * The meter on a pseudo terminal, to be read like a serial line.
 *
 * In: pushes and answers.  Out: a path such as `/dev/pts/3`; whoever opens it reads fresh files and may send requests.
 * Node cannot open a pseudo terminal, and a native module would be a dependency for a demonstration. So `script` of
 * util-linux opens it: what we write to its input arrives at the path, and what is written there is its output.
 * Nobody may have the path open, and the kernel would keep old bytes for the next one who does. So before each push,
 * what has not been read for half a second is taken out again.
 * The child ends when its fourth descriptor ends. That is at `close`, and when this process dies in whatever way.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { answerOn, type Line } from "./answering.ts";
import type { Outlet } from "./outlet.ts";
import { ServeError } from "./serve-error.ts";
import type { SmlMeter } from "./sml-meter.ts";

export interface PseudoTerminalOptions {
  /** Milliseconds, from any start: only differences count. */
  readonly now: () => number;
}

/** Who answers what is written to the path: an SML meter, or whoever takes the line. */
export type Answering = SmlMeter | ((line: Line) => void);

export class PseudoTerminal implements Outlet {
  readonly path: string;
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #lifeline: Writable;
  readonly #exited: Promise<void>;
  readonly #now: () => number;
  /** The path, opened by us to take out what nobody reads. */
  readonly #descriptor: number;
  #lastWrite = -Infinity;
  #unreadBytes = 0;

  private constructor(opened: Opened, meter: Answering, { now }: PseudoTerminalOptions) {
    const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
    this.#descriptor = openSync(opened.path, O_RDWR | O_NOCTTY | O_NONBLOCK);
    this.path = opened.path;
    this.#child = opened.child;
    this.#input = opened.input;
    this.#lifeline = opened.lifeline;
    this.#exited = opened.exited;
    this.#now = now;
    // A reader may make the line echo our pushes, and a line cannot be cut: garbage is left alone.
    const line = { from: opened.output, to: this.#input, answered: () => (this.#lastWrite = now()) };
    if (typeof meter === "function") meter(line);
    else answerOn(meter, line);
  }

  /** @throws {ServeError} "no-pseudo-terminal" when `script` is missing or gives none. */
  static async open(meter: Answering, options: PseudoTerminalOptions): Promise<PseudoTerminal> {
    const opened = await openTerminal();
    return new PseudoTerminal(opened, meter, options);
  }

  /** Process id of `script`. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Bytes that were taken out again so far, because nobody read them. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  push(file: Uint8Array): void {
    if (this.#now() - this.#lastWrite >= unreadAfterMs) this.#takeOut();
    if (this.#input.destroyed || this.#input.writableNeedDrain) return;
    this.#lastWrite = this.#now();
    this.#input.write(file);
  }

  async close(): Promise<void> {
    this.#lifeline.destroy();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), killAfterMs);
    await this.#exited; // only then its input: at the end of input `script` waits until everything is read
    clearTimeout(late);
    this.#input.destroy();
    closeSync(this.#descriptor);
  }

  #takeOut(): void {
    const bytes = new Uint8Array(4_096);
    try {
      for (let left = maxReads; left > 0; left--) {
        const count = readSync(this.#descriptor, bytes);
        if (count === 0) return;
        this.#unreadBytes += count;
      }
    } catch (error) {
      // EAGAIN: nothing left. EIO: the child is gone, and there is nobody to read either.
      if (!isSystemError(error, "EAGAIN") && !isSystemError(error, "EIO")) throw error;
    }
  }
}

interface Opened {
  readonly child: ChildProcess;
  readonly path: string;
  readonly input: Writable;
  readonly output: Readable;
  readonly lifeline: Writable;
  readonly exited: Promise<void>;
}

function openTerminal(): Promise<Opened> {
  const child = spawn("script", ["-qec", inTerminal, "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore", "pipe"],
    env: { PATH: process.env["PATH"], SHELL: "/bin/sh" }, // `script` runs the command with SHELL, which may be no sh
  });
  const [input, output, , lifeline] = child.stdio as unknown as Pipes; // as `stdio` above says
  for (const end of [input, lifeline]) end.on("error", () => end.destroy()); // the child is gone: `exit` says so
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  return new Promise((resolve, reject) => {
    const failed = (cause?: unknown) => {
      lifeline.destroy();
      input.destroy();
      reject(new ServeError("no-pseudo-terminal", { cause }));
    };
    child.once("error", failed);
    child.once("exit", failed);
    let said = "";
    const listen = (chunk: Uint8Array) => {
      said += String.fromCharCode(...chunk);
      const [path = "", ...more] = said.split("\n");
      if (more.length === 0 && said.length < 256) return;
      output.off("data", listen);
      if (!/^\/dev\/[\w/]+\r?$/.test(path)) return failed();
      child.off("error", failed);
      child.off("exit", failed);
      resolve({ child, path: path.trim(), input, output, lifeline, exited });
    };
    output.on("data", listen);
  });
}

type Pipes = readonly [input: Writable, output: Readable, errors: null, lifeline: Writable];

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/**
 * Runs inside the terminal: binary clean both ways, say the path, stay until the lifeline ends. A reader may turn the
 * line discipline on again, and then an octet 03 in a request would be an interrupt: it is ignored.
 */
const inTerminal = 'stty raw -echo && tty && trap "" INT QUIT TSTP && exec cat <&3 >/dev/null';
/** A reader that is there has taken a file long before the next one. */
const unreadAfterMs = 500;
/** 64 KiB, more than the kernel keeps. */
const maxReads = 17;
const killAfterMs = 2_000;

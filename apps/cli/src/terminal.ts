/** The person or program at the other end: what a command may print to and learn from. Tests bring their own. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { getSystemErrorMessage, styleText } from "node:util";
import { exitCode } from "./exit.ts";

export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Results that are no text. */
  bytes(content: Uint8Array): void;
  /** Resolves when results can be taken again, or nobody takes them any more: what is read must not pile up. */
  drained(): Promise<void>;
  /** What is about the work and not its result: notes, progress, errors. */
  err(text: string): void;
  /** Whether results go to a person's screen. */
  readonly interactive: boolean;
  /** Whether notes go to a person's screen: progress is shown only then. */
  readonly showsProgress: boolean;
  readonly columns: number;
  readonly rows: number;
  /** False where the person's locale has no signs beyond ASCII. */
  readonly unicode?: boolean;
  /** Colour where the screen has it and NO_COLOR does not forbid it. */
  style(format: Style, text: string): string;
  /**
   * Calls back each time the person presses Enter, where a person sits at the keyboard and this process is in front.
   *
   * @returns  Ends it; `undefined` where nobody can press anything.
   */
  onEnter?(pressed: () => void): (() => void) | undefined;
  /** Aborted when the person wants to end (Ctrl-C, a signal) or nobody reads the results any more. */
  readonly ended: AbortSignal;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * The process's own terminal. Ends on SIGINT, SIGTERM, SIGHUP, on an output that takes no more, and with the process that
 * started this one over a channel (`siegel up`, bin/siegel.mjs), in whatever way that one ends.
 */
export function processTerminal(): Terminal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => ending.abort(signal));
  process.once("disconnect", () => ending.abort("disconnect"));
  process.channel?.unref(); // the listener alone must not keep the process alive
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!readerGone.has(error.code ?? "") && !ending.signal.aborted) {
      const reason = error.errno === undefined ? error.message : getSystemErrorMessage(error.errno);
      process.stderr.write(`siegel: the output cannot be written: ${reason}\n`);
      process.exitCode = exitCode.failed;
    }
    ending.abort(error.code);
  });
  process.stderr.on("error", () => {}); // there is nobody left to tell
  return {
    out: (text) => process.stdout.write(text),
    bytes: (content) => void process.stdout.write(content),
    drained: async () => {
      if (!process.stdout.writableNeedDrain || ending.signal.aborted) return;
      await once(process.stdout, "drain", { signal: ending.signal }).catch(() => {}); // ended: it drains no more
    },
    err: (text) => process.stderr.write(text),
    // A dumb terminal prints and cannot go back.
    interactive: process.stdout.isTTY && process.env["TERM"] !== "dumb",
    showsProgress: process.stderr.isTTY,
    // A terminal that was told no size says 0.
    get columns() {
      return process.stdout.columns || 100;
    },
    get rows() {
      return process.stdout.rows || 24;
    },
    unicode: hasUnicode(process.env),
    // NO_COLOR wins over FORCE_COLOR: whoever sets it needs plain text (no-color.org).
    style: (format, text) =>
      (process.env["NO_COLOR"] ?? "") === "" ? styleText(format, text, { stream: process.stdout }) : text,
    onEnter: listenToEnter,
    ended: ending.signal,
  };
}

/** By the locale, the first of the three that is set, as POSIX has it. None set: most screens of today have it. */
function hasUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return locale === undefined || /utf-?8/i.test(locale);
}

function listenToEnter(pressed: () => void): (() => void) | undefined {
  if (!process.stdin.isTTY || !isInFront()) return undefined;
  const lines = createInterface({ input: process.stdin });
  lines.on("line", pressed);
  return () => lines.close();
}

/** A process in the background that reads the keyboard is stopped by the kernel. Where that cannot be known, it is not read. */
function isInFront(): boolean {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return fields[2] === fields[5]; // its process group is the one that the terminal listens to
  } catch {
    return false;
  }
}

/** `siegel read … | head` and a closed window are no faults. */
const readerGone: ReadonlySet<string> = new Set(["EPIPE", "EIO"]);

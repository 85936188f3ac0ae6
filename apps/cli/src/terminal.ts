/** The person or program at the other end: what a command may print to and learn from. Tests bring their own. */

import { once } from "node:events";
import { getSystemErrorMessage, styleText } from "node:util";
import { exitCode } from "./exit.ts";

export interface Terminal {
  /** Results. */
  out(text: string): void;
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
  /** Colour where the screen has it and NO_COLOR does not forbid it. */
  style(format: Style, text: string): string;
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
    // NO_COLOR wins over FORCE_COLOR: whoever sets it needs plain text (no-color.org).
    style: (format, text) =>
      (process.env["NO_COLOR"] ?? "") === "" ? styleText(format, text, { stream: process.stdout }) : text,
    ended: ending.signal,
  };
}

/** `siegel read … | head` and a closed window are no faults. */
const readerGone: ReadonlySet<string> = new Set(["EPIPE", "EIO"]);

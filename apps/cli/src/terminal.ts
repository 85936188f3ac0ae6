/** The person or program at the other end: what a command may print to and learn from. Tests bring their own. */

import { styleText } from "node:util";

export interface Terminal {
  /** Results. */
  out(text: string): void;
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
  /** Aborted when the person wants to end (Ctrl-C, SIGTERM) or nobody reads the results any more. */
  readonly ended: AbortSignal;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The process's own terminal. Ends on SIGINT, SIGTERM and a closed pipe. */
export function processTerminal(): Terminal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort(signal));
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    ending.abort("EPIPE"); // `siegel read … | head` is no fault
  });
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    interactive: process.stdout.isTTY,
    showsProgress: process.stderr.isTTY,
    get columns() {
      return process.stdout.columns ?? 100;
    },
    get rows() {
      return process.stdout.rows ?? 24;
    },
    // NO_COLOR wins over FORCE_COLOR: whoever sets it needs plain text (no-color.org).
    style: (format, text) =>
      (process.env["NO_COLOR"] ?? "") === "" ? styleText(format, text, { stream: process.stdout }) : text,
    ended: ending.signal,
  };
}

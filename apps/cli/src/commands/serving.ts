/** What the commands that serve until Ctrl-C have in common: numbers on the command line, the end, ports that cannot be had. */

import { InvalidArgumentError } from "commander";
import { CommandError, exitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

export async function ended(terminal: Terminal): Promise<void> {
  if (terminal.ended.aborted) return;
  await new Promise<void>((resolve) => terminal.ended.addEventListener("abort", () => resolve(), { once: true }));
}

export function startError(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new CommandError(exitCode.failed, "another program listens on this port; take another, or --port 0", {
      cause: error,
    });
  }
  if (code === "EACCES") {
    return new CommandError(exitCode.failed, "this port needs more rights; take one above 1023", { cause: error });
  }
  if (error instanceof Error && code === "no-pseudo-terminal")
    return new CommandError(exitCode.failed, error.message, { cause: error });
  return error;
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("it takes a whole number");
  return Number(text);
}

export function positive(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("it takes a whole number above 0");
  return value;
}

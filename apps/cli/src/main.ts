/** Composition: the process's terminal, the program, and what becomes of an error. */

import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

export async function main(): Promise<void> {
  const code = await run(process.argv.slice(2), processTerminal());
  process.exitCode ??= code; // set already where the output could not be written
}

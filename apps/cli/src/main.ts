/** Composition: the process's terminal, the program, and what becomes of an error. */

import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

export async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), processTerminal());
}

/** One call of the command: arguments in, exit code out. Every error ends here, in one line. */

import { CommanderError } from "commander";
import { CommandError, exitCode } from "./exit.ts";
import { buildProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCode.ok;
  const program = await buildProgram(args, terminal, (commandCode) => (code = commandCode));
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    if (error instanceof CommandError) {
      terminal.err(`siegel: ${error.message}\n`);
      return error.exit;
    }
    throw error; // a bug of ours: with its stack, so that it can be reported
  }
}

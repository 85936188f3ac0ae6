/** The command's grammar: every subcommand with its options, help and example. */

import { Command } from "commander";
import { completionCommand } from "./commands/completion.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { meterCommand } from "./commands/meter.ts";
import { readCommand } from "./commands/read.ts";
import { upCommand } from "./commands/up.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

export function buildProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const context: Context = { terminal, finish };
  const program = new Command("siegel")
    .description("Reads meters, runs virtual ones, and shows what is in their bytes.")
    .version(version)
    .showSuggestionAfterError(true)
    .configureHelp({ styleTitle: (title) => terminal.style("bold", title) })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      outputError: (text, write) => write(oneLine(text)),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    })
    .addHelpText(
      "after",
      `
Examples:
  siegel up                                a virtual meter, read live
  siegel read /dev/ttyUSB0                 a meter at an optical head
  siegel read capture.bin --format json    a capture, for programs
  siegel inspect capture.bin               every byte with its meaning`,
    )
    .exitOverride();
  for (const make of [upCommand, readCommand, inspectCommand, meterCommand, completionCommand]) {
    program.addCommand(inherit(program, make(context)));
  }
  return program;
}

/** The parser's complaint, with its suggestion if it has one, and what to do, in one line. */
function oneLine(text: string): string {
  const complaint = text
    .trim()
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ");
  return `siegel: ${complaint.replace(/\.$/, "")}; --help shows the options and an example\n`;
}

/** Subcommands behave as the program does: same output, no exit of the process. */
function inherit(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(parent, child);
  return command;
}

const version = "0.1.0";

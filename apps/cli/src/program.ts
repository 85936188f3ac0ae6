/** The command's grammar: every subcommand with its options, help and example. */

import { Command } from "commander";
import type { Context } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The grammar for this call.
 *
 * @param args  As typed: where the first names a command, only that one is loaded. Each brings rooms of its own along, and
 *              `siegel up` starts many processes.
 */
export async function buildProgram(
  args: readonly string[],
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): Promise<Command> {
  const context: Context = { terminal, finish };
  const program = new Command("siegel")
    .description(
      "Smart metering from the meter's wire to a proof on a page: the whole system, and each part of it alone.",
    )
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
  siegel up                                meters, gateway, head-end and portal, to look at in a browser
  siegel read /dev/ttyUSB0                 a meter at an optical head
  siegel read capture.bin --format json    a capture, for programs
  siegel inspect capture.bin               every byte with its meaning
  siegel verify day.siegel-proof --root siegel-data/pki/root.pem`,
    )
    .exitOverride();
  const [first = ""] = args;
  const loaders = first in commands && first !== "completion" ? [commands[first]!] : Object.values(commands);
  for (const make of await Promise.all(loaders.map((load) => load()))) {
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
  // Lines of a paragraph are those of our source; the help breaks it at the width of the screen.
  command.description(command.description().replaceAll(/([^\n])\n(?=[^\n])/g, "$1 "));
  for (const child of command.commands) inherit(parent, child);
  return command;
}

const version = "0.1.0";

/** In the order in which the help names them. */
const commands: Readonly<Record<string, () => Promise<(context: Context) => Command>>> = {
  up: async () => (await import("./commands/up.ts")).upCommand,
  link: async () => (await import("./commands/link.ts")).linkCommand,
  read: async () => (await import("./commands/read.ts")).readCommand,
  inspect: async () => (await import("./commands/inspect.ts")).inspectCommand,
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  cms: async () => (await import("./commands/cms.ts")).cmsCommand,
  meter: async () => (await import("./commands/meter.ts")).meterCommand,
  pki: async () => (await import("./commands/pki.ts")).pkiCommand,
  completion: async () => (await import("./commands/completion.ts")).completionCommand,
};

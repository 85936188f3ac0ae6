/** `siegel link`: a fresh one-time link to the portal of a running `siegel up`. */

import { resolve } from "node:path";
import { Command } from "commander";
import type { Context } from "../context.ts";
import { CommandError, exitCode } from "../exit.ts";
import { askForLink } from "../up/control.ts";

interface LinkFlags {
  readonly data: string;
  readonly for?: string;
}

export function linkCommand({ terminal, finish }: Context): Command {
  return new Command("link")
    .summary("a fresh one-time link to the portal of a running siegel up")
    .description("Prints a fresh one-time link to the portal of the siegel up that runs on a data folder.")
    .option("--data <folder>", "its data folder", "siegel-data")
    .option("--for <person>", "whose: you, neighbour-1 and so on, or operator")
    .addHelpText(
      "after",
      `
Examples:
  siegel link
  siegel link --data /tmp/lab --for operator

Exit codes: 0 a link was printed, 1 nothing runs there or nobody is called that, 2 wrong usage.`,
    )
    .action(async (flags: LinkFlags) => {
      if (flags.for !== undefined && flags.for.length > maxNameLength) {
        throw new CommandError(exitCode.failed, "--for: nobody has so long a name");
      }
      terminal.out(`${await askForLink(resolve(flags.data), flags.for)}\n`);
      finish(exitCode.ok);
    });
}

const maxNameLength = 64;

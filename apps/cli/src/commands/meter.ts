/** `siegel meter serve sml`: runs a virtual meter that other programs can read. */

import { serveSmlMeter } from "@siegel/lab-meters";
import { Command, InvalidArgumentError, Option } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import type { Terminal } from "../terminal.ts";

interface ServeFlags {
  readonly port?: number;
  readonly pty?: true;
  readonly signed?: true;
  readonly layout: "EDL40" | "eMoC" | "ISA-EDL-40P";
  readonly seed: number;
  readonly pin: boolean;
  readonly pv?: true;
  readonly json?: true;
}

export function meterCommand({ terminal, finish }: Context): Command {
  const example = "\nExample:\n  siegel meter serve sml --port 7259";
  const sml = new Command("sml")
    .summary("a household meter that speaks SML")
    .description(
      "A household with a plausible load (base load, appliances, photovoltaics) behind an electricity meter that\n" +
        "pushes an SML file every second and answers SML requests: lists, load profile, events, parameters.",
    )
    .option("--port <number>", "TCP port on 127.0.0.1; 0 takes a free one", portNumber)
    .option("--pty", "also serve on a pseudo terminal, to be read like a serial line")
    .option("--signed", "sign every list as a meter with a signature key does")
    .addOption(
      new Option("--layout <name>", "what is signed, and on which curve")
        .choices(["EDL40", "eMoC", "ISA-EDL-40P"])
        .default("EDL40"),
    )
    .option("--seed <number>", "household, meter number and key follow from it", wholeNumber, 1)
    .option("--no-pin", "behave like a meter whose PIN was not entered: energy only, in full kWh")
    .option("--pv", "a household with photovoltaics that also exports")
    .option("--json", "print where it can be read as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel meter serve sml --port 7259 &
  siegel read tcp://127.0.0.1:7259
  siegel meter serve sml --pty --signed --seed 7

Without --port and --pty it takes a free TCP port. Reading a signed meter needs the key that it prints.`,
    )
    .action(async (flags: ServeFlags) => finish(await serveSml(flags, terminal)));
  const serve = new Command("serve")
    .summary("run a virtual meter until Ctrl-C")
    .description("Runs a virtual meter until Ctrl-C.")
    .addCommand(sml)
    .addHelpText("after", example);
  return new Command("meter")
    .summary("run virtual meters")
    .description("Runs virtual meters.")
    .addCommand(serve)
    .addHelpText("after", example);
}

async function serveSml(flags: ServeFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.signed === true && !flags.pin) {
    throw new CommandError(
      exitCode.usage,
      "--signed and --no-pin: a meter keeps its signed list back until its PIN is entered; take one of them",
    );
  }
  const port = flags.port ?? (flags.pty === true ? undefined : 0);
  const meter = await serveSmlMeter({
    ...(port === undefined ? {} : { port }),
    pty: flags.pty === true,
    signed: flags.signed === true ? flags.layout : undefined,
    seed: flags.seed,
    pin: flags.pin,
    photovoltaics: flags.pv === true,
  }).catch((error: unknown) => {
    throw startError(error);
  });
  const { address, ptyPath, publicKey, meterLabel } = meter;
  if (flags.json === true) terminal.out(`${JSON.stringify({ meter: meterLabel, address, ptyPath, publicKey })}\n`);
  else {
    terminal.out(`meter ${meterLabel}\n`);
    const key = publicKey === undefined ? "" : ` --public-key ${publicKey}`;
    if (address !== undefined) terminal.out(`  siegel read tcp://${address.host}:${address.port}${key}\n`);
    if (ptyPath !== undefined) terminal.out(`  siegel read ${ptyPath}${key}\n`);
    terminal.out("Ctrl-C ends it.\n");
  }
  await new Promise<void>((resolve) => {
    if (terminal.ended.aborted) resolve();
    terminal.ended.addEventListener("abort", () => resolve(), { once: true });
  });
  await meter.close();
  return exitCode.ok;
}

function startError(error: unknown): unknown {
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

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("it takes a whole number");
  return Number(text);
}

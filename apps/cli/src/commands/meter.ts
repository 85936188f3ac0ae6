/** `siegel meter serve sml|replay`: runs a virtual meter, or a recorded one, that other programs can read. */

import { serveReplay, serveSmlMeter, type VirtualMeterSnapshot } from "@siegel/lab-meters";
import { Command, InvalidArgumentError, Option } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import { loadMemory, saveMemory } from "../meter-memory.ts";
import { maxCaptureBytes, recorded } from "../read/capture.ts";
import { wholeSource } from "../read/whole-source.ts";
import type { Terminal } from "../terminal.ts";

interface ServeFlags {
  readonly port?: number;
  readonly pty?: true;
  readonly signed?: true;
  readonly layout: "EDL40" | "eMoC" | "ISA-EDL-40P";
  readonly seed: number;
  readonly pin: boolean;
  readonly pv?: true;
  readonly memory?: string;
  readonly json?: true;
}

interface ReplayFlags {
  readonly port: number;
  readonly interval: number;
  readonly atEnd: "hold" | "again";
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
    .option("--memory <file>", "go on from what this file remembers of the meter, and keep it there")
    .option("--json", "print where it can be read as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel meter serve sml --port 7259 &
  siegel read tcp://127.0.0.1:7259
  siegel meter serve sml --pty --signed --seed 7
  siegel meter serve sml --port 7259 --memory meter.json

Without --port and --pty it takes a free TCP port. Reading a signed meter needs the key that it prints.`,
    )
    .action(async (flags: ServeFlags) => finish(await serveSml(flags, terminal)));
  const replay = new Command("replay")
    .summary("the meters of a capture, as they were recorded")
    .description(
      "Serves the SML files of a capture over TCP, one after the other, from the first client on. What is damaged is left out.\n" +
        "Registers stand as they were recorded; requests are not answered.",
    )
    .argument("<file>", "a capture; a hex dump of one will do")
    .option("--port <number>", "TCP port on 127.0.0.1; 0 takes a free one", portNumber, 0)
    .option("--interval <ms>", "milliseconds from file to file", positive, 1_000)
    .addOption(
      new Option("--at-end <what>", "hold: repeat the last file of each meter; again: begin anew, registers step back")
        .choices(["hold", "again"])
        .default("hold"),
    )
    .option("--json", "print where it can be read, and whose it is, as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel meter serve replay capture.bin --port 7260 &
  siegel read tcp://127.0.0.1:7260
  siegel meter serve replay capture.bin --interval 100 --at-end again

Exit codes: 0 ended by Ctrl-C, 1 the file cannot be read or holds no telegram, 2 wrong usage.`,
    )
    .action(async (file: string, flags: ReplayFlags) => finish(await serveRecording(file, flags, terminal)));
  const serve = new Command("serve")
    .summary("run a virtual meter until Ctrl-C")
    .description("Runs a virtual meter, or a recorded one, until Ctrl-C.")
    .addCommand(sml)
    .addCommand(replay)
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
  const { seed, pv: photovoltaics = false } = flags;
  const memory = flags.memory === undefined ? undefined : memoryIn(flags.memory, { seed, photovoltaics });
  const meter = await serveSmlMeter({
    ...(port === undefined ? {} : { port }),
    pty: flags.pty === true,
    signed: flags.signed === true ? flags.layout : undefined,
    seed,
    pin: flags.pin,
    photovoltaics,
    ...(memory === undefined ? {} : { bornAt: memory.kept.bornAt, continueFrom: memory.kept.snapshot }),
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
  const keep = () => memory?.keep(meter.snapshot());
  keep();
  const keeping = setInterval(keep, keepEachMs);
  await ended(terminal);
  clearInterval(keeping);
  keep();
  await meter.close();
  return exitCode.ok;
}

/** What the meter of this file remembers, or the birth of a new one two days ago. */
function memoryIn(path: string, meter: { seed: number; photovoltaics: boolean }) {
  const bornAt = (Math.floor(Date.now() / 1_000 / quarterHour) - 2 * quartersOfDay) * quarterHour;
  const kept = loadMemory(path, meter) ?? { version: 1, ...meter, bornAt };
  return { kept, keep: (snapshot: VirtualMeterSnapshot) => saveMemory(path, { ...kept, snapshot }) };
}

async function serveRecording(file: string, flags: ReplayFlags, terminal: Terminal): Promise<ExitCode> {
  const { port, interval: intervalMs, atEnd } = flags;
  const bytes = await wholeSource(file, terminal.ended, maxCaptureBytes);
  const capture = await recorded(file, bytes, (text) => terminal.err(`siegel: ${text}\n`));
  const replay = await serveReplay({ capture, port, intervalMs, atEnd }).catch((error: unknown) => {
    throw startError(error);
  });
  const { address, fileCount, damagedCount } = replay;
  const meters = replay.meters.map(({ id, label }) => ({ id, ...(label === undefined ? {} : { label }) }));
  if (flags.json === true) {
    terminal.out(`${JSON.stringify({ meters, files: fileCount, damaged: damagedCount, address })}\n`);
  } else {
    for (const { id, label } of meters) terminal.out(`meter ${label ?? id}\n`);
    const damaged = damagedCount === 0 ? "" : `, ${damagedCount} damaged left out`;
    terminal.out(`  ${fileCount} files${damaged}, one each ${intervalMs} ms\n`);
    terminal.out(`  siegel read tcp://${address.host}:${address.port}\nCtrl-C ends it.\n`);
  }
  await ended(terminal);
  await replay.close();
  return exitCode.ok;
}

async function ended(terminal: Terminal): Promise<void> {
  if (terminal.ended.aborted) return;
  await new Promise<void>((resolve) => terminal.ended.addEventListener("abort", () => resolve(), { once: true }));
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

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("it takes a whole number above 0");
  return value;
}

const quarterHour = 900;
const quartersOfDay = 96;
/** What was lived through since is lived through again after a crash: that only takes time. */
const keepEachMs = 15 * 60 * 1_000;

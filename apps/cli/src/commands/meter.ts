/** `siegel meter serve sml|d0|p1|mbus|wmbus|replay`: runs a virtual meter, or a recorded one, that other programs can read. */

import {
  type D0Mode,
  serveD0Meter,
  serveP1Port,
  serveReplay,
  serveSmlMeter,
  type VirtualMeterSnapshot,
} from "@siegel/lab-meters";
import { toHex } from "@siegel/wire";
import { Command, Option } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import { loadMemory, saveMemory } from "../meter-memory.ts";
import { maxCaptureBytes, recorded } from "../read/capture.ts";
import { wholeSource } from "../read/whole-source.ts";
import type { Terminal } from "../terminal.ts";
import { busCommand, radioCommand } from "./meter-mbus.ts";
import { ended, portNumber, positive, startError, wholeNumber } from "./serving.ts";

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

/** What the virtual meters that are no SML meters share. */
interface LineFlags {
  readonly port?: number;
  readonly pty?: true;
  readonly seed: number;
  readonly pv?: true;
  readonly json?: true;
}

interface D0Flags extends LineFlags {
  readonly mode: D0Mode;
  readonly password?: string;
}

interface P1Flags extends LineFlags {
  readonly encrypted?: true;
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
  const d0 = new Command("d0")
    .summary("a household meter behind an optical port of IEC 62056-21")
    .description(
      "A household meter that is asked: it introduces itself, changes the speed, sends its registers, and has a\n" +
        "programming mode. In mode D it speaks by itself, each second. Over TCP the speed means nothing.",
    )
    .option("--port <number>", "TCP port on 127.0.0.1; 0 takes a free one", portNumber)
    .option("--pty", "also serve on a pseudo terminal, to be read like a serial line")
    .addOption(
      new Option("--mode <letter>", "A: 300 baud; B, C: change of speed; D: by itself; E: C with an offer of HDLC")
        .choices(["A", "B", "C", "D", "E"])
        .default("C"),
    )
    .option("--password <digits>", "opens programming mode; from the seed unless given")
    .option("--seed <number>", "household, meter number and password follow from it", wholeNumber, 1)
    .option("--pv", "a household with photovoltaics that also exports")
    .option("--json", "print where it can be read as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel meter serve d0 --port 7262 &
  siegel read tcp://127.0.0.1:7262 --protocol d0 --once
  siegel meter serve d0 --pty --mode D

Without --port and --pty it takes a free TCP port. The password that it prints is one of a lab and protects nothing.`,
    )
    .action(async (flags: D0Flags) => finish(await serveD0(flags, terminal)));
  const p1 = new Command("p1")
    .summary("the P1 port of a household meter: a DSMR 5 telegram each second")
    .description(
      "Pushes a telegram of DSMR 5.0 each second, with the readings of a gas and a water meter behind the electricity\n" +
        "meter. Encrypted, it is a telegram as meters of Luxembourg send it (AES-128-GCM).",
    )
    .option("--port <number>", "TCP port on 127.0.0.1; 0 takes a free one", portNumber)
    .option("--pty", "also serve on a pseudo terminal, to be read like a serial line")
    .option("--encrypted", "encrypt and authenticate, with a key that follows from the seed")
    .option("--seed <number>", "household, meter numbers and key follow from it", wholeNumber, 1)
    .option("--pv", "a household with photovoltaics that also exports")
    .option("--json", "print where it can be read as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel meter serve p1 --port 7263 &
  siegel read tcp://127.0.0.1:7263 --protocol p1 --once
  siegel meter serve p1 --encrypted --seed 7

Without --port and --pty it takes a free TCP port. Reading an encrypted port needs the key that it prints.`,
    )
    .action(async (flags: P1Flags) => finish(await serveP1(flags, terminal)));
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
    .addCommand(d0)
    .addCommand(p1)
    .addCommand(busCommand({ terminal, finish }))
    .addCommand(radioCommand({ terminal, finish }))
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

async function serveD0(flags: D0Flags, terminal: Terminal): Promise<ExitCode> {
  const { seed, mode, password, pv: photovoltaics = false } = flags;
  if (password !== undefined && !/^[0-9A-Za-z]{1,32}$/.test(password)) {
    throw new CommandError(exitCode.usage, "--password takes up to 32 letters and digits");
  }
  const running = await serveD0Meter({ ...placesOf(flags), seed, mode, password, photovoltaics }).catch(
    (error: unknown) => {
      throw startError(error);
    },
  );
  const { address, ptyPath, meter } = running;
  const told = { meter: meter.label, address, ptyPath, password: meter.password };
  tellPlaces(told, `password ${meter.password}`, "--protocol d0", flags, terminal);
  await ended(terminal);
  await running.close();
  return exitCode.ok;
}

async function serveP1(flags: P1Flags, terminal: Terminal): Promise<ExitCode> {
  const { seed, encrypted = false, pv: photovoltaics = false } = flags;
  const running = await serveP1Port({ ...placesOf(flags), seed, encrypted, photovoltaics }).catch((error: unknown) => {
    throw startError(error);
  });
  const { address, ptyPath, p1 } = running;
  const key = encrypted ? toHex(p1.keyOctets) : undefined;
  const told = { meter: p1.label, address, ptyPath, ...(key === undefined ? {} : { key }) };
  tellPlaces(told, "", `--protocol p1${key === undefined ? "" : ` --key ${key}`}`, flags, terminal);
  await ended(terminal);
  await running.close();
  return exitCode.ok;
}

/** Where it is to be read: on a free port unless told. */
function placesOf({ port, pty }: LineFlags): { port?: number; pty: boolean } {
  const taken = port ?? (pty === true ? undefined : 0);
  return { ...(taken === undefined ? {} : { port: taken }), pty: pty === true };
}

function tellPlaces(
  told: {
    readonly meter: string;
    readonly address?: { readonly host: string; readonly port: number } | undefined;
    readonly ptyPath?: string | undefined;
  },
  remark: string,
  options: string,
  { json }: LineFlags,
  terminal: Terminal,
): void {
  if (json === true) {
    terminal.out(`${JSON.stringify(told)}\n`);
    return;
  }
  const { meter, address, ptyPath } = told;
  terminal.out(`meter ${meter}${remark === "" ? "" : `, ${remark}`}\n`);
  if (address !== undefined) terminal.out(`  siegel read tcp://${address.host}:${address.port} ${options}\n`);
  if (ptyPath !== undefined) terminal.out(`  siegel read ${ptyPath} ${options}\n`);
  terminal.out("Ctrl-C ends it.\n");
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

const quarterHour = 900;
const quartersOfDay = 96;
/** What was lived through since is lived through again after a crash: that only takes time. */
const keepEachMs = 15 * 60 * 1_000;

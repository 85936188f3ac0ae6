/**
 * `siegel up`: the whole system on this machine, each program a process of its own, until Ctrl-C.
 *
 * In: a data folder.  Out: a page in a browser with a first reading whose proof holds, within seconds.
 */

import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { ControlSocket } from "../up/control.ts";
import { DataFolder } from "../up/data-folder.ts";
import { loadPorts, savePorts } from "../up/folder-state.ts";
import { street } from "../up/household-list.ts";
import { Lab } from "../up/lab.ts";
import { portalPage } from "../up/portal-page.ts";
import { freePort, isFree, portNear } from "../up/ports.ts";
import type { Death } from "../up/program.ts";
import { runnableMeters } from "../up/runnable-meters.ts";
import { Status } from "../up/status.ts";

interface UpFlags {
  readonly replay?: string;
  readonly meters: number;
  readonly data: string;
  readonly port?: number;
}

export function upCommand({ terminal, finish }: Context): Command {
  return new Command("up")
    .summary("start meters, gateway, head-end and portal on this machine")
    .description(
      "Starts the whole system on this machine, each program a process of its own: a lab's certificate authority, virtual\n" +
        "meters, a gateway that seals what it reads, a head-end that verifies and stores it, and the portal. It prints an\n" +
        "address with a one-time link; Enter prints another. Ctrl-C ends it, and the next start goes on with the same data.",
    )
    .option("--replay <file>", "a meter that replays this SML capture, beside the virtual ones")
    .option(
      "--meters <number>",
      "so many further households, each with a meter and a consumer of its own",
      households,
      0,
    )
    .option("--data <folder>", "where everything is kept; only you may look into it", "siegel-data")
    .option(
      "--port <number>",
      `port of the portal on 127.0.0.1; 0 takes a free one (default: ${usualPort})`,
      portNumber,
    )
    .addHelpText(
      "after",
      `
Examples:
  siegel up
  siegel up --replay capture.bin --meters 3
  siegel up --data /tmp/lab --port 0

In another terminal:
  siegel link                        a fresh link to the portal
  siegel link --for neighbour-1      the neighbour's, who sees only his own meter
  siegel link --for operator         the metering operator's

Exit codes: 0 ended by Ctrl-C, 1 a program does not start, 2 wrong usage or data of another version.`,
    )
    .action(async (flags: UpFlags) => finish(await up(flags, terminal)));
}

async function up(flags: UpFlags, terminal: Terminal): Promise<ExitCode> {
  try {
    const folder = DataFolder.open(resolve(flags.data));
    try {
      return await runIn(folder, flags, terminal);
    } finally {
      folder.close();
    }
  } catch (error) {
    throw ofTheSystem(error);
  }
}

/** A full disk, a folder where a file should be: for whoever owns the machine, in one line. */
function ofTheSystem(error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error || error.name === "SystemError")) return error;
  return new CommandError(exitCode.failed, `${error.message}; mend that, or choose another folder with --data`, {
    cause: error,
  });
}

async function runIn(folder: DataFolder, flags: UpFlags, terminal: Terminal): Promise<ExitCode> {
  const page = portalPage();
  page.catch(() => {}); // told where it is waited for
  const remembered = loadPorts(folder);
  const plan = street({
    households: flags.meters,
    replay: flags.replay === undefined ? undefined : resolve(flags.replay),
  });
  const [portalPort, ingestPort, meters] = await Promise.all([
    portOfPortal(flags.port, remembered.portal, terminal),
    portNear(remembered.ingest),
    runnableMeters(plan, remembered.meters, terminal.ended),
  ]);
  const meterPorts = Object.fromEntries(meters.map(({ meter, port }) => [meter.name, port]));
  savePorts(folder, { portal: portalPort, ingest: ingestPort, meters: { ...remembered.meters, ...meterPorts } });
  const status = new Status(terminal);
  const lab = new Lab({
    folder,
    street: plan,
    meters,
    ingestPort,
    portalPort,
    on: {
      progress: (what) => status.print(terminal.style("dim", `  ${what}\n`)),
      death: (death) => {
        // A program that was just being made is still in our group of processes, and Ctrl-C ends it, too: no accident.
        if (!terminal.ended.aborted) status.print(`siegel: ${textOfDeath(death, folder)}\n`, "err");
      },
      committed: (counts) => status.committed(counts),
    },
  });
  const control = await ControlSocket.open(folder, (person) => lab.link(person));
  let silence: (() => void) | undefined;
  try {
    terminal.out(`${terminal.style("bold", "Siegel")}  data in ${folder.path}\n`);
    for (const { meter, port } of meters)
      terminal.out(terminal.style("dim", `  ${meter.label} on tcp://127.0.0.1:${port}\n`));
    lab.start(page);
    const ended = new Promise<void>((done) => {
      if (terminal.ended.aborted) done();
      terminal.ended.addEventListener("abort", () => done(), { once: true });
    });
    await Promise.race([ended, lab.givenUp, welcome(lab, status, terminal)]);
    if (!terminal.ended.aborted) {
      status.start();
      silence = terminal.onEnter?.(() => void lab.link().then((answer) => status.print(`${textOf(answer)}\n`)));
      await Promise.race([ended, lab.givenUp]);
    }
  } finally {
    silence?.();
    status.stop();
    await control.close();
    await lab.stop();
  }
  terminal.out(`ended; siegel up --data ${flags.data} goes on with the same data\n`);
  return exitCode.ok;
}

/** Waits for the first reading that was verified, and says where it can be seen. */
async function welcome(lab: Lab, status: Status, terminal: Terminal): Promise<void> {
  const late = setTimeout(() => {
    status.print("siegel: no reading has been verified yet; the logs folder says what the programs do\n", "err");
  }, lateMs).unref(); // a start that is given up ends at once
  terminal.ended.addEventListener("abort", () => clearTimeout(late), { once: true });
  const atMs = await lab.firstVerified;
  clearTimeout(late);
  const seconds = Math.max(0, (atMs - performance.timeOrigin) / 1_000).toFixed(1);
  const [fingerprint, answer] = await Promise.all([lab.fingerprint, lab.link()]);
  if (terminal.ended.aborted) return;
  status.print(
    `${terminal.style("green", `first verified reading after ${seconds} s`)}\n\n` +
      `trust root  SHA-256 ${fingerprint}\n` +
      `portal      ${textOf(answer)}\n` +
      `The link works once; ${terminal.interactive ? "Enter or " : ""}npx siegel link makes another. Ctrl-C ends everything.\n\n`,
  );
}

function textOf(answer: Awaited<ReturnType<Lab["link"]>>): string {
  return "url" in answer ? answer.url : `no link: ${answer.problem}`;
}

function textOfDeath({ name, how, againInMs, lastLine }: Death, folder: DataFolder): string {
  const reason = lastLine === "" || againInMs === undefined ? "" : `; its last line: ${lastLine.slice(0, 200)}`;
  const next = againInMs === undefined ? "and is not started again" : `and is started again in ${againInMs / 1_000} s`;
  return `the ${name} ended (${how}) ${next}; ${folder.at("logs", `${name}.log`)}${reason}`;
}

/** The one asked for; else the usual one, so that a browser's session outlives a restart; else a free one, said aloud. */
async function portOfPortal(
  asked: number | undefined,
  remembered: number | undefined,
  terminal: Terminal,
): Promise<number> {
  if (asked === 0) return freePort();
  if (asked !== undefined) {
    if (await isFree(asked)) return asked;
    throw new CommandError(exitCode.failed, `port ${asked} is taken; choose another with --port, or 0 for a free one`);
  }
  if (await isFree(usualPort)) return usualPort;
  const port = await portNear(remembered);
  terminal.err(`siegel: port ${usualPort} is taken; the portal is on ${port}\n`);
  return port;
}

function households(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > maxHouseholds) {
    throw new InvalidArgumentError(`it takes a whole number from 0 to ${maxHouseholds}`);
  }
  return Number(text);
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError("a port is a number from 0 to 65535");
  }
  return Number(text);
}

const usualPort = 8_474;
/** Each is a process of about 60 MB. */
const maxHouseholds = 50;
const lateMs = 15_000;

/**
 * `siegel up`: a virtual meter in a process of its own, read live over its socket.
 *
 * In: a household's seed.  Out: its values and the course of its power, each second.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openSource, SourceError } from "@siegel/channel";
import { Command, InvalidArgumentError } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import { LiveView } from "../output/live-view.ts";
import { errorLine } from "../output/telegram-table.ts";
import type { Context } from "../context.ts";
import { protocolOf } from "../read/protocols.ts";
import type { ReadEvent } from "../read/protocol.ts";
import type { Terminal } from "../terminal.ts";

interface UpFlags {
  readonly seed: number;
  readonly telegrams?: number;
}

export function upCommand({ terminal, finish }: Context): Command {
  return new Command("up")
    .summary("start a virtual meter and read it live")
    .description(
      "Starts a virtual SML meter in a process of its own and shows what it sends, each second, until Ctrl-C.",
    )
    .option("--seed <number>", "household and meter follow from it", positive, 1)
    .option("--telegrams <number>", "end after so many telegrams", positive)
    .addHelpText("after", "\nExample:\n  siegel up --seed 7 --telegrams 60")
    .action(async (flags: UpFlags) => finish(await up(flags, terminal)));
}

async function up(flags: UpFlags, terminal: Terminal): Promise<ExitCode> {
  const started = performance.now();
  const meter = spawn(
    process.execPath,
    [commandFile, "meter", "serve", "sml", "--port", "0", "--pv", "--seed", String(flags.seed), "--json"],
    // Over the channel the meter learns that we are gone, even when we are killed: it stays behind in no case. Detached,
    // since Ctrl-C goes to a whole group of processes: a meter that ends first would look like one that failed.
    { stdio: ["ignore", "pipe", "inherit", "ipc"], detached: true },
  );
  const meterGone = new Promise<void>((resolve) => meter.once("exit", () => resolve()));
  try {
    const { host, port } = await addressOf(meter);
    terminal.out(
      `Virtual meter on tcp://${host}:${port}; another terminal can read it, too:\n  npx siegel read tcp://${host}:${port}\n\n`,
    );
    return await show(`tcp://${host}:${port}`, flags.telegrams ?? Number.POSITIVE_INFINITY, started, terminal);
  } finally {
    meter.kill("SIGTERM");
    await meterGone;
  }
}

/** Reads the socket until so many telegrams came or the person ends it. */
async function show(address: string, wanted: number, started: number, terminal: Terminal): Promise<ExitCode> {
  const source = await openSource(address, {});
  const reader = protocolOf("sml").open({ strict: true, key: undefined, live: true });
  const screen = new Screen(terminal);
  let telegrams = 0;
  try {
    for await (const chunk of source.chunks(terminal.ended)) {
      for (const event of reader.push(chunk)) {
        if (telegrams === 0 && event.kind === "telegram") {
          terminal.out(`first reading after ${((performance.now() - started) / 1000).toFixed(1)} s\n\n`);
        }
        screen.show(event);
        if (event.kind === "telegram") telegrams++;
        if (telegrams >= wanted) return exitCode.ok;
      }
      await terminal.drained();
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error; // a line that breaks is one that ends
  } finally {
    await source.close();
  }
  if (terminal.ended.aborted) return exitCode.ok;
  throw new CommandError(exitCode.failed, `the virtual meter ended after ${telegrams} telegrams; start it again`);
}

/** Redraws in place on a screen; prints a line a telegram elsewhere. */
class Screen {
  readonly #terminal: Terminal;
  readonly #view: LiveView;
  #drawn = 0;
  #size = "";

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#view = new LiveView(terminal);
  }

  show(event: ReadEvent): void {
    if (event.kind === "error") return this.#terminal.err(`${errorLine(event.error, this.#terminal)}\n`);
    if (!this.#terminal.interactive) return this.#terminal.out(`${this.#view.line(event.telegram)}\n`);
    const lines = this.#view.next(event.telegram);
    const size = `${this.#terminal.columns}×${this.#terminal.rows}`;
    // After a change of size the terminal has wrapped the old lines anew, nobody knows how: from the top, then.
    const back = this.#drawn === 0 ? "" : size === this.#size ? `\u001b[${this.#drawn}A` : "\u001b[H";
    this.#drawn = lines.length;
    this.#size = size;
    // Written over and only then cleared to the right and below, so that nothing flickers.
    this.#terminal.out(`${back}${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
  }
}

/** The address that the meter prints when it listens. */
async function addressOf(meter: ChildProcess): Promise<{ host: string; port: number }> {
  if (meter.stdout === null) throw new CommandError(exitCode.failed, "the virtual meter has no output");
  for await (const line of createInterface({ input: meter.stdout })) {
    const said: unknown = JSON.parse(line);
    if (typeof said === "object" && said !== null && "address" in said) {
      const { host, port } = said.address as { host: string; port: number }; // printed by our own command
      return { host, port };
    }
  }
  throw new CommandError(exitCode.failed, "the virtual meter ended before it listened; its message stands above");
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("it takes a whole number above 0");
  return Number(text);
}

const commandFile = fileURLToPath(new URL("../../bin/siegel.mjs", import.meta.url));

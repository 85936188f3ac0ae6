/** `siegel read SOURCE`: any meter's bytes from a file, a pipe, a serial line or a socket, as a table or as JSON. */

import { SourceError } from "@siegel/channel";
import { KeyError, MeterPublicKey } from "@siegel/crypto";
import type { Language } from "@siegel/readings";
import { DecodeError, fromHex } from "@siegel/wire";
import { Command, InvalidArgumentError, Option } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import { Progress } from "../output/progress.ts";
import { Screen } from "../output/screen.ts";
import { errorLine, telegramTable } from "../output/telegram-table.ts";
import type { Context } from "../context.ts";
import { keysOf, p1Secret, type ReadKeys } from "../read/keys.ts";
import { type Input, openInput, sourceFailure } from "../read/input.ts";
import type { ProtocolReader, ReadEvent } from "../read/protocol.ts";
import { openReader, protocolNames } from "../read/protocols.ts";
import { QuietWatch } from "../read/quiet-watch.ts";
import type { Terminal } from "../terminal.ts";

interface ReadFlags {
  readonly protocol: string;
  readonly format: "table" | "json";
  readonly once?: true;
  readonly strict?: true;
  readonly key?: string;
  readonly authKey?: string;
  readonly keys?: string;
  readonly publicKey?: string;
  readonly address?: readonly number[];
  readonly wait?: number;
  readonly line?: string;
  readonly reconnect?: true;
  readonly watch?: true;
  readonly language: Language;
}

export function readCommand({ terminal, finish }: Context): Command {
  return new Command("read")
    .summary("read a meter from a file, a pipe, a serial line or a socket")
    .description(
      "Reads telegrams and prints their values.\n\n" +
        "SOURCE is a file, - for standard input, a serial device (/dev/ttyUSB0), or tcp://host:port.",
    )
    .argument("<source>", "file, -, serial device or tcp://host:port")
    .addOption(new Option("--protocol <name>", "what the bytes are").choices(protocolNames).default("auto"))
    .addOption(
      new Option("--format <kind>", "a table for people, or one JSON object a line")
        .choices(["table", "json"])
        .default("table"),
    )
    .option("--once", "end after the first telegram")
    .option("--strict", "refuse what the standard does not allow, and fail at the first error")
    .option("--key <hex>", "the key, for every meter: 32 hex digits, 16 for old DES (SML and D0 do not encrypt)")
    .option("--keys <file>", 'keys of several meters, JSON: {"12345678": "0f1e…"}; the id is number, label or octets')
    .option("--auth-key <hex>", "P1: the authentication key, where it is not the one of the specification")
    .option("--public-key <hex>", "check the meter's signature: x‖y of 48 or 64 bytes, or SPKI DER")
    .option(
      "--address <numbers>",
      "wired M-Bus: ask the meters there, 1,2 for two of them; else a search finds them",
      busAddresses,
    )
    .option(
      "--wait <ms>",
      "wired M-Bus: what a converter may add to the time for an answer (default: 200; some on a network need 1200)",
      milliseconds,
    )
    .option("--line <settings>", "settings of a serial line", "9600-8N1")
    .addOption(
      new Option("--language <code>", "language of the names in the table").choices(["en", "de"]).default("en"),
    )
    .option("--watch", "the last values and the course of the power, redrawn in place")
    .option("--reconnect", "open a lost line or connection again, until Ctrl-C")
    .addHelpText(
      "after",
      `
Examples:
  siegel read capture.bin
  siegel read /dev/ttyUSB0 --once
  siegel read tcp://127.0.0.1:7259 --format json | jq .values
  siegel read tcp://127.0.0.1:7259 --watch
  siegel read signed.bin --public-key 0d4dbfa3…
  siegel read /dev/ttyUSB0 --protocol d0 --line 300-7E1
  siegel read /dev/ttyUSB0 --protocol p1 --line 115200-8N1
  siegel read tcp://127.0.0.1:7264 --protocol mbus --address 1
  siegel read tcp://127.0.0.1:7265 --keys keys.json
  siegel read telegrams.jsonl --protocol wmbus --format json

What the bytes are is found out unless --protocol says it: octets, or text of hex digits. Radio frames come as octets, as
hex lines, as rtl_wmbus or CUL print them, from an iM871A or AMB8465, or as JSON lines with "hex"; a "key" in such a line is
used for that line where neither --key nor --keys is given. A key on the command line is seen by others on the machine:
SIEGEL_KEY in the environment does the same as --key.

Exit codes: 0 something decoded, 1 nothing did or --strict met an error, 2 wrong usage.`,
    )
    .action(async (source: string, flags: ReadFlags) => finish(await read(source, flags, terminal)));
}

async function read(text: string, flags: ReadFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.watch === true && flags.format === "json") {
    throw new CommandError(exitCode.usage, "--watch is for people, --format json for programs; take one of them");
  }
  const key = publicKey(flags.publicKey);
  const keys = keysOf(flags, (note) => terminal.err(`siegel: ${note}\n`));
  refuseUnfitKeys(flags.protocol, keys);
  if (flags.address !== undefined && flags.protocol !== "mbus") {
    throw new CommandError(exitCode.usage, "--address asks meters of a wired M-Bus; say --protocol mbus, too");
  }
  if (flags.wait !== undefined && flags.protocol !== "mbus") {
    throw new CommandError(exitCode.usage, "--wait is for meters of a wired M-Bus; say --protocol mbus, too");
  }
  if (keys.any !== undefined && flags.protocol === "sml") {
    terminal.err("siegel: SML carries no encryption; --key is not used\n");
  }
  const source = await openInput(
    text,
    { serial: flags.line, reconnect: flags.reconnect === true },
    terminal.ended,
  ).catch((error: unknown) => {
    throw sourceFailure(error);
  });
  const baud = /^\d+/.exec(flags.line ?? "")?.[0];
  const options = {
    strict: flags.strict === true,
    key,
    keys,
    secret: p1Secret(keys),
    note: noteFor(flags, terminal),
    addresses: flags.address,
    slackMs: flags.wait,
  };
  const reader = openReader(flags.protocol, {
    ...options,
    live: source.live,
    ...(baud === undefined || text.startsWith("tcp:") ? {} : { baud: Number(baud) }),
  });
  const printer = new Printer(flags, terminal);
  let byteLength = 0;
  try {
    byteLength = await pump(source, reader, printer, terminal);
  } catch (error) {
    if (printer.telegrams === 0) throw sourceFailure(error);
    if (!(error instanceof SourceError)) throw error;
    terminal.err(`siegel: ${error.message}\n`); // what was read stays read
  }
  if (source.live && byteLength === 0 && printer.telegrams === 0 && !terminal.ended.aborted) {
    // Neither head nor cable is at fault where somebody answered.
    const advice = "It may serve one reader at a time, or wait for its meter; try again, or with --reconnect.";
    throw new CommandError(exitCode.failed, `${text}: the other side closed before the first byte. ${advice}`);
  }
  if (keys.any !== undefined && reader.chosen === "sml") {
    terminal.err("siegel: SML carries no encryption; --key is not used\n");
  }
  if (printer.telegrams === 0) {
    return explainNothing(reader, printer, {
      flags,
      terminal,
      again: () => openReader(flags.protocol, { ...options, live: false }),
    });
  }
  if (!printer.stopped && (flags.format === "table" || printer.errors > 0)) explainLittle(reader, terminal);
  return flags.strict === true && printer.errors > 0 ? exitCode.failed : exitCode.ok;
}

/** Reads until the source ends, the person ends it, or nothing more is wanted. Gives the number of bytes read. */
async function pump(source: Input, reader: ProtocolReader, printer: Printer, terminal: Terminal): Promise<number> {
  let byteLength = 0;
  const progress = new Progress(terminal);
  const watch = new QuietWatch({
    live: source.live,
    reader,
    hasTelegram: () => printer.telegrams > 0,
    print: (events) => printer.print(events),
    note: (text) => terminal.err(`siegel: ${text}\n`),
  });
  const stopTalking = source.write === undefined ? undefined : reader.talk?.(source.write);
  try {
    for await (const event of source.events) {
      switch (event.event) {
        case "bytes":
          byteLength += event.bytes.length;
          watch.bytesCame();
          printer.print(reader.push(event.bytes));
          if (!source.live) progress.at(byteLength, printer.telegrams);
          break;
        case "lost":
          printer.print(reader.flush());
          break;
        case "reconnecting":
          terminal.err(
            `siegel: next try in ${(event.delayMs / 1000).toFixed(1)} s; ${event.error?.message ?? "the line closed"}\n`,
          );
          break;
        case "connected":
          if (event.gapMs !== undefined)
            terminal.err(`siegel: connected again after ${(event.gapMs / 1000).toFixed(1)} s\n`);
      }
      if (printer.stopped || terminal.ended.aborted) break;
      await terminal.drained();
    }
  } finally {
    stopTalking?.();
    watch.stop();
    progress.end();
  }
  if (!printer.stopped) printer.print(reader.flush());
  return byteLength;
}

/** Prints events in the format asked for, and counts them. */
class Printer {
  telegrams = 0;
  errors = 0;
  /** Nothing more is to be printed: `--once` has its telegram, or `--strict` its error. */
  stopped = false;
  readonly #flags: ReadFlags;
  readonly #terminal: Terminal;
  readonly #screen: Screen | undefined;

  constructor(flags: ReadFlags, terminal: Terminal) {
    this.#flags = flags;
    this.#terminal = terminal;
    this.#screen = flags.watch === true ? new Screen(terminal) : undefined;
  }

  print(events: readonly ReadEvent[]): void {
    let text = "";
    for (const event of events) {
      if (this.stopped) break;
      if (this.#screen === undefined) text += this.#text(event);
      else this.#screen.show(event);
      if (event.kind === "telegram") {
        this.telegrams++;
        if (this.#flags.once === true) this.stopped = true;
      } else {
        this.errors++;
        if (this.#flags.strict === true) this.stopped = true;
      }
    }
    if (text !== "") this.#terminal.out(text);
  }

  #text(event: ReadEvent): string {
    if (this.#flags.format === "json") {
      return `${JSON.stringify(event.kind === "telegram" ? event.telegram : event.error)}\n`;
    }
    if (event.kind === "error") return `${errorLine(event.error, this.#terminal)}\n\n`;
    return `${telegramTable(event.telegram, this.#flags.language, this.#terminal).join("\n")}\n\n`;
  }
}

/** Nothing decoded: says why, and reads on if the input was only a text form of the bytes. */
async function explainNothing(
  reader: ProtocolReader,
  printer: Printer,
  { flags, terminal, again }: { flags: ReadFlags; terminal: Terminal; again: () => ProtocolReader },
): Promise<ExitCode> {
  const explanations = reader.explain();
  const decoded = explanations.find((explanation) => explanation.decoded !== undefined);
  let told = explanations;
  if (decoded?.decoded !== undefined && printer.errors === 0) {
    const part = reader.explainsBeginningOnly ? "the first 64 KiB of it" : "it";
    terminal.err(`siegel: ${decoded.text} Reading the bytes that ${part} stands for.\n`);
    const second = again();
    printer.print(second.push(decoded.decoded));
    printer.print(second.flush());
    if (printer.telegrams > 0) {
      if (!printer.stopped && (flags.format === "table" || printer.errors > 0)) explainLittle(second, terminal);
      return flags.strict === true && printer.errors > 0 ? exitCode.failed : exitCode.ok;
    }
    told = second.explain();
  }
  terminal.err("siegel: no telegram could be read\n");
  for (const { text, advice } of told) terminal.err(`  ${text}\n    ${advice}\n`);
  return exitCode.failed;
}

/** Something decoded, but a person might expect more: a reduced data set, damaged telegrams. */
function explainLittle(reader: ProtocolReader, terminal: Terminal): void {
  for (const { text, advice } of reader.explain()) terminal.err(`siegel: ${text} ${advice}\n`);
}

/** @throws {InvalidArgumentError} */
function busAddresses(text: string): readonly number[] {
  const addresses = text.split(",").map((part) => (/^\d{1,3}$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (!addresses.every((address) => address <= mostOfBus)) {
    throw new InvalidArgumentError("primary addresses are numbers from 0 to 254, with commas between them");
  }
  return addresses;
}

/** @throws {InvalidArgumentError} */
function milliseconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("it takes milliseconds, up to 99999");
  return Number(text);
}

/** A person is told which protocol was taken; a program sees it in each line. */
function noteFor(flags: ReadFlags, terminal: Terminal): ((text: string) => void) | undefined {
  return flags.format === "table" ? (text) => terminal.err(`siegel: ${text}\n`) : undefined;
}

/** @throws {CommandError} A key of a length that the protocol named has no use for. */
function refuseUnfitKeys(protocol: string, { any, authentication }: ReadKeys): void {
  const isMbus = protocol === "mbus" || protocol === "wmbus";
  if (isMbus && (any?.length === 32 || authentication !== undefined)) {
    throw new CommandError(exitCode.usage, "M-Bus has one key of 32 hex digits, or 16 for old meters with DES");
  }
  if (protocol === "p1" && any?.length === 8) {
    throw new CommandError(
      exitCode.usage,
      "--key takes 32 hex digits for P1, or 64 with the authentication key behind it",
    );
  }
}

function publicKey(hex: string | undefined): MeterPublicKey | undefined {
  if (hex === undefined) return undefined;
  try {
    return MeterPublicKey.parse(checkHex("--public-key", hex, pemAdvice));
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new CommandError(exitCode.usage, `--public-key: ${error.message}`, { cause: error });
  }
}

function checkHex(option: string, hex: string, advice = ""): Uint8Array {
  try {
    return fromHex(hex);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new CommandError(exitCode.usage, `${option} takes hex digits, two for each byte${advice}`, { cause: error });
  }
}

const mostOfBus = 254;
const pemAdvice = "; from a PEM file: openssl pkey -pubin -in key.pem -outform DER | xxd -p -c 0";

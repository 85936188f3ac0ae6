/** `siegel inspect FILE|HEX`: every byte of a capture with its field and its meaning. */

import { stat } from "node:fs/promises";
import { openSource, SourceError } from "@siegel/channel";
import {
  annotateCapture,
  annotatePayload,
  diagnose,
  type Diagnosis,
  type DumpLine,
  type FrameEvent,
  SmlFramer,
} from "@siegel/sml";
import { concatBytes, DecodeError, fromHex, toHex } from "@siegel/wire";
import { Command } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import { sourceFailure } from "../read/input.ts";
import type { Terminal } from "../terminal.ts";

export function inspectCommand({ terminal, finish }: Context): Command {
  return new Command("inspect")
    .summary("show every byte of a capture with its field and meaning")
    .description(
      "Prints an annotated dump: offset, bytes, field, meaning, indented by depth.\n\n" +
        "What stands there is a file of that name, - for standard input, or else the bytes themselves in hex. SML is shown with its\n" +
        "transport or without, and through a hex dump.",
    )
    .argument("<file-or-hex>", "a capture, -, or bytes in hex (quote blanks)")
    .option("--json", "one JSON object a line: offset, bytes, depth, field, meaning")
    .addHelpText(
      "after",
      `
Examples:
  siegel inspect capture.bin
  siegel inspect "1b1b1b1b 01010101 76 05 …"
  siegel inspect capture.bin --json | jq 'select(.error)'

Exit codes: 0 everything follows the format, 1 something does not, 2 wrong usage.`,
    )
    .action(async (what: string, flags: { json?: true }) => finish(await inspect(what, flags.json === true, terminal)));
}

async function inspect(what: string, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const bytes = await bytesOf(what, terminal.ended);
  const lines = annotate(bytes.length === 0 ? bytes : (writtenForm(bytes, terminal) ?? bytes));
  for (const line of lines) {
    if (terminal.ended.aborted) break;
    terminal.out(`${json ? JSON.stringify(jsonLine(line)) : tableLine(line, terminal)}\n`);
    await terminal.drained();
  }
  const good =
    lines.some(({ field }) => field.startsWith("messages[")) && lines.every(({ error }) => error === undefined);
  if (good) return exitCode.ok;
  if (!json) explain(bytes, terminal);
  return exitCode.failed;
}

/** With transport where a start mark is, else as bare messages; whichever explains something. */
function annotate(bytes: Uint8Array): readonly DumpLine[] {
  if (hasFrame(bytes)) return annotateCapture(bytes);
  const bare = annotatePayload(bytes);
  return bare.some(({ field, error }) => field.startsWith("messages[") && error === undefined)
    ? bare
    : annotateCapture(bytes);
}

/** The bytes that a text stands for, where the input is hex, a hex dump or another written form of SML. */
function writtenForm(bytes: Uint8Array, terminal: Terminal): Uint8Array | undefined {
  const [first] = diagnosisOf(bytes);
  if (first?.decoded === undefined || hasFrame(bytes)) return undefined;
  const part = bytes.length > explainedBytes ? "the first 64 KiB of it" : "it";
  terminal.err(`siegel: ${first.text} These are the bytes that ${part} stands for.\n`);
  return first.decoded;
}

function explain(bytes: Uint8Array, terminal: Terminal): void {
  for (const { text, advice } of diagnosisOf(bytes)) terminal.err(`siegel: ${text} ${advice}\n`);
}

function diagnosisOf(bytes: Uint8Array): readonly Diagnosis[] {
  return diagnose({ bytes, events: eventsOf(bytes), files: [], fromLine: false });
}

function hasFrame(bytes: Uint8Array): boolean {
  return eventsOf(bytes).some(({ kind }) => kind !== "noise");
}

function eventsOf(bytes: Uint8Array): readonly FrameEvent[] {
  const framer = new SmlFramer();
  return [...framer.push(bytes), ...framer.flush()];
}

function tableLine(line: DumpLine, terminal: Terminal): string {
  const offset = terminal.style("dim", line.offset.toString().padStart(6));
  const indent = "  ".repeat(line.depth);
  const hex = isSecret(line) ? "(not shown)" : shortHex(line.bytes);
  const meaning = line.error === undefined ? line.meaning : terminal.style("red", `✗ ${line.meaning}`);
  return `${offset}  ${hex.padEnd(hexColumn)}  ${indent}${terminal.style("cyan", line.field)}  ${meaning}`.trimEnd();
}

function jsonLine(line: DumpLine): unknown {
  const { offset, depth, field, meaning, error } = line;
  const bytes = isSecret(line) ? null : toHex(line.bytes);
  return {
    offset,
    byteLength: line.bytes.length,
    bytes,
    depth,
    field,
    meaning,
    ...(error === undefined ? {} : { error }),
  };
}

/** A dump is pasted into reports; a password must not be in it. */
function isSecret({ field, bytes }: DumpLine): boolean {
  return (field === "password" || field === "username") && bytes.length > 1;
}

function shortHex(bytes: Uint8Array): string {
  const shown = bytes.length > shownBytes ? bytes.subarray(0, shownBytes - 1) : bytes;
  const hex = toHex(shown).replaceAll(/(..)(?=.)/g, "$1 ");
  return bytes.length > shownBytes ? `${hex} … ${bytes.length} bytes` : hex;
}

async function bytesOf(what: string, ended: AbortSignal): Promise<Uint8Array> {
  const isSource = what === "-" || (await stat(what).catch(() => undefined)) !== undefined; // no such file: perhaps hex
  if (isSource) return wholeOf(what, ended);
  try {
    const bytes = fromHex(what);
    if (bytes.length > 0) return bytes;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new CommandError(
    exitCode.usage,
    "neither a file of that name nor hex digits; check the path, or quote the hex text",
  );
}

/** All bytes of a file or of standard input. */
async function wholeOf(what: string, ended: AbortSignal): Promise<Uint8Array> {
  try {
    const source = await openSource(what, { maxBytes: maxFileBytes, signal: ended });
    if ("write" in source) {
      await source.close();
      throw new CommandError(exitCode.usage, `${what} is a line that never ends; siegel read shows what comes`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.chunks(ended)) chunks.push(chunk);
    return concatBytes(...chunks);
  } catch (error) {
    if (error instanceof SourceError && error.code === "too-long") {
      throw new CommandError(
        exitCode.usage,
        `${what} is larger than ${maxFileBytes / 2 ** 20} MiB; cut a part out, as with head -c`,
        { cause: error },
      );
    }
    throw sourceFailure(error);
  }
}

const shownBytes = 12;
const hexColumn = 3 * shownBytes + 10;
const maxFileBytes = 16 * 2 ** 20;
/** As far as a diagnosis looks. */
const explainedBytes = 65_536;

/** `siegel inspect FILE|HEX`: every byte of a capture with its field and its meaning. */

import { readFile, stat } from "node:fs/promises";
import { annotateCapture, annotatePayload, diagnose, type DumpLine, SmlFramer } from "@siegel/sml";
import { DecodeError, fromHex, toHex } from "@siegel/wire";
import { Command } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import type { Terminal } from "../terminal.ts";

export function inspectCommand({ terminal, finish }: Context): Command {
  return new Command("inspect")
    .summary("show every byte of a capture with its field and meaning")
    .description(
      "Prints an annotated dump: offset, bytes, field, meaning, indented by depth.\n\n" +
        "What stands there is a file of that name, or else the bytes themselves in hex. SML is shown with its transport or without.",
    )
    .argument("<file-or-hex>", "a capture, or bytes in hex (quote blanks)")
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
  const bytes = await bytesOf(what);
  const lines = annotate(bytes);
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
  const framer = new SmlFramer();
  const framed = [...framer.push(bytes), ...framer.flush()].some(({ kind }) => kind !== "noise");
  if (framed) return annotateCapture(bytes);
  const bare = annotatePayload(bytes);
  return bare.some(({ field, error }) => field.startsWith("messages[") && error === undefined)
    ? bare
    : annotateCapture(bytes);
}

function explain(bytes: Uint8Array, terminal: Terminal): void {
  const framer = new SmlFramer();
  const events = [...framer.push(bytes), ...framer.flush()];
  for (const { text, advice } of diagnose({ bytes, events, files: [], fromLine: false })) {
    terminal.err(`siegel: ${text} ${advice}\n`);
  }
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

async function bytesOf(what: string): Promise<Uint8Array> {
  const file = await stat(what).catch(() => undefined); // no such file: perhaps hex
  if (file?.isFile() === true) {
    if (file.size > maxFileBytes) {
      throw new CommandError(
        exitCode.usage,
        `${what} is larger than ${maxFileBytes / 2 ** 20} MiB; cut a part out, as with head -c`,
      );
    }
    return new Uint8Array(await readFile(what));
  }
  if (file !== undefined) throw new CommandError(exitCode.usage, `${what} is no file that could be dumped`);
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

const shownBytes = 12;
const hexColumn = 3 * shownBytes + 10;
const maxFileBytes = 16 * 2 ** 20;

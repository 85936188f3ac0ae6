/** `siegel inspect FILE|HEX`: every byte of a capture, a certificate or a delivery with its field and its meaning. */

import { stat } from "node:fs/promises";
import {
  annotateCapture,
  annotatePayload,
  diagnose,
  type Diagnosis,
  type DumpLine,
  type FrameEvent,
  SmlFramer,
} from "@siegel/sml";
import { annotateD0, annotateP1, looksLikeD0, looksLikeP1 } from "@siegel/iec62056-21";
import { DecodeError, fromHex, toHex } from "@siegel/wire";
import { Command } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import { dumpDer } from "../inspect/der-dump.ts";
import { type Document, documentsOf, PrivateKeyError, type SlotLine } from "../inspect/documents.ts";
import { wholeSource } from "../read/whole-source.ts";
import type { Terminal } from "../terminal.ts";

export function inspectCommand({ terminal, finish }: Context): Command {
  return new Command("inspect")
    .summary("show every byte of a capture, certificate or delivery with its field and meaning")
    .description(
      "Prints an annotated dump: offset, bytes, field, meaning, indented by depth.\n\n" +
        "What stands there is a file of that name, - for standard input, or else the bytes themselves in hex. Known are:\n" +
        "SML with its transport or without, also through a hex dump; P1 telegrams and D0 lines; certificates, revocation lists and certification\n" +
        "requests in DER or PEM; deliveries, receipts and proof bundles; day blocks. Of documents a summary comes first.\n\n" +
        "Nothing is checked here: a document may say anything of itself. siegel verify tells what holds.",
    )
    .argument("<file-or-hex>", "a capture or document, -, or bytes in hex (quote blanks)")
    .option("--json", "one JSON object a line: offset, bytes, depth, field, meaning; of documents a summary first")
    .addHelpText(
      "after",
      `
Examples:
  siegel inspect capture.bin
  siegel inspect "1b1b1b1b 01010101 76 05 …"
  siegel inspect capture.bin --json | jq 'select(.error)'
  siegel inspect gateway-sig.pem
  siegel inspect meter-2026-11-25.siegel-proof

Exit codes: 0 everything follows the format, 1 something does not, 2 wrong usage.`,
    )
    .action(async (what: string, flags: { json?: true }) => finish(await inspect(what, flags.json === true, terminal)));
}

async function inspect(what: string, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const bytes = await bytesOf(what, terminal.ended);
  const documents = documentsIn(bytes);
  if (documents.length > 0) return inspectDocuments(documents, json, terminal);
  const lines = annotateLines(bytes) ?? annotate(bytes.length === 0 ? bytes : (writtenForm(bytes, terminal) ?? bytes));
  for (const line of lines) {
    if (terminal.ended.aborted) break;
    terminal.out(`${json ? JSON.stringify(jsonLine(line)) : tableLine(line, terminal)}\n`);
    await terminal.drained();
  }
  const good =
    lines.some(({ field }) => /^(?:messages|dataSet|object)\[|^generalGloCiphering$/.test(field)) &&
    lines.every(({ error }) => error === undefined);
  if (good) return exitCode.ok;
  if (!json) explain(bytes, terminal);
  return exitCode.failed;
}

function documentsIn(bytes: Uint8Array): readonly Document[] {
  try {
    return documentsOf(bytes);
  } catch (error) {
    if (error instanceof PrivateKeyError) {
      throw new CommandError(exitCode.usage, "this is a private key: it is shown to nobody", { cause: error });
    }
    if (!(error instanceof DecodeError)) throw error;
    throw new CommandError(exitCode.failed, `the PEM text is damaged: ${error.message}`, { cause: error });
  }
}

async function inspectDocuments(documents: readonly Document[], json: boolean, terminal: Terminal): Promise<ExitCode> {
  let good = true;
  for (const { kind, summary, bytes, names, slots } of documents) {
    if (json) terminal.out(`${JSON.stringify({ kind, summary: Object.fromEntries(summary) })}\n`);
    else {
      terminal.out(`${terminal.style("bold", kind)}, ${bytes.length} bytes\n`);
      for (const [label, text] of summary) terminal.out(`  ${label.padEnd(labelColumn)}  ${text}\n`);
      terminal.out("\n");
    }
    for (const slot of slots ?? []) terminal.out(`${json ? JSON.stringify(slot) : slotLine(slot)}\n`);
    for (const line of names === undefined ? [] : dumpDer(bytes, names)) {
      if (terminal.ended.aborted) return exitCode.ok;
      if (line.error !== undefined) good = false;
      terminal.out(`${json ? JSON.stringify(jsonLine(line)) : tableLine(line, terminal)}\n`);
      await terminal.drained();
    }
  }
  return good ? exitCode.ok : exitCode.failed;
}

function slotLine({ at, value, unit, quality, status }: SlotLine): string {
  const text = `${value ?? "–"}${unit === undefined ? "" : ` ${unit}`}`;
  return `  ${at}  ${text.padStart(valueColumn)}  ${quality}${status === undefined ? "" : `  status ${status}`}`;
}

/** P1 telegrams and what is said on a D0 line, where the bytes look like either; nothing for all others. */
function annotateLines(bytes: Uint8Array): readonly DumpLine[] | undefined {
  if (hasFrame(bytes)) return undefined;
  if (looksLikeP1(bytes) === "yes") return annotateP1(bytes);
  return looksLikeD0(bytes) === "no" ? undefined : annotateD0(bytes);
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
  if (isSource) return wholeSource(what, ended, maxFileBytes);
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
const labelColumn = 20;
const valueColumn = 20;
const hexColumn = 3 * shownBytes + 10;
const maxFileBytes = 16 * 2 ** 20;
/** As far as a diagnosis looks. */
const explainedBytes = 65_536;

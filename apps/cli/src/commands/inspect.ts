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
import { annotateD0 } from "@siegel/iec62056-21";
import { DecodeError, fromHex, toHex } from "@siegel/wire";
import { Command, Option } from "commander";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import type { Context } from "../context.ts";
import { dumpDer } from "../inspect/der-dump.ts";
import { type Document, documentsOf, PrivateKeyError, type SlotLine } from "../inspect/documents.ts";
import { dumpMbus } from "../inspect/mbus-dump.ts";
import { dumpP1 } from "../inspect/p1-dump.ts";
import { type KeyFlags, keysOf, type ReadKeys } from "../read/keys.ts";
import { openReader, protocolNames } from "../read/protocols.ts";
import { wholeSource } from "../read/whole-source.ts";
import { bytesOfText } from "../read/written-bytes.ts";
import type { Terminal } from "../terminal.ts";

interface InspectFlags extends KeyFlags {
  readonly json?: true;
  readonly protocol: string;
}

export function inspectCommand({ terminal, finish }: Context): Command {
  return new Command("inspect")
    .summary("show every byte of a capture, certificate or delivery with its field and meaning")
    .description(
      "Prints an annotated dump: offset, bytes, field, meaning, indented by depth.\n\n" +
        "What stands there is a file of that name, - for standard input, or else the bytes themselves in hex. Known are:\n" +
        "SML with its transport or without, also through a hex dump; P1 telegrams and D0 lines; M-Bus of wire and\n" +
        "radio, as octets or in lines of text; certificates, revocation lists and certification requests in DER or PEM; deliveries, receipts and proof bundles; day blocks. Of documents a summary comes first.\n\n" +
        "Nothing is checked here: a document may say anything of itself. siegel verify tells what holds.",
    )
    .argument("<file-or-hex>", "a capture or document, -, or bytes in hex (quote blanks)")
    .addOption(new Option("--protocol <name>", "what the bytes are").choices(protocolNames).default("auto"))
    .option("--key <hex>", "show what is encrypted, too: the key for every meter (M-Bus, P1); it is never printed")
    .option("--keys <file>", "the same with keys by meter, as siegel read takes them")
    .option("--auth-key <hex>", "P1: the authentication key, where it is not the one of the specification")
    .option("--json", "one JSON object a line: offset, bytes, depth, field, meaning; of documents a summary first")
    .addHelpText(
      "after",
      `
Examples:
  siegel inspect capture.bin
  siegel inspect "1b1b1b1b 01010101 76 05 …"
  siegel inspect capture.bin --json | jq 'select(.error)'
  siegel inspect 2e449315785634123303… --key 0f1e2d…
  siegel inspect gateway-sig.pem
  siegel inspect meter-2026-11-25.siegel-proof

Exit codes: 0 everything follows the format, 1 something does not, 2 wrong usage.`,
    )
    .action(async (what: string, flags: InspectFlags) => finish(await inspect(what, flags, terminal)));
}

async function inspect(what: string, flags: InspectFlags, terminal: Terminal): Promise<ExitCode> {
  const json = flags.json === true;
  const keys = keysOf(flags, (note) => terminal.err(`siegel: ${note}\n`));
  const bytes = await bytesOf(what, terminal.ended);
  const documents = flags.protocol === "auto" ? documentsIn(bytes) : [];
  if (documents.length > 0) return inspectDocuments(documents, json, terminal);
  const { lines, good, isExplained } = dumpOf(bytes, flags.protocol, keys, terminal);
  for (const line of lines) {
    if (terminal.ended.aborted) break;
    terminal.out(`${json ? JSON.stringify(jsonLine(line)) : tableLine(line, terminal)}\n`);
    await terminal.drained();
  }
  if (good) return exitCode.ok;
  if (!json && isExplained !== true) explain(bytes, terminal);
  return exitCode.failed;
}

interface Dump {
  readonly lines: readonly DumpLine[];
  /** Something is there, and all of it follows the format. */
  readonly good: boolean;
  /** The dump itself says what is wrong. */
  readonly isExplained?: boolean;
}

function dumpOf(bytes: Uint8Array, protocol: string, keys: ReadKeys, terminal: Terminal): Dump {
  if (bytes.length === 0 || (protocol === "auto" && isSml(bytes))) return judged(annotate(bytes));
  const direct = dumpAs(protocol === "auto" ? protocolIn(bytes) : protocol, bytes, keys);
  if (direct !== undefined && (protocol !== "auto" || direct.lines.length > 0)) return direct;
  const written = writtenForm(bytes, terminal);
  if (written === undefined) return judged(annotate(bytes));
  return dumpAs(isSml(written) ? "sml" : protocolIn(written), written, keys) ?? judged(annotate(written));
}

/** Nothing where the protocol is not known. */
function dumpAs(protocol: string | undefined, bytes: Uint8Array, keys: ReadKeys): Dump | undefined {
  switch (protocol) {
    case "sml":
      return judged(annotate(bytes));
    case "d0":
      return judged(annotateD0(bytes));
    case "p1":
      return judged(dumpP1(bytes, keys));
    case "mbus":
    case "wmbus":
    case "mbus or wmbus": {
      const lines = dumpMbus(bytes, protocol === "mbus" ? "mbus" : "wmbus", keys);
      // That a key is missing is no fault of the frame.
      const good = lines.length > 0 && lines.every(({ error }) => error === undefined || error.code === "no-key");
      const isFound = lines.some(({ field }) => field === "L" || field === "start");
      return { lines, good: good && isFound, isExplained: isFound };
    }
    default:
      return undefined;
  }
}

function judged(lines: readonly DumpLine[]): Dump {
  const good =
    lines.some(({ field }) => /^(?:messages|dataSet|object)\[|^generalGloCiphering$/.test(field)) &&
    lines.every(({ error }) => error === undefined);
  return { lines, good };
}

/** What `siegel read` would take these bytes for. */
function protocolIn(bytes: Uint8Array): string | undefined {
  const reader = openReader("auto", { strict: false, key: undefined, live: false });
  const beginning = bytes.subarray(0, detectedBytes);
  for (let at = 0; at < beginning.length && reader.chosen === undefined; at += chunkBytes) {
    reader.push(beginning.subarray(at, at + chunkBytes));
  }
  if (reader.chosen === undefined) reader.flush();
  return reader.chosen;
}

function isSml(bytes: Uint8Array): boolean {
  return hasFrame(bytes) || annotatePayload(bytes).some(isWholeMessage);
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

/** With transport where a start mark is, else as bare messages; whichever explains something. */
function annotate(bytes: Uint8Array): readonly DumpLine[] {
  if (hasFrame(bytes)) return annotateCapture(bytes);
  const bare = annotatePayload(bytes);
  return bare.some(isWholeMessage) ? bare : annotateCapture(bytes);
}

function isWholeMessage({ field, error }: DumpLine): boolean {
  return field.startsWith("messages[") && error === undefined;
}

/** The bytes that a text stands for, where the input is hex, a hex dump or another written form. */
function writtenForm(bytes: Uint8Array, terminal: Terminal): Uint8Array | undefined {
  const written = hasFrame(bytes) ? undefined : bytesOfText(bytes);
  if (written === undefined) return undefined;
  const part = bytes.length > explainedBytes ? "the first 64 KiB of it" : "it";
  terminal.err(`siegel: ${written.text} These are the bytes that ${part} stands for.\n`);
  return written.decoded;
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
/** What has no telegram in so many has none. */
const detectedBytes = 2 ** 20;
const chunkBytes = 65_536;
/** As far as a diagnosis looks. */
const explainedBytes = 65_536;

/**
 * An annotated dump of a D0 line or a P1 port: every byte with its field and its meaning, as far as the grammar reaches.
 *
 * In: a capture.  Out: lines in the order of the bytes; each byte stands in exactly one of them.
 * Not here: how a line is printed. What follows `P1` and `P2` has the field `password`: whoever prints hides it.
 */

import { nameOfObis, type ObisCode } from "@siegel/readings";
import { type Block, D0Framer, type D0Frame, type Lines } from "../framing/framer.ts";
import { baudOf, identificationLineOf, modeOf, optionSelectText } from "../framing/identification.ts";
import { textOfOctets } from "../framing/octets.ts";
import { codeOfId } from "../meaning/read-out.ts";
import { dataSetsOf, decodeData } from "../messages/data-set.ts";
import { partsOfSealed } from "../p1/encrypted.ts";
import { type P1Event, P1Framer } from "../p1/framer.ts";
import { readObjects } from "../p1/objects.ts";

/** One line of the dump; the same shape as that of SML. */
export interface DumpLine {
  /** First byte, counted in the whole input. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** 0 for messages, one more for each level. */
  readonly depth: number;
  /** In the standard's words. */
  readonly field: string;
  /** For a person; empty where the name says it all. */
  readonly meaning: string;
  /** Present where the input departs from the format. */
  readonly error?: { readonly code: string; readonly path: string };
}

/** Dumps everything that is said on a D0 line. */
export function annotateD0(input: Uint8Array): readonly DumpLine[] {
  const framer = new D0Framer({ maxBlockBytes: Math.max(65_536, input.length + 1) });
  const dump = new Dump(input);
  for (const frame of [...framer.push(input.slice()), ...framer.flush()]) addD0(dump, frame);
  return dump.lines();
}

/** Dumps P1 telegrams, plain and encrypted; of the latter the frame. */
export function annotateP1(input: Uint8Array): readonly DumpLine[] {
  const framer = new P1Framer({ maxTelegramBytes: Math.max(65_536, input.length + 1) });
  const dump = new Dump(input);
  for (const event of [...framer.push(input.slice()), ...framer.flush()]) addP1(dump, event);
  return dump.lines();
}

/** Lines without gap or overlap: what nobody names is a line end, or belongs to nothing. */
class Dump {
  readonly #input: Uint8Array;
  readonly #lines: DumpLine[] = [];
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  /** Names the bytes up to `to`; those between the last line and `from` are told apart. */
  add(from: number, to: number, depth: number, field: string, meaning = "", error?: DumpLine["error"]): void {
    this.#fill(from, depth);
    const start = Math.max(from, this.#at);
    if (to <= start) return;
    const line = { offset: start, bytes: this.#input.subarray(start, to), depth, field, meaning };
    this.#lines.push(error === undefined ? line : { ...line, error });
    this.#at = to;
  }

  lines(): readonly DumpLine[] {
    this.#fill(this.#input.length, 0);
    return this.#lines;
  }

  #fill(to: number, depth: number): void {
    if (to <= this.#at) return;
    const bytes = this.#input.subarray(this.#at, to);
    const isLineEnd = bytes.every((octet) => (octet & 0x7f) === 0x0d || (octet & 0x7f) === 0x0a);
    const field = isLineEnd ? "lineEnd" : "noise";
    this.#lines.push({ offset: this.#at, bytes, depth, field, meaning: isLineEnd ? "" : "belongs to no message" });
    this.#at = to;
  }
}

function addD0(dump: Dump, frame: D0Frame): void {
  const from = frame.offset;
  const to = from + frame.byteLength;
  switch (frame.kind) {
    case "request":
      return dump.add(from, to, 0, "request", frame.address === "" ? "whoever is there" : `address ${frame.address}`);
    case "identification": {
      const { identification } = frame;
      const mode = modeOf(identification);
      const meaning = `${identificationLineOf(identification)}: maker ${identification.maker}, mode ${mode}, ${baudOf(identification)} baud`;
      return dump.add(from, to, 0, "identification", meaning);
    }
    case "option":
      return dump.add(from, to, 0, "optionSelect", `${optionSelectText(frame.option)}: ${frame.option.mode}`);
    case "command": {
      const { letter, digit, data } = frame.command;
      const error = frame.check === "bad" ? { code: "bad-checksum", path: "blockCheck" } : undefined;
      dump.add(from, from + 3, 0, "command", `${letter}${digit} ${commandNames[letter] ?? ""}`.trim());
      const isPassword = letter === "P" && digit !== "0";
      const meaning = isPassword ? "" : (data ?? "");
      dump.add(from + 3, to - 2, 1, isPassword ? "password" : "data", meaning);
      dump.add(to - 2, to - 1, 0, frame.more ? "EOT" : "ETX");
      return dump.add(to - 1, to, 0, "blockCheck", error === undefined ? "holds" : "does not hold", error);
    }
    case "block":
      return addBlock(dump, frame);
    case "lines":
      return addData(dump, frame, from);
    case "damaged": {
      const { code, where, message } = frame.error;
      return dump.add(from, to, 0, "damaged", message, { code, path: where.path });
    }
    case "ack":
    case "nak":
    case "wake-up":
      return dump.add(from, to, 0, frame.kind, meaningOfSign[frame.kind]);
    case "noise":
      return dump.add(from, to, 0, "noise", "belongs to no message");
  }
}

function addBlock(dump: Dump, block: Block): void {
  const { offset, byteLength, data, check, end } = block;
  const to = offset + byteLength;
  dump.add(offset, offset + 1, 0, "STX");
  addData(dump, block, offset + 1);
  const etx = offset + 1 + data.length;
  if (end === "cut")
    return dump.add(etx, to, 0, "end", "the block ends before ETX", { code: "truncated", path: "block" });
  dump.add(etx, etx + 1, 0, end === "more" ? "EOT" : "ETX");
  const error = check === "bad" ? { code: "bad-checksum", path: "blockCheck" } : undefined;
  dump.add(etx + 1, to, 0, "blockCheck", check === "good" ? "holds" : "does not hold", error);
}

function addData(dump: Dump, { data }: Pick<Lines, "data">, base: number): void {
  const dataSets = dataSetsOf(decodeData(data));
  for (const [index, { id, groups, offset }] of dataSets.entries()) {
    const limit = dataSets[index + 1]?.offset ?? endOfDataSet(data, offset);
    dump.add(base + offset, base + limit, 1, `dataSet[${index}]`, meaningOfObject(codeOfId(id), id, groups));
  }
  const mark = data.lastIndexOf(exclamation);
  if (mark >= 0) dump.add(base + mark, base + data.length, 1, "endMark");
  else dump.add(base + data.length, base + data.length, 1, "end");
}

/** Behind the last `)` of the line that the data set is in, and its line end. */
function endOfDataSet(data: Uint8Array, from: number): number {
  let at = from;
  while (at < data.length && data[at] !== 0x0a && data[at] !== exclamation) at++;
  return data[at] === 0x0a ? at + 1 : at;
}

function addP1(dump: Dump, event: P1Event): void {
  const from = event.offset;
  const to = from + event.byteLength;
  switch (event.kind) {
    case "noise":
      return dump.add(from, to, 0, "noise", "belongs to no telegram");
    case "damaged": {
      const { code, where, message } = event.error;
      return dump.add(from, to, 0, "damaged", message, { code, path: where.path });
    }
    case "sealed": {
      const { ciphertext, tag, counter } = partsOfSealed(event.bytes);
      const count = new DataView(counter.buffer, counter.byteOffset).getUint32(0);
      const end = to - tag.length - ciphertext.length;
      dump.add(from, from + 2, 0, "generalGloCiphering", "an encrypted telegram");
      dump.add(from + 2, from + 10, 1, "systemTitle", textOfOctets(event.bytes, 2, 5));
      dump.add(from + 10, end - 5, 1, "length");
      dump.add(end - 5, end - 4, 1, "securityControl");
      dump.add(end - 4, end, 1, "frameCounter", String(count));
      dump.add(end, to - tag.length, 1, "ciphertext", `${ciphertext.length} bytes`);
      return dump.add(to - tag.length, to, 1, "tag", `${tag.length} bytes`);
    }
    case "telegram": {
      const { bytes, mark, checksum } = event;
      const { objects } = readObjects(bytes, headerEnd(bytes), mark);
      dump.add(from, from + headerEnd(bytes), 0, "header", textOfOctets(bytes, 0, headerEnd(bytes)));
      for (const [index, object] of objects.entries()) {
        const limit = objects[index + 1]?.at ?? mark;
        const meaning = meaningOfObject(object.obis, object.id, object.groups);
        dump.add(from + object.at, from + limit, 1, `object[${index}]`, meaning);
      }
      dump.add(from + mark, from + mark + 1, 0, "endMark");
      const error = checksum === "bad" ? { code: "bad-checksum", path: "checksum" } : undefined;
      return dump.add(from + mark + 1, to, 0, "checksum", meaningOfChecksum[checksum], error);
    }
  }
}

function headerEnd(bytes: Uint8Array): number {
  const at = bytes.findIndex((octet) => octet === 0x0d || octet === 0x0a);
  return at < 0 ? bytes.length : at;
}

function meaningOfObject(obis: ObisCode | undefined, id: string, groups: readonly string[]): string {
  const shown = groups.map(
    (group) => `(${group.length > shownCharacters ? `${group.slice(0, shownCharacters)}…` : group})`,
  );
  const value = shown.slice(0, shownGroups).join("") + (shown.length > shownGroups ? "…" : "");
  return obis === undefined ? `${id} ${value}` : `${obis} ${nameOfObis(obis, "en")} ${value}`;
}

const commandNames: Readonly<Record<string, string>> = {
  P: "password",
  R: "read",
  W: "write",
  E: "execute",
  B: "break",
};
const meaningOfSign = { ack: "acknowledged", nak: "again, please", "wake-up": "wakes a battery meter" } as const;
const meaningOfChecksum = {
  absent: "none",
  good: "holds",
  x25: "X.25 holds, as of Holley meters",
  "line-ends": "holds once LF is CR LF again",
  bad: "does not hold",
} as const;
const exclamation = 0x21;
const shownCharacters = 40;
const shownGroups = 8;

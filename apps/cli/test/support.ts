/** A terminal that remembers, and captures made by our own encoder. */

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObisCode } from "@siegel/readings";
import {
  encodeFile,
  type EncodingStyle,
  type GetListResponse,
  type ListEntry,
  type SmlMessage,
  wrapFile,
} from "@siegel/sml";
import { fromHex } from "@siegel/wire";
import { run } from "../src/run.ts";
import type { Terminal } from "../src/terminal.ts";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
export async function siegel(args: readonly string[], ended = new AbortController().signal): Promise<Outcome> {
  return siegelWatched(args, () => {}, ended);
}

/** Runs a command that goes on until it is ended: `seen` is its output once that holds a text. */
export function siegelUntil(
  args: readonly string[],
  text: string,
  signal: AbortSignal,
): { readonly seen: Promise<string>; readonly ended: Promise<Outcome> } {
  const { promise: seen, resolve, reject } = Promise.withResolvers<string>();
  const ended = siegelWatched(args, (out) => out.includes(text) && resolve(out), signal);
  ended.then(
    ({ code, err }) => reject(new Error(`it ended with ${code} before it said ${JSON.stringify(text)}: ${err}`)),
    reject,
  );
  return { seen, ended };
}

async function siegelWatched(
  args: readonly string[],
  watch: (out: string) => void,
  ended: AbortSignal,
): Promise<Outcome> {
  let out = "";
  let err = "";
  const terminal: Terminal = {
    out: (text) => watch((out += text)),
    bytes: (content) => watch((out += Buffer.from(content).toString("latin1"))),
    drained: async () => {},
    err: (text) => (err += text),
    interactive: false,
    showsProgress: false,
    columns: 120,
    rows: 40,
    style: (_, text) => text,
    ended,
  };
  const code = await run(args, terminal);
  return { code, out, err };
}

/** The JSON lines of an output. */
export function lines(out: string): any[] {
  // any: the test says what it expects
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export async function fileOf(bytes: Uint8Array | string, name = "capture.bin"): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "siegel-cli-")), name);
  await writeFile(path, bytes);
  return path;
}

export const serverId = fromHex("0a01445a4700039e2055");

export function obis(text: string): Uint8Array {
  return ObisCode.parse(text).toBytes();
}

/** Open, the list, Close: what a meter pushes. */
export function push(list: Partial<GetListResponse>, style?: Partial<EncodingStyle>): Uint8Array {
  const messages = [
    message(1, { kind: "PublicOpenResponse", value: { reqFileId: Uint8Array.of(1), serverId } }),
    message(2, { kind: "GetListResponse", value: { serverId, valList: [], ...list } }),
    message(3, { kind: "PublicCloseResponse", value: {} }),
  ];
  return wrapFile(encodeFile(messages, style));
}

/** The list of the contract's example. */
export const exampleEntries: readonly ListEntry[] = [
  {
    objName: obis("1-0:1.8.0*255"),
    status: { byteLength: 3, bits: 0x1c0004 },
    unit: 30,
    scaler: -1,
    value: { type: "unsigned", byteLength: 4, value: 23_536_569 },
  },
  { objName: obis("1-0:96.1.0*255"), value: { type: "octets", value: serverId } },
];

function message(number: number, body: SmlMessage["body"]): SmlMessage {
  return { transactionId: Uint8Array.of(number), groupNo: 0, abortOnError: 0, body };
}

/**
 * A meter's stream to values, both checksums checked, beside the two other JavaScript implementations.
 *
 * The stream is made of all whole files of the corpus, or of synthetic ones where there is no corpus. The others cannot
 * find files in a stream without loss, so they are given each file alone, cut and as the kind of buffer they want: what
 * that would cost them is left out in their favour. Before anything is measured each must give the values.
 */

import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { BenchWork } from "../../../scripts/bench/types.ts";
import { SmlFramer } from "../src/framing/framer.ts";
import { decodeFile } from "../src/messages/file.ts";
import { SmlStream } from "../src/stream.ts";
import { energy, entry, list, power, pushed, serverId } from "../test/build.ts";

/** What the two packages offer, as far as used here; neither describes it in types. */
interface OpenSmlFile {
  readonly valid?: boolean;
  readonly messages: readonly { isValid(): boolean; getMessageTag(): number; getMessageBody(): OpenSmlBody }[];
  parse(file: Buffer): void;
}
interface OpenSmlBody {
  getValList(): { getLength(): number };
}
interface ObisProtocol {
  checkMessage(line: Buffer): boolean;
  handleMessage(line: Buffer): Buffer | null;
}
const require = createRequire(import.meta.url);
const { SmlFile } = require("open-sml") as { readonly SmlFile: new () => OpenSmlFile };
const SmlProtocol = require("smartmeter-obis/lib/protocols/SmlProtocol.js") as new (
  options: object,
  store: (error: unknown, values: object | null) => void,
) => ObisProtocol;

const once = wholeFiles();
const repeats = Math.ceil(2 ** 20 / once.reduce((sum, { length }) => sum + length, 0));
const files = Array.from({ length: repeats }, () => once).flat();
const stream = new Uint8Array(Buffer.concat(files));
const buffers = files.map((file) => Buffer.from(file));

/** Serial ports and sockets deliver in pieces; a large one is what a replay reads from a disk. */
const chunkBytes = 65_536;

function ours(): number {
  const framer = new SmlFramer();
  let values = 0;
  for (let at = 0; at < stream.length; at += chunkBytes) {
    for (const event of framer.push(stream.subarray(at, at + chunkBytes))) {
      if (event.kind !== "file") throw new Error("a good file was refused");
      for (const { body } of decodeFile(event.payload).messages) {
        if (body.kind === "GetListResponse") values += body.value.valList.length;
      }
    }
  }
  return values;
}

function toTelegrams(): number {
  const reader = new SmlStream();
  let values = 0;
  for (let at = 0; at < stream.length; at += chunkBytes) {
    for (const event of reader.push(stream.subarray(at, at + chunkBytes))) {
      if (event.kind === "telegram") values += event.telegram.values.length;
    }
  }
  return values;
}

function openSml(): number {
  let values = 0;
  for (const buffer of buffers) {
    const file = new SmlFile();
    file.parse(buffer);
    if (file.valid !== true) continue;
    for (const message of file.messages) {
      if (message.getMessageTag() !== getListResponse || !message.isValid()) continue;
      values += message.getMessageBody().getValList().getLength();
    }
  }
  return values;
}

function smartmeterObis(): number {
  let values = 0;
  const protocol = new SmlProtocol({ debug: 0 }, (_, found) => {
    values += found === null ? 0 : Object.keys(found).length;
  });
  for (const buffer of buffers) if (protocol.checkMessage(buffer)) protocol.handleMessage(buffer);
  return values;
}

/** Every file on the line that is whole. */
function wholeFiles(): Uint8Array[] {
  const corpus = process.env["SIEGEL_CORPUS"] ?? resolve(import.meta.dirname, "../../../../shared/corpus");
  if (!existsSync(join(corpus, "sml"))) return synthetic();
  return globSync("sml/*.bin", { cwd: corpus })
    .toSorted()
    .flatMap((name) => {
      const bytes = new Uint8Array(readFileSync(join(corpus, name)));
      const events = new SmlFramer().push(bytes);
      return events.flatMap(({ kind, offset, byteLength }) => {
        return kind === "file" ? [bytes.subarray(offset, offset + byteLength)] : [];
      });
    });
}

/** About the same mixture of lengths and objects, in widths that the others can read, too. */
function synthetic(): Uint8Array[] {
  const id = entry("0100600100ff", { value: { type: "octets", value: serverId } });
  const key = entry("8181c78205ff", { value: { type: "octets", value: new Uint8Array(48).fill(7) } });
  const phases = [1, 2, 3].map((phase) => {
    return power(1000 * phase, 4, { objName: Uint8Array.of(1, 0, 16 + 20 * phase, 7, 0, 255) });
  });
  const tariffs = [1, 2].map((rate) => energy(rate * 1e6, 4, { objName: Uint8Array.of(1, 0, 1, 8, rate, 255) }));
  return [
    pushed(list([id, energy(1e6, 4), power(-1234, 2)])),
    pushed(list([id, energy(1e6, 8), ...tariffs, power(77, 4), key]), { integers: "minimal" }),
    pushed(list([id, energy(1e6, 4), ...tariffs, power(77, 2), ...phases, key])),
  ];
}

/** The values that each gives, checked once: whoever gives fewer does less. */
function checked(name: string, run: () => number, least: number): () => number {
  const values = run();
  if (values < least) throw new Error(`${name} gives ${values} values, not ${least}`);
  return () => {
    if (run() !== values) throw new Error(`${name} gives other values each time`);
    return stream.length;
  };
}

const getListResponse = 0x0701;
const all = ours();

export const works: readonly BenchWork[] = [
  // First: what the others leave on the heap would be ours to clean up.
  { name: "SML stream to telegrams", unit: "bytes", ours: checked("telegrams", toTelegrams, 1), others: [] },
  {
    name: "SML stream to values",
    unit: "bytes",
    ours: checked("ours", ours, 1),
    others: [
      { name: "open-sml", run: checked("open-sml", openSml, 0.95 * all) },
      { name: "smartmeter-obis", run: checked("smartmeter-obis", smartmeterObis, 0.9 * all) },
    ],
    atLeast: { perCpuSecond: 110e6, timesOther: { "open-sml": 3, "smartmeter-obis": 8 } },
  },
];

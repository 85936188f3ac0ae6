/**
 * A P1 port's stream to exact values, with its checksum; and to telegrams; D0 read-outs beside another implementation.
 *
 * The stream is what meters in the Netherlands, Belgium and Estonia send: versions 2.2, 4.2 and 5.0, 26 objects on
 * average. Every value is read: code, integer, scaler and unit of each object with a number.
 */

import { createRequire } from "node:module";
import type { BenchWork } from "../../../scripts/bench/types.ts";
import { D0Stream } from "../src/stream.ts";
import { blockMessage } from "../src/framing/frames.ts";
import { P1Framer } from "../src/p1/framer.ts";
import { readObjects } from "../src/p1/objects.ts";
import { P1Stream } from "../src/p1/stream.ts";
import { encodeP1 } from "../src/p1/encode.ts";
import { dsmr3, dsmr5, fluvius } from "../test/telegrams.ts";

/** What the package offers, as far as used here; its own declarations leave this class out. */
interface ObisProtocol {
  /** 4 is "data come next". */
  communicationState: number;
  handleMessage(line: Buffer): unknown;
}
const require = createRequire(import.meta.url);
const D0Protocol = require("smartmeter-obis/lib/protocols/D0Protocol.js") as new (
  options: object,
  store: (error: unknown, values: object | null) => void,
) => ObisProtocol;

const each = [encodeP1(dsmr5), encodeP1({ ...dsmr5, lines: dsmr5.lines.slice(0, 23) }), encodeP1(fluvius), dsmr3];
const telegrams = 2_000;
const stream = new Uint8Array(
  Buffer.concat(Array.from({ length: telegrams }, (_, index) => each[index % each.length]!)),
);
const chunkBytes = 65_536;

function toValues(): number {
  const framer = new P1Framer();
  let found = 0;
  let sum = 0;
  for (let at = 0; at < stream.length; at += chunkBytes) {
    for (const event of framer.push(stream.subarray(at, at + chunkBytes))) {
      if (event.kind !== "telegram") throw new Error("a good telegram was refused");
      found++;
      const { objects } = readObjects(event.bytes, event.bytes.indexOf(lineFeed) + 1, event.mark);
      for (const { value, unit, obis } of objects) {
        if (value !== undefined) sum += Number(value.raw) + value.scaler + (unit === undefined ? 0 : obis!.c);
      }
    }
  }
  if (sum <= 0 || found !== telegrams) throw new Error("values are missing");
  return found;
}

function toTelegrams(): number {
  const reader = new P1Stream();
  let found = 0;
  for (let at = 0; at < stream.length; at += chunkBytes) {
    for (const event of reader.push(stream.subarray(at, at + chunkBytes))) if (event.kind === "telegram") found++;
  }
  if (found !== telegrams) throw new Error("telegrams are missing");
  return found;
}

const registers = Array.from({ length: 60 }, (_, index) => `1.8.${index}(0${index}0285.4*kWh)\r\n`).join("");
const readOutText = `${registers}!\r\n`;
const readOut = blockMessage(readOutText);
const readOutBuffer = Buffer.from(`\u0002${readOutText}\u0003`, "latin1");
const readOuts = 200;

function ourReadOuts(): number {
  let values = 0;
  for (let count = 0; count < readOuts; count++) {
    for (const event of new D0Stream().push(readOut)) {
      if (event.kind === "telegram") values += event.telegram.values.length;
    }
  }
  if (values !== 60 * readOuts) throw new Error("values are missing");
  return values;
}

function theirReadOuts(): number {
  let values = 0;
  const protocol = new D0Protocol({ debug: 0, logger: () => undefined, obisFallbackMedium: 1 }, (_, found) => {
    values += found === null ? 0 : Object.keys(found).length;
  });
  for (let count = 0; count < readOuts; count++) {
    protocol.communicationState = 4;
    protocol.handleMessage(readOutBuffer);
  }
  if (values < readOuts * 60) throw new Error("values are missing");
  return values;
}

const lineFeed = 0x0a;

export const works: readonly BenchWork[] = [
  {
    name: "P1 stream to exact values",
    unit: "telegrams",
    ours: toValues,
    others: [],
    atLeast: { perCpuSecond: 150_000 },
  },
  { name: "P1 stream to telegrams", unit: "telegrams", ours: toTelegrams, others: [] },
  {
    name: "D0 read-out to values",
    unit: "values",
    ours: ourReadOuts,
    others: [{ name: "smartmeter-obis", run: theirReadOuts }],
  },
];

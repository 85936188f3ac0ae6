/** Wired lines and receivers' output from mutated bytes: framer, stream, dump, slave and dongles stay whole and agree. */

import { concatBytes, fromHex } from "@siegel/wire";
import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";
import { annotateWired } from "../src/dump/wired.ts";
import { DongleStream } from "../src/framing/dongle/stream.ts";
import { decodeWiredFrame, encodeWiredFrame, longFrame } from "../src/framing/wired/frame.ts";
import { type WiredEvent, WiredFramer } from "../src/framing/wired/framer.ts";
import { encodeSelection, anyMeter } from "../src/session/address.ts";
import { Exchange } from "../src/session/exchange.ts";
import { MbusStream } from "../src/wired-stream.ts";
import { slaveOf } from "../test/wired/meters.ts";

const header = "785634122d2c01072a100000";
const answers = [
  [0x72, `${header}0c137856341202fd1700001f`],
  [0x72, `${header}0d7c03414243023132046d371f1512`],
  [0x76, `12345678${header.slice(8)}0c1312345678`],
  [0x73, "785634120a00e97e0100000035010000"],
  [0x70, "08"],
  [0x71, "04"],
] as const;

export const target: FuzzTarget = {
  name: "mbus-wired",
  seeds: () => [
    ...answers.map(([ci, hex]) => encodeWiredFrame(longFrame({ c: 0x08, a: 5, ci, data: fromHex(hex) }))),
    concatBytes(
      encodeWiredFrame({ kind: "short", c: 0x40, a: 253 }),
      encodeWiredFrame(longFrame({ c: 0x53, a: 253, ci: 0x52, data: encodeSelection(anyMeter) })),
      encodeWiredFrame({ kind: "short", c: 0x7b, a: 253 }),
      encodeWiredFrame({ kind: "short", c: 0x5b, a: 253 }),
    ),
    encodeWiredFrame(longFrame({ c: 0x53, a: 0, ci: 0xbd, data: new Uint8Array(0) })),
    new TextEncoder().encode("T1;1;1;;97;148;33225544;0x1844ae4c4455223368077a55000000041389e20100023b0000\n"),
    new TextEncoder().encode("b1844AE4C445522336807AAAA7A55000000041389E20100023B0000BBBB35F0\n"),
    fromHex("a54203180844ae4c445522336807000102030405060708090a0b0c0d0e64"),
    fromHex("a5810f003413"),
  ],
  dictionary: ["68", "10", "16", "e5", "680b0b68", "68030368", "fd52", "1f", "0f", "a5", "ff03", "62", "3b", "0a"].map(
    fromHex,
  ),
  run(bytes) {
    const events = feed([bytes]);
    const cut = bytes.length === 0 ? 0 : (bytes[bytes.length >> 1]! * 7) % bytes.length;
    same("cut and uncut", told(feed([bytes.slice(0, cut), bytes.slice(cut)])), told(events));
    same("bytes told", String(events.reduce((sum, { byteLength }) => sum + byteLength, 0)), String(bytes.length));
    for (const event of events) {
      if (event.kind !== "frame") continue;
      same("written again", hex(encodeWiredFrame(event.frame)), hex(event.bytes));
      same("read alone", told([{ ...event, frame: decodeWiredFrame(event.bytes) }]), told([event]));
    }
    const stream = new MbusStream();
    stream.push(bytes.slice());
    stream.flush();
    same("dumped", hex(concatBytes(...annotateWired(bytes).map((line) => line.bytes))), hex(bytes));
    for (const form of ["text", "im871a", "amber"] as const) {
      const dongle = new DongleStream({ form, amberRssi: true });
      const said = [...dongle.push(bytes.slice()), ...dongle.flush()];
      same(
        "bytes of a dongle",
        String(said.reduce((sum, { byteLength }) => sum + byteLength, 0)),
        String(bytes.length),
      );
    }
    const slave = slaveOf({ pages: 3, bauds: [2_400, 9_600] });
    for (const answer of slave.push(bytes.slice())) decodeWiredFrame(answer);
    slave.pause();
    const exchange = new Exchange();
    exchange.ask({ frame: { kind: "short", c: 0x7b, a: 5 }, baud: 2_400 });
    exchange.bytes(bytes.slice());
    exchange.timeout();
  },
};

function feed(chunks: readonly Uint8Array[]): WiredEvent[] {
  const framer = new WiredFramer();
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.flush()];
}

function told(events: readonly WiredEvent[]): string {
  return events
    .flatMap((event) => {
      if (event.kind === "noise") return [];
      return [`${event.kind} ${event.offset} ${hex(event.bytes)} ${event.kind === "damaged" ? event.error.code : ""}`];
    })
    .join("\n");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function same(what: string, one: string, other: string): void {
  if (one !== other) throw new Error(`${what} differ:\n${one}\n${other}`);
}

// If these failed, whoever holds the line could stop a reader, fill its memory, or have it believe what no meter said.

import { expect, test } from "vitest";
import { annotateD0, annotateP1, type DumpLine } from "../src/dump/annotate.ts";
import { blockMessage, commandMessage } from "../src/framing/frames.ts";
import { encodeP1 } from "../src/p1/encode.ts";
import { P1Framer } from "../src/p1/framer.ts";
import { D0Framer } from "../src/framing/framer.ts";
import { target } from "../fuzz/iec62056-21.fuzz.ts";
import { dsmr5, octets, readD0, readP1 } from "./telegrams.ts";

test("every prefix and every flipped bit of every seed: a value or one of our errors, cut or uncut", () => {
  for (const seed of target.seeds()) {
    const step = Math.max(1, Math.floor(seed.length / 120));
    for (let length = 0; length < seed.length; length += step) target.run(seed.slice(0, length));
    for (let bit = 0; bit < seed.length * 8; bit += 7 * step) {
      const changed = seed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      target.run(changed);
    }
  }
});

test("what has no end costs a stated amount of memory", () => {
  const p1 = new P1Framer({ maxTelegramBytes: 4_096 });
  const d0 = new D0Framer({ maxBlockBytes: 4_096 });
  for (const begin of ["/SGL5X\r\n\r\n", "\u0002", "\u0001R1\u0002", "1.8.0(", "/SGL"]) {
    for (const framer of [p1, d0]) {
      framer.push(octets(begin));
      for (let count = 0; count < 100; count++) framer.push(octets("1-0:1.8.0(000000.001*kWh)\r\n".repeat(10)));
      expect(framer.pendingBytes, begin).toBeLessThan(8_192);
      framer.flush();
    }
  }
});

test("single bytes cost no more than their number", () => {
  const long = octets(`\u0002${"1-0:1.8.0(000000.001*kWh)\r\n".repeat(2_000)}!\r\n\u0003`);
  const started = process.cpuUsage();
  const framer = new D0Framer();
  for (const octet of long) framer.push(Uint8Array.of(octet));
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(5);
});

test("an endless row of marks and headers is read once", () => {
  const started = process.cpuUsage();
  for (const piece of ["/SGL5\n", "!\n", "\u00db\u0008", "/", "\u0006", "\u0002", "(", "\n/SGL5X\n\n1-0:1.8.0(1)\n"]) {
    readP1(octets(piece.repeat(20_000)));
    readD0(octets(piece.repeat(20_000)));
  }
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(20);
});

test("a command of a stranger is no reading", () => {
  const events = readD0(commandMessage({ letter: "W", digit: "1", data: "1.8.0(999999.9*kWh)" }));
  expect(events.map(({ kind }) => kind)).toEqual(["empty"]);
});

test("the dump hides no byte, and marks what is a password", () => {
  const line = octets("/?!\r\n/SGL5X\r\n\u0006051\r\n");
  const capture = Uint8Array.from([
    ...line,
    ...commandMessage({ letter: "P", digit: "1", data: "(secret)" }),
    ...blockMessage("1.8.0(1*kWh)"),
  ]);
  const lines = annotateD0(capture);
  expect(
    lines
      .filter(({ bytes }) => String.fromCharCode(...bytes).includes("secret"))
      .map(({ field, meaning }) => [field, meaning]),
  ).toEqual([["password", ""]]);
  expect(fieldsOf(lines)).toEqual([
    "request",
    "lineEnd",
    "identification",
    "lineEnd",
    "optionSelect",
    "command",
    "password",
    "ETX",
    "blockCheck",
    "STX",
    "dataSet[0]",
    "ETX",
    "blockCheck",
  ]);
  const [header, , first] = annotateP1(encodeP1(dsmr5));
  expect([header!.field, first?.field]).toEqual(["header", "object[0]"]);
});

function fieldsOf(lines: readonly DumpLine[]): string[] {
  return lines.map(({ field }) => field);
}

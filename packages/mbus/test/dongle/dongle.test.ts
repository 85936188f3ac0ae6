import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DongleEvent, type DongleOptions, DongleStream } from "../../src/framing/dongle/stream.ts";
import { cutAt } from "../wired/frames.ts";

const telegram = "1844ae4c4455223368077a55000000041389e20100023b0000";
const text = (line: string): Uint8Array => new TextEncoder().encode(line);

function readAll(bytes: Uint8Array, options: DongleOptions = {}): DongleEvent[] {
  const stream = new DongleStream(options);
  return [...stream.push(bytes), ...stream.flush()];
}

/** Telegrams in short form, errors by code, the rest by kind. */
function essence(events: readonly DongleEvent[]): string[] {
  return events.map((event) => {
    if (event.kind === "error") return `error ${event.error.code} at ${event.error.where.offset}`;
    if (event.kind === "noise") return "noise";
    const { bytes, crc, rssiDbm, mode } = event.telegram;
    return [toHex(bytes), crc, rssiDbm, mode].join(" ").trimEnd();
  });
}

/** Length and first block with two octets of checksum, then 16 and two, as culfw prints them: the sums are not looked at. */
const formatA = "1844ae4c445522336807aaaa7a55000000041389e20100023b0000bbbb";
const formatB = "1a44ae4c4455223368077a55000000041389e20100023b0000bbbb";

test.each<[string, string, string[]]>([
  ["rtl-wmbus", `T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x${telegram}`, [`${telegram} none  T1`]],
  ["rtl-wmbus, as small receivers write it", `C1;1;1;;-70;;;0x${telegram.toUpperCase()}`, [`${telegram} none  C1`]],
  [
    "rtl-wmbus, checksums do not hold",
    `T1;0;1;2019-04-03 19:00:42.000;97;148;33225544;0x${telegram}`,
    ["error bad-checksum at 0"],
  ],
  ["CUL, format A", `b${formatA.toUpperCase()}`, [`${formatA} format-a`]],
  ["CUL, format A, LQI and RSSI", `b${formatA.toUpperCase()}35F0`, [`${formatA} format-a -82`]],
  ["CUL, format A, RSSI alone", `b${formatA.toUpperCase()}10`, [`${formatA} format-a -66`]],
  ["CUL, format B", `bY${formatB.toUpperCase()}`, [`${formatB} format-b  C1`]],
  ["CUL, cut", `b${formatA.slice(0, -8).toUpperCase()}`, ["error truncated at 25"]],
  ["CUL, too long", `b${formatA.toUpperCase()}010203`, ["error trailing-bytes at 29"]],
  ["CUL talks of itself", "V 1.67 nanoCUL868\r\nTMODE", ["noise", "noise"]],
  ["hex", telegram, [`${telegram} unstated`]],
  ["hex with 0x and blanks", ` 0x${telegram.replaceAll(/../g, "$& ")}`, [`${telegram} unstated`]],
  [
    "hex as wmbusmeters keeps it",
    `telegram=|${telegram.slice(0, 20)}_${telegram.slice(20)}|+12`,
    [`${telegram} unstated`],
  ],
  ["hex, half an octet", telegram.slice(1), ["error truncated at 49"]],
  ["JSON lines", `{"source":"x","hex":"${telegram}","key":null}`, [`${telegram} unstated`]],
  ["JSON without a telegram", `{"source":"x"}`, ["noise"]],
  ["JSON with a number", `{"hex":5}`, ["error wrong-type at 0"]],
  ["JSON that is cut", `{"hex":"18`, ["error wrong-type at 0"]],
  ["comments and empty lines", "# a capture\n\n", ["noise", "noise"]],
])("%s", (_, line, expected) => {
  // A receiver that people have would be deaf here, or its checksums be taken for readings.
  for (const end of ["", "\n", "\r\n"]) {
    const seen = essence(readAll(text(line + end)));
    expect(seen.filter((one) => one !== "noise" || expected.includes("noise")).slice(0, expected.length)).toEqual(
      expected,
    );
  }
});

/** Vector of the iM871A: a ping, answered. */
const ping = fromHex("a5810f003413");

test("iM871A: telegrams with and without time, RSSI and checksum", () => {
  // The stick that most people have would give nothing.
  const payload = fromHex(telegram).subarray(1);
  const frame = (control: number, extra: string): Uint8Array =>
    concatBytes(Uint8Array.of(0xa5, (control << 4) | 2, 3, payload.length), payload, fromHex(extra));
  expect(
    essence(readAll(concatBytes(ping, frame(0, ""), frame(4, "64"), frame(2, "01020304"), frame(6, "0102030464")))),
  ).toEqual(["noise", `${telegram} none`, `${telegram} none -73`, `${telegram} none`, `${telegram} none -73`]);
  // The checksum of the vector holds, so that a wrong one is known as such.
  const changed = ping.slice();
  changed[5]! ^= 1;
  expect(essence(readAll(changed)).filter((one) => one !== "noise")).toEqual(["error bad-checksum at 4"]);
});

test("Amber: RSSI within the length or behind it", () => {
  // The last octet of the readings would be the strength of the radio.
  const payload = fromHex(telegram).subarray(1);
  const frame = (length: number, extra: string): Uint8Array => {
    const bytes = concatBytes(Uint8Array.of(0xff, 0x03, length), payload, fromHex(extra));
    return concatBytes(bytes, Uint8Array.of(bytes.reduce((all, byte) => all ^ byte, 0)));
  };
  const plain = frame(payload.length, "");
  expect(essence(readAll(plain))).toEqual([`${telegram} none`]);
  expect(essence(readAll(frame(payload.length + 1, "f0"), { amberRssi: true }))).toEqual([`${telegram} none -82`]);
  expect(essence(readAll(frame(payload.length, "f0")))).toEqual([`${telegram} none -82`]);
  const changed = plain.slice();
  changed[9]! ^= 1;
  expect(essence(readAll(concatBytes(changed, plain))).at(-1)).toBe(`${telegram} none`);
});

test("the cut of the line does not matter", () => {
  // The same telegram would come or not, as the system hands on its bytes.
  const lines = concatBytes(
    text(`T1;1;1;2019-04-03 19:00:42.000;97;148;33225544;0x${telegram}\r\n`),
    text(`V 1.67\nb${formatA.toUpperCase()}35F0\r\n${telegram}\nzz\n{"hex":"${telegram}"}\n${telegram}`),
  );
  const hci = concatBytes(
    ping,
    Uint8Array.of(0, 1),
    ping.map((byte, at) => (at === 5 ? 0 : byte)),
    ping,
    ping.subarray(0, 3),
  );
  for (const bytes of [lines, hci]) {
    const whole = essence(readAll(bytes)).filter((one) => one !== "noise");
    expect(whole.length).toBeGreaterThan(1);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 10 }), (cuts) => {
        const stream = new DongleStream();
        const events = [...cutAt(bytes, cuts).flatMap((chunk) => stream.push(chunk.slice())), ...stream.flush()];
        expect(essence(events).filter((one) => one !== "noise")).toEqual(whole);
        expect(events.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(bytes.length);
      }),
    );
  }
});

test("a line without an end makes no memory grow", () => {
  // A broken receiver would bring the gateway down.
  const stream = new DongleStream({ maxLineBytes: 1_000 });
  const said = Array.from({ length: 50 }, () => stream.push(text("aa".repeat(300))).map(({ kind }) => kind)).flat();
  expect(stream.pendingBytes).toBeLessThanOrEqual(1_000);
  expect(said.filter((kind) => kind === "error")).toHaveLength(1);
  expect(essence([...stream.push(text(`aa\n${telegram}\n`)), ...stream.flush()])).toEqual([
    "noise",
    `${telegram} unstated`,
  ]);
});

test("whatever a receiver says, there is an event for each byte", () => {
  // A stranger's byte would stop the gateway.
  const nasty = fc
    .array(fc.constantFrom(0xa5, 0xff, 0x03, 0x02, 0x0a, 0x62, 0x59, 0x31, 0x46, 0x7b, 0x22, 0x00), { maxLength: 60 })
    .map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(nasty, fc.constantFrom("text", "im871a", "amber", undefined), (bytes, form) => {
      const events = readAll(bytes, { form });
      expect(events.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(bytes.length);
    }),
    { numRuns: 3_000 },
  );
});

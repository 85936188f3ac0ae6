/** Which protocol it is, where nobody said: every form, every cut, and what is hostile. */

import { blockMessage, encodeP1, sealTelegram } from "@siegel/iec62056-21";
import { SecretKey } from "@siegel/crypto";
import { wrapFrame } from "@siegel/mbus";
import { concatBytes, crc16X25, fromHex, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { openReader, protocolNames } from "../src/read/protocols.ts";
import { keysOf } from "../src/read/keys.ts";
import type { ReadEvent } from "../src/read/protocol.ts";
import { keyHex, radioFrame, wiredFrame } from "./mbus-captures.ts";
import { exampleEntries, fileOf, lines, push, siegel } from "./support.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const dumped = (bytes: Uint8Array): Uint8Array =>
  text(
    Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
      const part = bytes.subarray(16 * row, 16 * row + 16);
      return `${(16 * row).toString(16).padStart(8, "0")}: ${toHex(part).replaceAll(/(.{4})(?=.)/g, "$1 ")}\n`;
    }).join(""),
  );
const folded = (bytes: Uint8Array): Uint8Array => text(toHex(bytes).replaceAll(/(.{32})/g, "$1\n"));
const wide = (bytes: Uint8Array): Uint8Array =>
  concatBytes(fromHex("fffe"), ...Array.from(bytes, (byte) => Uint8Array.of(byte, 0)));

const sml = push({ valList: exampleEntries });
const p1 = encodeP1({
  header: "/SGL5\\2VIRTUAL",
  lines: [
    [{ id: "1-3:0.2.8", groups: ["50"] }],
    [{ id: "0-0:1.0.0", groups: ["251125073000W"] }],
    [{ id: "1-0:1.8.1", groups: ["002130.115*kWh"] }],
  ],
});
const sealedP1 = sealTelegram(p1, {
  key: { encryption: SecretKey.fromBytes(fromHex(keyHex)) },
  systemTitle: fromHex("53474c0000000001"),
  counter: 1,
});
const d0Push = text("/SGL5\\@VIRTUAL\r\n\r\n1-0:0.0.0*255(00000001)\r\n1-0:1.8.0*255(002130.115*kWh)\r\n!\r\n");
const d0Answer = concatBytes(
  text("/SGL5VIRTUAL\r\n"),
  blockMessage("0.0.0(00000001)\r\n1.8.0(002130.115*kWh)\r\n!\r\n"),
);
const wired = concatBytes(fromHex("e5"), wiredFrame());
const im871a = (() => {
  const body = concatBytes(Uint8Array.of(0x82, 0x03), radioFrame(5));
  const crc = crc16X25.of(body);
  return concatBytes(Uint8Array.of(0xa5), body, Uint8Array.of(crc & 0xff, crc >> 8));
})();

/** Name, protocol, bytes. */
const forms: readonly (readonly [string, string, Uint8Array])[] = [
  ["SML", "sml", sml],
  ["P1", "p1", p1],
  [
    "P1 without checksum",
    "p1",
    encodeP1({ header: "/SGL5X", lines: [[{ id: "0-0:96.1.1", groups: ["31"] }]] }, "none"),
  ],
  ["encrypted P1", "p1", sealedP1],
  ["D0 pushed", "d0", d0Push],
  ["D0 answered", "d0", d0Answer],
  ["M-Bus on the wire", "mbus", wired],
  ["M-Bus as hex lines", "mbus", text(`${toHex(wiredFrame())}\n`)],
  ["radio, format A", "wmbus", wrapFrame(radioFrame(5), "a")],
  ["radio, format B", "wmbus", wrapFrame(radioFrame(5), "b")],
  ["radio without checksums", "wmbus", concatBytes(radioFrame(5, { access: 1 }), radioFrame(5, { access: 2 }))],
  ["radio as hex lines", "wmbus", text(`# heard\n${toHex(radioFrame(5))}\r\n`)],
  ["rtl_wmbus", "wmbus", text(`T1;1;1;2025-11-25 07:30:00.000;97;148;33225544;0x${toHex(radioFrame(5))}\n`)],
  ["CUL", "wmbus", text(`b${toHex(wrapFrame(radioFrame(5), "a")).toUpperCase()}\r\n`)],
  ["JSON lines", "wmbus", text(`{"note":"ä","hex":"${toHex(radioFrame(5))}"}\n`)],
  ["iM871A", "wmbus", im871a],
];
const keys = keysOf({ key: keyHex }, () => {});

function readIn(
  name: string,
  bytes: Uint8Array,
  chunkBytes = bytes.length,
): { events: ReadEvent[]; chosen?: string | undefined } {
  // Plain P1 is refused where a key is given.
  const secret = bytes === sealedP1 ? fromHex(keyHex) : undefined;
  const reader = openReader(name, { strict: false, key: undefined, keys, secret, live: false });
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) events.push(...reader.push(bytes.slice(at, at + chunkBytes)));
  events.push(...reader.flush());
  return { events, chosen: reader.chosen };
}

test.each(forms)("%s is found out and read as in the explicit mode, however it is cut", (_, protocol, bytes) => {
  // A line hands on what it has; a detection that hangs on the cut would be right in the test and wrong in the cellar.
  const explicit = readIn(protocol, bytes).events;
  expect(explicit.filter(({ kind }) => kind === "telegram").length).toBeGreaterThan(0);
  for (const chunkBytes of [bytes.length, 1, 2, 3, 7, 16, 61]) {
    expect(readIn("auto", bytes, chunkBytes).events).toEqual(explicit);
  }
});

test.each(forms)(
  "%s behind noise, and cut at its beginning, is read no worse than in the explicit mode",
  (name, protocol, bytes) => {
    // Who joins a line begins in the middle of a telegram.
    for (const input of [
      concatBytes(fromHex("00ff13f7c1"), bytes),
      concatBytes(bytes.subarray(9), bytes),
      concatBytes(text("garbage\r\n"), bytes),
    ]) {
      const count = (events: readonly ReadEvent[]) => events.filter(({ kind }) => kind === "telegram").length;
      // Frames without checksums behind noise could be anything: auto leaves them to whoever names them.
      if (/^radio without checksums|^iM871A/.test(name)) continue;
      expect(count(readIn("auto", input, 13).events)).toBe(count(readIn(protocol, input, 13).events));
    }
  },
);

test.each(forms)("%s as a hex dump, as folded hex and as UTF-16 is read, too", async (name, protocol, bytes) => {
  // Forums, logs and PowerShell hand on telegrams like that.
  const isText = /lines|rtl|CUL|JSON|^D0|^P1/.test(name);
  const written = isText ? [wide(bytes)] : [dumped(bytes), folded(bytes)];
  if (/^D0|^P1/.test(name)) written.push(dumped(bytes), folded(bytes));
  if (name === "iM871A" || name === "radio without checksums") written.pop(); // see docs/limits.md
  for (const input of written) {
    const flags = /^(?:D0|P1)/.test(name) ? [] : ["--key", keyHex];
    const { code, out } = await siegel(["read", await fileOf(input, "log"), "--format", "json", ...flags]);
    expect([name, code]).toEqual([name, 0]);
    expect(lines(out)[0].protocol).toBe(protocol);
  }
});

test("a table is told which protocol was taken and why, JSON is not", async () => {
  // A wrong guess must be seen by a person, and cost a program nothing.
  const file = await fileOf(d0Push);
  expect((await siegel(["read", file])).err).toMatch(/^siegel: reading it as d0: .+; --protocol takes another\n/);
  expect((await siegel(["read", file, "--format", "json"])).err).toBe("");
});

// --- hostile --------------------------------------------------------------------------------------------------------

/** The same octets in every run. */
function noise(byteLength: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: byteLength }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const hostile: readonly (readonly [string, Uint8Array])[] = [
  ["1 MB of noise", noise(1_000_000, 1)],
  ["other noise", noise(100_000, 7)],
  ["zeros", new Uint8Array(1_000_000)],
  ["FF", new Uint8Array(1_000_000).fill(0xff)],
  ["starts of wired frames", concatBytes(...Array.from({ length: 50_000 }, () => fromHex("68fffF68")))],
  ["start marks of SML", concatBytes(...Array.from({ length: 50_000 }, () => fromHex("1b1b1b1b01010101")))],
  ["slashes", text("/SGL5\r\n".repeat(100_000))],
  ["parentheses", text("1.8.0(".repeat(100_000))],
  ["digits without a line end", text("4".repeat(1_000_000))],
  ["lines of digits", text("44\n".repeat(300_000))],
  ["JSON that is none", text('{"hex":\n'.repeat(100_000))],
  ["deep JSON", text("[".repeat(500_000))],
  [
    "binary with NULs",
    concatBytes(...Array.from({ length: 20_000 }, (_, at) => fromHex("000044000000").fill(at & 0xff, 5))),
  ],
  ["UTF-16 text", wide(text("Dear meter, please send values.\r\n".repeat(3_000)))],
  ["escape sequences", text("\u001b]0;owned\u0007".repeat(10_000))],
];

test.each(hostile)("%s gives nothing, a reason, and no long wait", async (_, bytes) => {
  // Whoever holds the line must not hang the reader, fill its memory, or have it believe chance.
  const started = performance.now();
  const path = await fileOf(bytes);
  const { code, out, err } = await siegel(["read", path, "--format", "json"]);
  expect(code).toBe(1);
  expect(out).not.toContain('"values":');
  expect(err).toContain("siegel: no telegram could be read\n");
  expect(err.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test.each(protocolNames)("noise as %s ends in bounded time, and writes nothing but JSON lines", async (protocol) => {
  // An explicit mode believes more; it must end all the same.
  const path = await fileOf(noise(300_000, 3));
  const { code, out } = await siegel(["read", path, "--protocol", protocol, "--format", "json"]);
  expect([0, 1]).toContain(code);
  expect(() => lines(out)).not.toThrow();
});

test.each(forms)("%s cut anywhere is an error or nothing, never a stack", async (_, protocol, bytes) => {
  // A full disk cuts captures.
  for (let end = 0; end < bytes.length; end += 1 + (bytes.length >> 5)) {
    for (const name of ["auto", protocol]) expect(() => readIn(name, bytes.subarray(0, end), 17)).not.toThrow();
  }
});

test("memory stays bounded while nobody knows what it is", () => {
  // A night of noise on a line.
  const reader = openReader("auto", { strict: false, key: undefined, live: true });
  for (let at = 0; at < 40; at++) reader.push(noise(50_000, at + 1));
  expect(reader.pendingBytes).toBeLessThan(400_000);
});

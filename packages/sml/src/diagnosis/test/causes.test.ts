// If this failed, a person with a bad capture would be given the wrong advice, or none.

import { crc16Arc, crc16En13757, crc16Kermit, crc16X25, fromHex, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import { wrapFile } from "../../framing/wrap.ts";
import { attention } from "../../messages/attention.ts";
import { encodeFile } from "../../messages/file.ts";
import { causes, type Certainty, type DiagnosisCode } from "../causes.ts";
import {
  ascii,
  atWrongSpeed,
  hexdumpC,
  hexdumpWords,
  odOctets,
  powerShell,
  throughTerminal,
  utf8,
  withParity,
  xxd,
} from "./lines.ts";
import { type SampleOptions, diagnosisOf, energy, join, line, message, push } from "./samples.ts";

const good = line(6);
const one = line(1);
const payload = (second: number) => encodeFile(push(second));

/** The same change in every telegram. */
const each = (change: (frame: Uint8Array, second: number) => Uint8Array) =>
  join([0, 1, 2, 3, 4, 5].map((second) => change(wrapFile(payload(second)), second)));
const changed = (bytes: Uint8Array, at: number, value: number) =>
  bytes.map((byte, index) => (index === at ? value : byte));
const without = (bytes: Uint8Array, at: number, count = 1) =>
  bytes.filter((_, index) => index < at || index >= at + count);
const expanded = (bytes: Uint8Array, to: (byte: number) => number[]) => Uint8Array.from([...bytes].flatMap(to));
const withEnd = (frame: Uint8Array, crc: number) => join([frame.subarray(0, -2), Uint8Array.of(crc & 0xff, crc >> 8)]);
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const p1 = "/XMX5LGBBFG10\r\n\r\n1-3:0.2.8(42)\r\n0-0:1.0.0(170108161107W)\r\n1-0:1.8.1(002074.842*kWh)\r\n!AB12\r\n";
const d0 = "/ABC5Meter\r\n\x020.0.0(12345678)\r\n1.8.0(0001234.5*kWh)\r\n2.8.0(0000000.0*kWh)\r\n!\r\n\x03\x22";
/** Every message with a checksum that is one off; the frame is made anew. */
const wrongInside = wrapFile(breakMessageChecksums(payload(1)));
const withKermit = (frame: Uint8Array) => withEnd(frame, swapped(crc16Kermit.of(frame, 0, frame.length - 2)));

/** Alterations without loss. */
const undone = {
  "hex-in-log": 1,
  "utf-16": 1,
  "utf-8": 1,
  "bits-reversed": 1,
  "bytes-doubled": 1,
  "lf-to-crlf": 1,
  "ff-doubled": 1,
};

type Case = readonly [DiagnosisCode, Certainty, what: string, Uint8Array, SampleOptions?];

const cases: readonly Case[] = [
  ["nothing", "certain", "no byte", new Uint8Array(0)],
  ["empty-file", "certain", "no byte", new Uint8Array(0), { fromLine: false }],
  ["line-low", "certain", "zeros", new Uint8Array(500)],
  ["line-low", "certain", "zeros with a stray byte", changed(new Uint8Array(500), 17, 0x80)],
  ["line-low", "certain", "read at 115200 baud", atWrongSpeed(good, 9600, 115_200)],
  ["line-high", "certain", "FF only", new Uint8Array(500).fill(0xff)],
  ["written-as-hexdump", "certain", "xxd", ascii(xxd(good))],
  ["written-as-hexdump", "certain", "hexdump -C", ascii(hexdumpC(good))],
  ["written-as-hexdump", "certain", "hexdump", ascii(hexdumpWords(good))],
  ["written-as-hexdump", "certain", "od -t x1", ascii(odOctets(good))],
  ["written-as-hexdump", "certain", "xxd in PowerShell", powerShell(xxd(good))],
  ["written-as-hex", "certain", "in PowerShell", powerShell(toHex(good))],
  ["written-as-hex", "certain", "one row", ascii(toHex(good))],
  ["written-as-hex", "certain", "octets apart", ascii(toHex(good).toUpperCase().replaceAll(/../g, "$& "))],
  [
    "written-as-numbers",
    "certain",
    "C source",
    ascii(`const uint8_t a[] = {${[...good].map((b) => `0x${b.toString(16)}`).join(", ")}};`),
  ],
  ["written-as-numbers", "certain", "JSON array", ascii(`{"n":[1],"data":${JSON.stringify([...good])}}`)],
  ["written-as-escapes", "certain", "Python", ascii(`b'${[...good].map(pythonChar).join("")}'`)],
  ["written-as-base64", "certain", "in lines", ascii(base64(good).replaceAll(/.{76}/g, "$&\n"))],
  [
    "hex-in-log",
    "certain",
    "JSON lines",
    ascii(`{"time":"now","sml":"${toHex(one)}"}\n{"time":"later","sml":"${toHex(one)}"}\n`),
  ],
  ["hex-in-log", "certain", "CSV", ascii(`id;telegram\n7;${toHex(one)}\n`)],
  ["bare-messages", "certain", "no transport", payload(1)],
  ["utf-16", "certain", "PowerShell", join([Uint8Array.of(0xff, 0xfe), expanded(good, (byte) => [byte, 0])])],
  ["utf-16", "certain", "high byte first", expanded(good, (byte) => [0, byte])],
  ["utf-8", "certain", "ISO 8859-1 to UTF-8", utf8([...good])],
  ["text-lost", "certain", "U+FFFD", utf8([...good].map((byte) => (byte < 0x80 ? byte : 0xfffd)))],
  ["text-lost", "certain", "question marks", good.map((byte) => (byte < 0x80 ? byte : 0x3f))],
  ["bits-inverted", "certain", "complement", good.map((byte) => byte ^ 0xff)],
  ["bits-inverted", "likely", "inverted line", atWrongSpeed(good, 9600, 9600, true)],
  [
    "bits-reversed",
    "certain",
    "highest bit first",
    good.map((byte) => Number.parseInt(byte.toString(2).padStart(8, "0").split("").toReversed().join(""), 2)),
  ],
  ["bytes-doubled", "certain", "each byte", expanded(good, (byte) => [byte, byte])],
  ["ff-doubled", "certain", "telnet", expanded(good, (byte) => (byte === 0xff ? [byte, byte] : [byte]))],
  ["lf-to-crlf", "certain", "onlcr", expanded(good, (byte) => (byte === 0x0a ? [0x0d, 0x0a] : [byte]))],
  ["cr-to-lf", "certain", "icrnl", good.map((byte) => (byte === 0x0d ? 0x0a : byte))],
  ["flow-control", "certain", "ixon", good.filter((byte) => byte !== 0x11 && byte !== 0x13)],
  ["zeros-dropped", "certain", "C strings", good.filter((byte) => byte !== 0)],
  ["terminal", "certain", "canonical mode", throughTerminal(good)],
  ["seven-bit", "certain", "7E1", good.map((byte) => byte & 0x7f)],
  ["parity-in-data", "certain", "D0 read as 8N1", withParity(d0.replaceAll("\x03\x22", "\x03"))],
  ["wrong-speed", "likely", "4800", atWrongSpeed(good, 9600, 4800)],
  ["wrong-speed", "likely", "19200", atWrongSpeed(good, 9600, 19_200)],
  ["wrong-speed", "likely", "57600", atWrongSpeed(good, 9600, 57_600)],
  ["protocol-p1", "certain", "P1", ascii(p1)],
  [
    "protocol-p1-encrypted",
    "certain",
    "P1, encrypted",
    fromHex(`db084b464d671234567882011130${"00000001".padEnd(400, "9ac4")}`),
  ],
  ["protocol-iec62056-21", "certain", "D0", ascii(d0)],
  ["protocol-hdlc", "certain", "HDLC", hdlcFrame(fromHex("a007032193"))],
  ["protocol-dlms-wrapper", "certain", "wrapper", fromHex("0001000100010006c401c1000600")],
  ["protocol-dlms-wrapper", "certain", "wrapper, a block of a push", fromHex("0001000100010006e0c000010000")],
  ["protocol-mbus", "certain", "M-Bus", fromHex("680303680801727b16")],
  ["protocol-wmbus", "certain", "wireless M-Bus", wirelessFrame(fromHex("1e44ae4c12345678011b"))],
  ["protocol-modbus", "certain", "Modbus RTU", modbusAnswer(fromHex("0103040000091a"))],
  ["protocol-modbus", "likely", "Modbus TCP", fromHex("000100000007010304000009 1a")],
  ["protocol-mqtt", "certain", "MQTT", join([fromHex("10100004"), ascii("MQTT"), fromHex("0402003c000461626364")])],
  ["protocol-http", "certain", "HTTP", ascii("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")],
  ["protocol-tls", "likely", "TLS", fromHex("15030300020228")],
  ["file-pcap", "certain", "pcap", fromHex("d4c3b2a1020004000000000000000000ffff000001000000")],
  ["file-compressed", "certain", "gzip", fromHex("1f8b0800000000000003cb48cdc9c9070086a6103605000000")],
  ["file-of-another-kind", "certain", "PDF", ascii("%PDF-1.7\n%some document of many pages")],
  ["plain-text", "likely", "a letter from Windows", powerShell("Dear customer, your meter will be exchanged.")],
  ["plain-text", "likely", "a letter", ascii("Dear customer, your meter will be exchanged on Monday.")],
  [
    "transport-version-2",
    "certain",
    "version 2",
    each((frame) => frame.map((byte, at) => (at >= 4 && at < 8 ? 2 : byte))),
  ],
  ["escapes-thinned", "certain", "two of four", each((frame) => without(without(frame, frame.length - 8, 2), 0, 2))],
  ["escapes-thinned", "certain", "three of four", each((frame) => without(without(frame, frame.length - 8), 0))],
  ["meter-refused", "certain", "attention", wrapFile(encodeFile(refusal()))],
  ["echo", "certain", "SML request", wrapFile(encodeFile(request()))],
  ["echo", "certain", "D0 request", ascii("/?!\r\n")],
  ["checksum-kermit", "certain", "transport", each(withKermit)],
  ["checksum-kermit", "certain", "transport, read strictly", each(withKermit), { strict: true }],
  [
    "checksum-of-another-kind",
    "certain",
    "bytes exchanged",
    each((frame) => withEnd(frame, swapped(frame.at(-2)! | (frame.at(-1)! << 8)))),
  ],
  [
    "checksum-of-another-kind",
    "certain",
    "ARC",
    each((frame) => withEnd(frame, crc16Arc.of(frame, 0, frame.length - 2))),
  ],
  [
    "checksum-of-another-kind",
    "likely",
    "inside and outside",
    each((_, second) => withEnd(wrapFile(breakMessageChecksums(payload(second))), 0x5555)),
  ],
  ["transport-checksum-only", "certain", "blanked", each((frame) => withEnd(frame, 0x5555))],
  ["transport-checksum-only", "likely", "in one telegram", withEnd(one, 0x5555)],
  ["message-checksums", "certain", "inside", wrongInside],
  ["reduced-data-set", "likely", "whole kWh", line(3, [energy(3, 12_345)])],
  ["too-long", "certain", "70 kB without end", join([one.subarray(0, 100), new Uint8Array(70_000).fill(0x62)])],
  [
    "bytes-lost",
    "likely",
    "one in a hundred",
    each((frame, second) => without(frame, 40 + 31 * second, 1 + (second % 3))),
  ],
  ["damaged-now-and-then", "likely", "one bit", changed(good, 60, good[60]! ^ 0x10)],
  [
    "damaged-always",
    "likely",
    "bits everywhere",
    each((frame, second) => changed(changed(frame, 30, 0x99), 90 + 9 * second, 0x99)),
  ],
  ["fragment", "likely", "the beginning", one.subarray(0, 120)],
  ["fragment", "likely", "the end", one.subarray(150)],
  [
    "nothing-recognised",
    "possible",
    "noise",
    Uint8Array.from({ length: 400 }, (_, at) => (at * at * 167 + at * 41 + (at >> 3) * 59) & 0xff),
  ],
];

const named = cases.map(([code, certainty, what, bytes, options]) => ({ code, certainty, what, bytes, options }));

test.each(named)("$code is $certainty: $what", ({ code, certainty, bytes, options }) => {
  const said = diagnosisOf(bytes, options);
  expect(said[0]).toMatchObject({ code, certainty });
  expect(said.map((diagnosis) => diagnosis.code)).toEqual([code]);
});

test("every cause has a case", () => {
  expect(new Set(cases.map(([code]) => code))).toEqual(new Set(Object.keys(causes)));
});

test.each(named)("what is said on $code ($what) repeats nothing of the meter", ({ bytes, options }) => {
  for (const { text, advice } of diagnosisOf(bytes, options)) {
    expect(`${text} ${advice}`).not.toMatch(/1b1b1b|4d4554|1234567|0001234|002074/i);
  }
});

const restored = named.filter(({ code }) => code.startsWith("written") || code in undone);

test.each(restored)("$code ($what): what comes back is a good capture", ({ bytes }) => {
  const decoded = diagnosisOf(bytes)[0]?.decoded ?? new Uint8Array(0);
  expect(decoded.length).toBeGreaterThanOrEqual(one.length);
  expect(diagnosisOf(decoded)).toEqual([]);
});

test.each(named)("$code ($what) twice is the same", ({ bytes, options }) => {
  expect(diagnosisOf(bytes, options)).toEqual(diagnosisOf(bytes, options));
});

/** The checksum of a message stands behind `63`, two bytes before its end mark `00` or the end. */
function breakMessageChecksums(messages: Uint8Array): Uint8Array {
  return messages.map((byte, at) => (messages[at - 1] === 0x63 && messages[at + 2] === 0x00 ? byte ^ 0x01 : byte));
}

function swapped(crc: number): number {
  return ((crc & 0xff) << 8) | (crc >> 8);
}

function hdlcFrame(content: Uint8Array): Uint8Array {
  const crc = crc16X25.of(content);
  return Uint8Array.of(0x7e, ...content, crc & 0xff, crc >> 8, 0x7e);
}

function modbusAnswer(content: Uint8Array): Uint8Array {
  const crc = crc16Arc.update(0xffff, content, 0, content.length);
  return Uint8Array.of(...content, crc & 0xff, crc >> 8);
}

function wirelessFrame(block: Uint8Array): Uint8Array {
  const crc = crc16En13757.of(block);
  return Uint8Array.of(...block, crc >> 8, crc & 0xff, ...new Uint8Array(block[0]! - 9));
}

function refusal() {
  const serverId = Uint8Array.of(9, 8, 7);
  return [
    message({ kind: "PublicOpenResponse", value: { reqFileId: Uint8Array.of(7), serverId } }),
    message({ kind: "AttentionResponse", value: attention(serverId, "wrong-user-or-password") }),
    message({ kind: "PublicCloseResponse", value: {} }),
  ];
}

function request() {
  const client = Uint8Array.of(1, 2, 3, 4, 5, 6);
  return [
    message({ kind: "PublicOpenRequest", value: { clientId: client, reqFileId: Uint8Array.of(7) } }),
    message({ kind: "GetListRequest", value: { clientId: client } }),
    message({ kind: "PublicCloseRequest", value: {} }),
  ];
}

function pythonChar(byte: number): string {
  if (byte === 0x5c || byte === 0x27) return `\\${String.fromCharCode(byte)}`;
  if (byte === 0x0a) return String.raw`\n`;
  if (byte === 0x0d) return String.raw`\r`;
  if (byte === 0x09) return String.raw`\t`;
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}

// If this failed, a stranger's bytes could crash or hang the one function that is called when things already went wrong.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Diagnosis } from "../diagnose.ts";
import { ascii, hexdumpC } from "./lines.ts";
import { diagnosisOf, line } from "./samples.ts";

const good = line(2);

function check(bytes: Uint8Array): Diagnosis[] {
  const said = diagnosisOf(bytes);
  expect(said.length).toBeLessThanOrEqual(5);
  expect(new Set(said.map(({ code }) => code)).size).toBe(said.length);
  for (const { offset, decoded } of said) {
    expect(offset ?? 0).toBeGreaterThanOrEqual(0);
    expect(offset ?? 0).toBeLessThanOrEqual(bytes.length);
    expect(decoded?.length ?? 0).toBeLessThanOrEqual(2 * 65_536);
  }
  return said;
}

test("every prefix of a capture: an answer, and before the first whole telegram never none", () => {
  for (let length = 0; length <= good.length; length++) {
    const said = check(good.subarray(0, length));
    if (length < good.length / 2) expect(said.length).toBeGreaterThan(0);
  }
});

test("every flipped bit: an answer that speaks of damage, not of another protocol", () => {
  for (let bit = 0; bit < 8 * good.length; bit += 3) {
    const bytes = good.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    for (const { code } of check(bytes)) expect(code).not.toMatch(/^protocol|^file|^written|^plain/);
  }
});

test("any bytes, from the values that formats are made of", () => {
  const nasty = fc.constantFrom(
    0x1b,
    0x01,
    0x1a,
    0x00,
    0x0a,
    0x0d,
    0x11,
    0x7e,
    0xa0,
    0x68,
    0xff,
    0x76,
    0x77,
    0x07,
    0x2f,
    0x28,
    0x31,
    0xef,
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, fc.nat(255)), { maxLength: 300 }), (bytes) => {
      check(Uint8Array.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("any text, from the characters that written forms are made of", () => {
  const pieces = fc.constantFrom(
    "1b",
    "0x",
    "[",
    "]",
    ",",
    " ",
    "\n",
    "00000000",
    ":",
    "*",
    "\\x1b",
    "\\",
    "=",
    "/ABC5",
    "1.8.0(1)",
    "!",
    "|",
    "{",
    "9",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 80 }), (parts) => {
      check(ascii(parts.join("")));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["1b", () => 0x1b],
  ["line feeds in a frame", (at: number) => (at < 4 ? 0x1b : at < 8 ? 0x01 : 0x0a)],
  ["frames of HDLC in each other", (at: number) => [0x7e, 0xa7, 0xfe][at % 3]!],
  ["sign-ons without an end", (at: number) => "/ABC".charCodeAt(at % 4)],
  ["hex rows without an end", (at: number) => "1b ".charCodeAt(at % 3)],
  ["brackets", (at: number) => "[1,".charCodeAt(at % 3)],
])("64 KiB of %s: bounded work", (_, byteAt) => {
  const bytes = Uint8Array.from({ length: 65_536 }, (__, at) => byteAt(at));
  check(bytes);
});

test("a dump whose offset claims gigabytes makes no gigabytes", () => {
  check(ascii(hexdumpC(good).replace("00000010", "*\nfffffff0")));
});

test("what lies behind the first 64 KiB is not looked at", () => {
  const zeros = new Uint8Array(200_000);
  zeros.fill(0x42, 70_000);
  expect(check(zeros)[0]?.code).toBe("line-low");
});

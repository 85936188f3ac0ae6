// If these failed, whoever holds the line could change what an encrypted meter says, or play it again.

import { fromHex, toHex } from "@siegel/wire";
import { SecretKey } from "@siegel/crypto";
import { expect, test } from "vitest";
import { countersInMemory, openSealed, type P1Counters, type P1Key, sealTelegram } from "../src/p1/encrypted.ts";
import { P1SecurityError } from "../src/p1/errors.ts";
import { dsmr5, octets, readP1, shown, telegram5, text } from "./telegrams.ts";
import { encodeP1 } from "../src/p1/encode.ts";

const key: P1Key = { encryption: SecretKey.fromBytes(fromHex("000102030405060708090a0b0c0d0e0f")) };
const otherKey: P1Key = { encryption: SecretKey.fromBytes(fromHex("f00102030405060708090a0b0c0d0e0f")) };
const systemTitle = octets("SGL00001");
const sealed = (counter: number, telegram = telegram5, by = key) =>
  sealTelegram(telegram, { key: by, systemTitle, counter });
const keys = (title: string) => (title === toHex(systemTitle) ? key : undefined);

test("a sealed telegram is read with its key, and marked as authenticated", () => {
  const [event] = readP1(sealed(7), { keys });
  expect(event).toMatchObject({ kind: "telegram", telegram: { trust: "authenticated", warnings: [] } });
  expect(shown([event!])).toEqual(shown(readP1(telegram5)));
});

test("frame as the specification draws it", () => {
  const frame = sealed(0x11223344, octets("/SGL5\r\n\r\n!"));
  const length = frame.length - 13;
  expect(toHex(frame.subarray(0, 18))).toBe(`db0853474c303030303182${length.toString(16).padStart(4, "0")}3011223344`);
});

test("without a key, with another one, for another meter: nothing is read", () => {
  expect(codesOf(readP1(sealed(7)))).toEqual(["no-key"]);
  expect(codesOf(readP1(sealed(7), { keys: () => otherKey }))).toEqual(["authentication-failed"]);
  const elsewhere = sealTelegram(telegram5, { key, systemTitle: octets("SGL00002"), counter: 7 });
  expect(codesOf(readP1(elsewhere, { keys }))).toEqual(["no-key"]);
});

test("a telegram played again, or an older one, is refused", () => {
  const counters = countersInMemory();
  const read = (counter: number) => codesOf(readP1(sealed(counter), { keys, counters }));
  expect([read(7), read(7), read(6), read(8), read(7)]).toEqual([
    ["telegram"],
    ["replayed"],
    ["replayed"],
    ["telegram"],
    ["replayed"],
  ]);
  // The highest number there is: nothing follows it, whatever comes.
  expect([read(0xffffffff), read(0), read(0xffffffff)]).toEqual([["telegram"], ["replayed"], ["replayed"]]);
});

test("counters without memory would let it pass: the check is what refuses it", () => {
  const forgetful: P1Counters = { get: () => undefined, put: () => undefined };
  expect([1, 2].map(() => codesOf(readP1(sealed(7), { keys, counters: forgetful })))).toEqual([
    ["telegram"],
    ["telegram"],
  ]);
});

test("a counter is stored before its telegram is handed out", () => {
  const failing: P1Counters = {
    get: () => undefined,
    put: () => {
      throw new Error("disk full");
    },
  };
  expect(() => openSealed(sealed(7), keys, failing)).toThrow("disk full");
});

test("a forged telegram moves no counter", () => {
  const counters = countersInMemory();
  const forged = sealed(0xfffffff0, telegram5, otherKey);
  expect(codesOf(readP1(forged, { keys, counters }))).toEqual(["authentication-failed"]);
  expect(codesOf(readP1(sealed(1), { keys, counters }))).toEqual(["telegram"]);
});

test("every flipped bit is refused", () => {
  const frame = sealed(7, encodeP1({ ...dsmr5, lines: dsmr5.lines.slice(0, 2) }));
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const changed = frame.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(
      readP1(changed, { keys }).some(({ kind }) => kind === "telegram"),
      `bit ${bit}`,
    ).toBe(false);
  }
});

test("every prefix is refused", () => {
  const frame = sealed(7);
  for (let length = 0; length < frame.length; length++) {
    expect(readP1(frame.subarray(0, length), { keys }).some(({ kind }) => kind === "telegram")).toBe(false);
  }
});

test("encrypted without a tag, by the control byte, is no way around it", () => {
  const frame = sealed(7);
  frame[13] = 0x20;
  expect(codesOf(readP1(frame, { keys }))).toEqual(["unsupported-protection"]);
});

test("a plain telegram is no way around it either, in strict mode", () => {
  expect(codesOf(readP1(telegram5, { keys, strict: true }))).toEqual(["unsupported-protection"]);
  expect(codesOf(readP1(telegram5, { strict: true }))).toEqual(["telegram"]);
});

test("without its tag a telegram is read only where that was asked for, and marked", () => {
  const withOther: P1Key = { ...key, authentication: new Uint8Array(16).fill(0xbb) };
  const frame = sealed(7, telegram5, withOther);
  expect(codesOf(readP1(frame, { keys }))).toEqual(["authentication-failed"]);
  const counters = countersInMemory();
  const careless = { keys: () => ({ ...key, withoutTag: true }), counters };
  expect(readP1(frame, careless)).toMatchObject([
    { kind: "telegram", telegram: { trust: "encrypted", warnings: [{ code: "not-authenticated" }] } },
  ]);
  // Its counter proves nothing: a forged one would shut out the meter.
  expect(counters.get(toHex(systemTitle))).toBeUndefined();
  // The telegram's own checksum tells a wrong key.
  expect(codesOf(readP1(frame, { keys: () => ({ ...otherKey, withoutTag: true }) }))).toEqual([
    "authentication-failed",
  ]);
  const changed = frame.slice();
  changed[100]! ^= 1;
  expect(codesOf(readP1(changed, careless))).toEqual(["authentication-failed"]);
});

test("what is sealed is one telegram and nothing else", () => {
  for (const inner of ["", "hello", `${text(telegram5)}${text(telegram5)}`, `x${text(telegram5)}`]) {
    expect(codesOf(readP1(sealed(7, octets(inner)), { keys }))).toEqual(["wrong-type"]);
  }
});

test("a frame that is no telegram of this form says where", () => {
  const frame = sealed(7);
  const codeOf = (bytes: Uint8Array) => {
    try {
      openSealed(bytes, keys, countersInMemory());
      return "opened";
    } catch (error) {
      return error instanceof P1SecurityError ? error.code : (error as { code: string }).code; // one of ours
    }
  };
  expect([
    codeOf(frame),
    codeOf(frame.subarray(1)),
    codeOf(frame.subarray(0, -1)),
    codeOf(Uint8Array.from([...frame, 0])),
  ]).toEqual(["opened", "wrong-type", "truncated", "trailing-bytes"]);
  expect(() => sealed(2 ** 32)).toThrow(expect.objectContaining({ code: "out-of-range" }));
});

function codesOf(events: ReturnType<typeof readP1>): string[] {
  return events.map((event) => (event.kind === "error" ? event.error.code : event.kind));
}

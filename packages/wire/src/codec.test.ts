/** Declared messages: round trip, every prefix, every wrong value, and where the error says it is. */

import fc from "fast-check";
import { expect, test } from "vitest";

import {
  type Codec,
  decodeAll,
  type Infer,
  int64LE,
  int8,
  layout,
  octetsOf,
  uint,
  uintLE,
  zeroPadded,
} from "./codec.ts";
import { DecodeError, decodeErrorCodes, EncodeError, MeterError } from "./errors.ts";
import { ByteReader } from "./reader.ts";
import { ByteWriter } from "./writer.ts";

const Inner = layout("Inner", { low: uintLE(3), scaler: int8 });
const Outer = layout("Outer", {
  version: uint(1),
  counter: uint(6),
  inner: Inner,
  total: int64LE,
  id: octetsOf(4),
  name: zeroPadded(5),
});
const outerBytes = 1 + 6 + 4 + 8 + 4 + 5;

const anyOuter: fc.Arbitrary<Infer<typeof Outer>> = fc.record({
  version: fc.integer({ min: 0, max: 0xff }),
  counter: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  inner: fc.record({ low: fc.integer({ min: 0, max: 0xff_ffff }), scaler: fc.integer({ min: -128, max: 127 }) }),
  total: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  id: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  name: fc.uint8Array({ minLength: 5, maxLength: 5 }),
});

test("what a declaration writes it reads back, every byte of it", () => {
  // A value would change on its way through our own encoder.
  fc.assert(
    fc.property(anyOuter, (value) => {
      const bytes = encode(Outer, value);
      expect(bytes.length).toBe(outerBytes);
      expect(decodeAll(Outer, new ByteReader(bytes))).toEqual(value);
    }),
  );
});

test("whatever bytes of the right length say, writing it again gives the same bytes", () => {
  // Two encodings would stand for one content, and a signature over one would not fit the other.
  fc.assert(
    fc.property(fc.uint8Array({ minLength: outerBytes, maxLength: outerBytes }), (bytes) => {
      expect(encode(Outer, decodeAll(Outer, new ByteReader(bytes)))).toEqual(bytes);
    }),
  );
});

test("every prefix is refused where it ends, in the field that it cuts", () => {
  // The person at the meter would look for the fault in the wrong place.
  const ends: readonly [field: string, end: number][] = [
    ["Outer.version", 1],
    ["Outer.counter", 7],
    ["Outer.inner.low", 10],
    ["Outer.inner.scaler", 11],
    ["Outer.total", 19],
    ["Outer.id", 23],
    ["Outer.name", 28],
  ];
  for (let length = 0; length < outerBytes; length++) {
    const path = ends.find(([, end]) => length < end)?.[0];
    const error = refusal(() => decodeAll(Outer, new ByteReader(new Uint8Array(length), { base: 300 })));
    expect(error).toMatchObject({ code: "truncated", blame: "peer", where: { path, offset: 300 + length } });
  }
});

test("a byte too many is refused", () => {
  // An attacker would hide content behind the message that was checked.
  const error = refusal(() => decodeAll(Outer, new ByteReader(new Uint8Array(outerBytes + 1))));
  expect(error).toMatchObject({ code: "trailing-bytes", where: { path: "Outer", offset: outerBytes } });
});

const good: Infer<typeof Outer> = {
  version: 1,
  counter: 2,
  inner: { low: 3, scaler: -1 },
  total: -1n,
  id: new Uint8Array(4),
  name: new Uint8Array(2),
};

test.each<[path: string, code: string, change: Partial<Infer<typeof Outer>>]>([
  ["version", "out-of-range", { version: 256 }],
  ["counter", "out-of-range", { counter: 2 ** 48 }],
  ["inner.low", "out-of-range", { inner: { low: -1, scaler: 0 } }],
  ["inner.scaler", "out-of-range", { inner: { low: 0, scaler: 128 } }],
  ["inner.scaler", "out-of-range", { inner: { low: 0, scaler: -129 } }],
  ["inner.scaler", "out-of-range", { inner: { low: 0, scaler: 0.5 } }],
  ["total", "out-of-range", { total: 2n ** 63n }],
  ["total", "out-of-range", { total: -(2n ** 63n) - 1n }],
  ["id", "wrong-length", { id: new Uint8Array(5) }],
  ["name", "too-long", { name: new Uint8Array(6) }],
])("a value that does not fit is refused in %s as %s", (path, code, change) => {
  // A wrapped or cut value would be sent with a good checksum.
  const error = refusal(() => encode(Outer, { ...good, ...change }));
  expect(error).toMatchObject({ code, blame: "caller", path });
});

test("a padded field is filled with zeros", () => {
  // Old content of the buffer would leave the house, and the signature over it would be another each time.
  expect([...encode(zeroPadded(4), Uint8Array.of(9))]).toEqual([9, 0, 0, 0]);
});

test("signed numbers are two's complement, least significant byte first", () => {
  // A feed-in of 1 Wh would read as 2^64 − 1.
  expect([...encode(int64LE, -2n)]).toEqual([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  expect([...encode(int8, -3)]).toEqual([0xfd]);
});

test("an error tells code, place and whose turn it is, and no bytes", () => {
  // A reading or a key would end up in a log file.
  const secret = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);
  const error = refusal(() => decodeAll(octetsOf(8), new ByteReader(secret)));
  expect(error).toBeInstanceOf(MeterError);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/de.?ad|222|173/i);
  for (const code of Object.keys(decodeErrorCodes)) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test("a path is built from the inside out, with indices after their list", () => {
  // Nobody would find `unit.[3].valList`.
  const inner = new DecodeError("wrong-type", { path: "", offset: 118 });
  const path = inner.within("unit").within("[3]").within("valList").within("GetListResponse").where;
  expect(path).toEqual({ path: "GetListResponse.valList[3].unit", offset: 118 });
  expect(inner.within("unit").within("").where.path).toBe("unit");
  expect(new EncodeError("too-long").within("name").within("[0]").within("list").path).toBe("list[0].name");
});

test("an observer sees every field where it begins and ends, and changes nothing", () => {
  // A dump would print a field beside the bytes of another, or decode otherwise than the program does.
  const seen: string[] = [];
  const observer = {
    begin: (field: string, at: number) => seen.push(`${field} ${at}`),
    end: (_value: unknown, at: number) => seen.push(`end ${at}`),
  };
  const bytes = encode(Outer, good);
  const reader = new ByteReader(bytes, { observer, base: 300 });
  expect(decodeAll(Outer, reader)).toEqual(decodeAll(Outer, new ByteReader(bytes)));
  const inner = ["inner 7", "low 7", "end 10", "scaler 10", "end 11", "end 11"];
  const after = ["total 11", "end 19", "id 19", "end 23", "name 23", "end 28"];
  expect(seen).toEqual(["version 0", "end 1", "counter 1", "end 7", ...inner, ...after]);
});

test("an observer is told of the field that fails, and not of its end", () => {
  // The dump would end before the spot where the telegram is damaged.
  const seen: string[] = [];
  const observer = {
    begin: (field: string) => seen.push(field),
    end: () => seen.push("end"),
  };
  expect(refusal(() => Inner.read(new ByteReader(new Uint8Array(3), { observer })))).toMatchObject({
    code: "truncated",
  });
  expect(seen).toEqual(["low", "end", "scaler"]);
});

test("an error that is not of the format passes through unchanged", () => {
  // A fault of our own would be blamed on the meter.
  const broken: Codec<number> = {
    name: "broken",
    read: () => {
      throw new RangeError("ours");
    },
    write: () => {
      throw new RangeError("ours");
    },
  };
  const message = layout("Message", { broken });
  expect(() => decodeAll(message, new ByteReader(new Uint8Array(0)))).toThrow(RangeError);
  expect(() => encode(message, { broken: 1 })).toThrow(RangeError);
});

function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new ByteWriter();
  codec.write(writer, value);
  return writer.toBytes();
}

function refusal(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

import { concatBytes, DecodeError, EncodeError, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { listOf, octets, optional, signed, unsigned } from "../src/tlv/blocks.ts";
import { anyElement } from "../src/tlv/generic.ts";
import { SmlReader, tlvType } from "../src/tlv/reader.ts";
import { SmlWriter } from "../src/tlv/writer.ts";

test.each([
  [0, "01"],
  [1, "02"],
  [13, "0e"],
  [14, "0f"],
  [15, "8101"],
  [16, "8102"],
  [29, "810f"],
  [30, "8200"],
  [48, "8302"],
  [64, "8402"],
  [66, "8404"],
  [128, "8802"],
  [253, "8f0f"],
  [254, "818001"],
  [255, "818002"],
  [4092, "8f8f0f"],
  [4093, "81808001"],
])("an octet string of %i bytes has the TL field %s", (byteLength, tl) => {
  // The length counts its own TL bytes: one off, and everything behind it is read as something else.
  const value = new Uint8Array(byteLength).fill(0x5a);
  const writer = new SmlWriter();
  writer.octets(value);
  expect(toHex(writer.written(0, writer.length - byteLength))).toBe(tl);
  expect(toHex(octets({ max: 8192 }).read(new SmlReader(writer.toBytes())))).toBe(toHex(value));
});

test.each([
  [0, "70"],
  [15, "7f"],
  [16, "f100"],
  [30, "f10e"],
  [255, "ff0f"],
  [256, "f18000"],
])("a list of %i elements has the TL field %s", (count, tl) => {
  // A list's length counts elements, not bytes: a meter's long list would be unreadable.
  const values = Array.from({ length: count }, (_, index) => index & 0xff);
  const writer = new SmlWriter();
  listOf(unsigned(8)).write(writer, values);
  expect(toHex(writer.written(0, tl.length / 2))).toBe(tl);
  expect(listOf(unsigned(8)).read(new SmlReader(writer.toBytes()))).toEqual(values);
});

test("lengths between the edges come back, too", () => {
  // As above, for the lengths that nobody thought of.
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), (byteLength) => {
      const writer = new SmlWriter();
      writer.octets(new Uint8Array(byteLength));
      const reader = new SmlReader(writer.toBytes());
      reader.expect(tlvType.octets);
      expect(reader.length).toBe(byteLength);
      expect(reader.remaining).toBe(byteLength);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["5280", -128],
  ["53ff80", -128],
  ["54ffff80", -128],
  ["56ffffffff80", -128],
  ["58ffffffffffff80", -128],
  ["59ffffffffffffff80", -128],
  ["55ffffffff", -1],
  ["5900200000000000 00".replaceAll(" ", ""), 2n ** 53n],
  ["59001fffffffffffff", 2 ** 53 - 1],
  ["59ffe0000000000001", -(2 ** 53) + 1],
  ["59ffe0000000000000", -(2n ** 53n)],
  ["59ffdfffffffffffff", -(2n ** 53n) - 1n],
  ["598000000000000000", -(2n ** 63n)],
])("the signed integer %s is %s", (line, value) => {
  // A shortened negative power would become a large positive one; a large one would be off by one.
  expect(signed(64).read(new SmlReader(fromHex(line)))).toBe(value);
});

test.each([
  ["62ff", 255],
  ["64ffffff", 0xff_ffff],
  ["66ffffffffff", 2 ** 40 - 1],
  ["68001fffffffffff", 2 ** 45 - 1],
  ["6820000000000000", 2n ** 53n],
  ["69ffffffffffffffff", 2n ** 64n - 1n],
])("the unsigned integer %s is %s", (line, value) => {
  // A meter's energy would be off by one beyond 2^53, or negative.
  expect(anyElement.read(new SmlReader(fromHex(line)))).toMatchObject({ value });
});

const refused: readonly (readonly [string, string, string, number])[] = [
  ["nothing", "", "truncated", 0],
  ["a TL field that is cut", "80", "truncated", 1],
  ["octets that are cut", "0411", "truncated", 0],
  ["an integer that is cut", "6500", "truncated", 0],
  ["an integer without bytes", "61", "wrong-length", 0],
  ["an integer of nine bytes", "6a000000000000000000", "wrong-length", 0],
  ["a boolean of two bytes", "430000", "wrong-length", 0],
  ["the end mark of a message", "00", "wrong-length", 0],
  ["a length below its own TL bytes", "8001", "wrong-length", 0],
  ["type bits in a second TL byte", "8162", "wrong-type", 1],
  ["the reserved type 1", "1211", "wrong-type", 0],
  ["the reserved type 2", "2211", "wrong-type", 0],
  ["the reserved type 3", "3211", "wrong-type", 0],
  ["a list that announces 2^28 elements", "f1808080808080808000", "too-long", 0],
  ["a list that announces more than is left", "ff8f8f8f8f0f0101", "truncated", 0],
  ["octets that announce 2^28 bytes", "8f8f8f8f8f8f8f0f00", "too-long", 0],
  ["a TL field without end", "80".repeat(40), "truncated", 40],
];

test.each(refused)("%s is refused", (_, line, code, offset) => {
  // A stranger's length would be believed: memory filled, or bytes of the next field read as this one.
  expect(errorOf(() => anyElement.read(new SmlReader(fromHex(line))))).toEqual([code, offset]);
});

test("nesting stops at the limit and not before", () => {
  // A message of a few hundred list bytes would overflow the stack and stop the gateway.
  expect(anyElement.read(new SmlReader(nestedLists(16)))).toMatchObject({ type: "list" });
  expect(errorOf(() => anyElement.read(new SmlReader(nestedLists(17))))).toEqual(["nested-too-deep", 17]);
  expect(errorOf(() => anyElement.read(new SmlReader(nestedLists(60_000))))).toEqual(["nested-too-deep", 17]);
});

test("a reader that failed deep inside is at its old depth again", () => {
  // One broken message would make a lenient reader refuse the trees of all messages after it.
  const reader = new SmlReader(fromHex("71 71 71 71 71 12 00"), { maxDepth: 5 });
  for (let round = 0; round < 3; round++) {
    reader.at = 0;
    expect(errorOf(() => anyElement.read(reader))).toEqual(["wrong-type", 5]);
  }
});

test.each(["01", "8002", "808003"])("the absent element %s is absent", (line) => {
  // An empty name would appear where the meter sent none, and would vanish again when written.
  const reader = new SmlReader(concatBytes(fromHex(line), fromHex("6207")));
  expect(optional(octets()).read(reader)).toBeUndefined();
  expect(unsigned(8).read(reader)).toBe(7);
});

test.each([
  ["an unsigned above its width", () => unsigned(8).write(new SmlWriter(), 256), "out-of-range"],
  ["an unsigned below zero", () => unsigned(8).write(new SmlWriter(), -1), "out-of-range"],
  ["a fraction", () => unsigned(32).write(new SmlWriter(), 0.5), "out-of-range"],
  ["no number", () => signed(8).write(new SmlWriter({ integers: "minimal" }), Number.NaN), "out-of-range"],
  ["a number that is not exact", () => signed(64).write(new SmlWriter(), 2 ** 60), "out-of-range"],
  ["a signed above its width", () => signed(16).write(new SmlWriter(), 32_768), "out-of-range"],
  ["more than 64 bits", () => signed(64).write(new SmlWriter(), 2n ** 63n), "out-of-range"],
  ["a width of nine", () => new SmlWriter().integer(tlvType.unsigned, 1, 9), "wrong-length"],
  ["a width of zero", () => new SmlWriter().integer(tlvType.unsigned, 0, 0), "out-of-range"],
  ["octets above the maximum", () => octets({ max: 2 }).write(new SmlWriter(), new Uint8Array(3)), "wrong-length"],
  ["a list above the maximum", () => listOf(unsigned(8), { max: 1 }).write(new SmlWriter(), [1, 2]), "too-long"],
])("%s is not written", (_, write, code) => {
  // A wrong value would go on the line as another, valid one.
  expect(write).toThrow(EncodeError);
  try {
    write();
  } catch (error) {
    expect(error).toMatchObject({ code });
  }
});

function nestedLists(depth: number): Uint8Array {
  return concatBytes(new Uint8Array(depth).fill(0x71), fromHex("01"));
}

function errorOf(read: () => unknown): [code: string, offset: number] {
  try {
    read();
  } catch (error) {
    if (error instanceof DecodeError) return [error.code, error.where.offset];
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Cursor and growing buffer: each reads what the other wrote, and neither goes beyond its limit. */

import fc from "fast-check";
import { expect, test } from "vitest";

import { DecodeError, EncodeError } from "./errors.ts";
import { ByteReader } from "./reader.ts";
import { ByteWriter } from "./writer.ts";

const width = fc.integer({ min: 1, max: 6 });
const numberOfWidth = width.chain((byteLength) =>
  fc.record({ byteLength: fc.constant(byteLength), value: fc.integer({ min: 0, max: 2 ** (8 * byteLength) - 1 }) }),
);

test("a number is read back as it was written, in both byte orders", () => {
  // A meter total would be read with its bytes in the wrong order.
  fc.assert(
    fc.property(fc.array(numberOfWidth, { maxLength: 30 }), (numbers) => {
      const writer = new ByteWriter();
      for (const { value, byteLength } of numbers) {
        writer.uint(value, byteLength);
        writer.uintLE(value, byteLength);
      }
      const reader = new ByteReader(writer.toBytes());
      for (const { value, byteLength } of numbers) {
        expect([reader.uint(byteLength), reader.uintLE(byteLength)]).toEqual([value, value]);
      }
      reader.expectEnd();
    }),
  );
});

test("the most significant byte comes first, and last in the LE forms", () => {
  // Reading back what we wrote would hold for any order.
  const writer = new ByteWriter();
  writer.uint(0x010203, 3);
  writer.uintLE(0x010203, 3);
  writer.u8(0xff);
  expect([...writer.toBytes()]).toEqual([1, 2, 3, 3, 2, 1, 0xff]);
});

test.each([-1, 256, 1.5, Number.NaN, Infinity])("%d does not fit into a byte", (value) => {
  // A wrong number would be sent, cut to its last byte.
  for (const write of [(w: ByteWriter) => w.u8(value), (w: ByteWriter) => w.uintLE(value, 1)]) {
    const writer = new ByteWriter();
    expect(() => write(writer)).toThrow(expect.objectContaining({ code: "out-of-range", blame: "caller" }));
    expect(writer.length).toBe(0);
  }
});

test("a read beyond the end is refused and the cursor stays", () => {
  // A short telegram would be filled up with undefined, or half a field would be lost for the next try.
  const reads = fc.constantFrom<(reader: ByteReader, count: number) => unknown>(
    (reader, count) => reader.uint(count),
    (reader, count) => reader.uintLE(count),
    (reader, count) => reader.take(count),
    (reader, count) => reader.need(count),
  );
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), width, fc.nat(1000), reads, (skipped, left, missing, base, read) => {
      const reader = new ByteReader(new Uint8Array(skipped + left), { base });
      reader.take(skipped);
      expect(codeOf(() => read(reader, left + missing))).toBe(`truncated at ${base + skipped + left}`);
      expect(reader.remaining).toBe(left);
    }),
  );
});

test("the end is where it is", () => {
  // A byte behind the message would be read, or one in front of it left over without a word.
  const reader = new ByteReader(Uint8Array.of(7, 8), { base: 100 });
  expect([reader.peek(), reader.peek(1), reader.peek(2)]).toEqual([7, 8, -1]);
  expect(codeOf(() => reader.expectEnd())).toBe("trailing-bytes at 100");
  expect([reader.u8(), reader.offset, reader.u8()]).toEqual([7, 101, 8]);
  reader.expectEnd();
  expect(codeOf(() => reader.u8())).toBe("truncated at 102");
  expect(reader.peek()).toBe(-1);
});

test("a view is cut from the input, and cannot see beyond it", () => {
  // An identifier would show the bytes of its neighbours.
  const input = Uint8Array.of(1, 2, 3, 4);
  const reader = new ByteReader(input.subarray(1, 3));
  expect([...reader.take(2)]).toEqual([2, 3]);
  expect(codeOf(() => reader.take(1))).toBe("truncated at 2");
});

test("nesting stops at the stated depth, however often it was left before", () => {
  // A telegram of nothing but opening lists would end the program with a stack overflow.
  const reader = new ByteReader(new Uint8Array(1), { maxDepth: 3 });
  for (let round = 0; round < 10; round++) {
    for (let depth = 0; depth < 3; depth++) reader.enter();
    for (let depth = 0; depth < 3; depth++) reader.leave();
  }
  for (let depth = 0; depth < 3; depth++) reader.enter();
  expect(codeOf(() => reader.enter())).toBe("nested-too-deep at 0");
});

test("a writer stops at its stated length", () => {
  // A message with a wrong count would grow until the machine has no memory.
  const writer = new ByteWriter(100);
  writer.bytes(new Uint8Array(99));
  writer.u8(1);
  expect(codeOf(() => writer.u8(1))).toBe("too-long");
  expect(codeOf(() => writer.bytes(new Uint8Array(1)))).toBe("too-long");
  expect(writer.length).toBe(100);
});

test("what was written stays when the buffer grows, and a copy does not change with it", () => {
  // The beginning of every longer message would be zeros.
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 12 }), (parts) => {
      const writer = new ByteWriter();
      const expected: number[] = [];
      for (const part of parts) {
        writer.bytes(part);
        expected.push(...part);
      }
      const copy = writer.toBytes();
      writer.u8(0xaa);
      writer.written(0, expected.length).fill(0x55); // as if the buffer were used again
      expect([...copy]).toEqual(expected);
      writer.written(0, expected.length).set(copy);
      expect([...writer.written(0, expected.length)]).toEqual(expected);
      expect([...writer.written(expected.length)]).toEqual([0xaa]);
    }),
  );
});

function codeOf(act: () => unknown): string {
  try {
    act();
    return "no error";
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code} at ${error.where.offset}`;
    if (error instanceof EncodeError) return error.code;
    throw error;
  }
}

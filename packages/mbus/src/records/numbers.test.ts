import { ScaledValue } from "@siegel/readings";
import { equalBytes } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isInvalidSigned,
  isInvalidUnsigned,
  readBcd,
  readDigits,
  readFloat,
  readSigned,
  readUnsigned,
  writeBcd,
  writeDigits,
  writeFloat,
  writeInteger,
} from "./numbers.ts";

const lengths = fc.integer({ min: 1, max: 16 });

test("integers of every length are what their bits say", () => {
  // The last digits of a large register would be lost, or a return flow read as a flood.
  fc.assert(
    fc.property(
      lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      (bytes) => {
        const text = [...bytes].toReversed().map((byte) => byte.toString(16).padStart(2, "0"));
        const unsigned = BigInt(`0x${text.join("")}`);
        const shifted = Uint8Array.of(0xaa, ...bytes, 0xaa);
        expect(BigInt(readUnsigned(shifted, 1, bytes.length))).toBe(unsigned);
        expect(BigInt(readSigned(shifted, 1, bytes.length))).toBe(BigInt.asIntN(8 * bytes.length, unsigned));
        expect(writeInteger(readUnsigned(bytes, 0, bytes.length), bytes.length, false)).toEqual(bytes);
        expect(writeInteger(readSigned(bytes, 0, bytes.length), bytes.length, true)).toEqual(bytes);
      },
    ),
    { numRuns: 5000 },
  );
});

test("an integer is a number exactly when it is safe", () => {
  // ScaledValue refuses numbers that lost digits.
  expect(readUnsigned(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0), 0, 8)).toBe(Number.MAX_SAFE_INTEGER);
  expect(readUnsigned(Uint8Array.of(0, 0, 0, 0, 0, 0, 0x20, 0), 0, 8)).toBe(2n ** 53n);
  expect(readSigned(Uint8Array.of(1, 0, 0, 0, 0, 0, 0xe0, 0xff), 0, 8)).toBe(Number.MIN_SAFE_INTEGER);
});

test("invalid marks are found, and nothing else", () => {
  // The highest temperature of the day would be −32768.
  const marks = { signed: [] as number[], unsigned: [] as number[] };
  for (let value = 0; value < 0x1_0000; value++) {
    const bytes = Uint8Array.of(value & 0xff, value >> 8);
    if (isInvalidSigned(bytes, 0, 2)) marks.signed.push(value);
    if (isInvalidUnsigned(bytes, 0, 2)) marks.unsigned.push(value);
  }
  expect(marks).toEqual({ signed: [0x8000], unsigned: [0xffff] });
  expect([isInvalidSigned(new Uint8Array(), 0, 0), isInvalidUnsigned(new Uint8Array(), 0, 0)]).toEqual([false, false]);
});

test("BCD of two octets, all of them", () => {
  // Blank digits would become a number, or a minus be lost.
  const wrong: string[] = [];
  for (let value = 0; value < 0x1_0000; value++) {
    const bytes = Uint8Array.of(value & 0xff, value >> 8);
    const text = value.toString(16).padStart(4, "0");
    const meant = /^\d{4}$/.test(text) ? Number(text) : /^f\d{3}$/.test(text) ? 0 - Number(text.slice(1)) : undefined;
    const read = readBcd(bytes, 0, 2);
    if ((read === undefined ? undefined : Number(read) + 0) !== meant) wrong.push(text);
    if (meant !== undefined && meant !== 0 && !equalBytes(writeBcd(meant, 2, "minus-digit"), bytes)) wrong.push(text);
    if (readDigits(bytes, 0, 2) !== text.toUpperCase() || !equalBytes(writeDigits(text, 2), bytes)) wrong.push(text);
  }
  expect(wrong).toEqual([]);
});

test("BCD of any length", () => {
  // Long registers would lose digits.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (length, any) => {
      const value = any % 10n ** BigInt(2 * length);
      expect(BigInt(readBcd(writeBcd(value, length, "none"), 0, length)!)).toBe(value);
      const negative = -(any % 10n ** BigInt(2 * length - 1));
      expect(BigInt(readBcd(writeBcd(negative, length, "minus-digit"), 0, length)!)).toBe(negative);
    }),
  );
  expect(() => writeBcd(-1, 2, "none")).toThrow(expect.objectContaining({ code: "out-of-range" }));
  expect(() => writeBcd(100, 1, "none")).toThrow(expect.objectContaining({ code: "out-of-range" }));
});

test("a float32 is the shortest decimal that is it", () => {
  // 0.1 would be shown as 0.10000000149011612, or two meters' values become one.
  const view = new DataView(new ArrayBuffer(4));
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (bits) => {
      view.setInt32(0, bits, true);
      const value = view.getFloat32(0, true);
      const read = readFloat(new Uint8Array(view.buffer), 0, 0);
      if (!Number.isFinite(value)) {
        expect(read).toBeUndefined();
        return;
      }
      expect(Math.fround(read!.toNumber())).toBe(value === 0 ? 0 : value);
      if (value !== 0) expect(writeFloat(read!)).toEqual(new Uint8Array(view.buffer.slice(0)));
      const digits = String(read!.raw).replace("-", "").replace(/0+$/, "").length;
      if (Math.abs(value) > 2 ** 24) {
        expect(Math.fround(Number(value.toPrecision(Math.max(1, digits - 1)))) !== value || digits === 1).toBe(true);
      }
    }),
    { numRuns: 20_000 },
  );
  for (const text of ["0.1", "230.4", "49.98", "-0.001", "1.5", "16777216", "33385482"]) {
    expect(readFloat(writeFloat(ScaledValue.parse(text)), 0, 0)?.equals(ScaledValue.parse(text)), text).toBe(true);
  }
  expect(readFloat(Uint8Array.of(0, 0, 0, 0x80), 0, 0)?.toString()).toBe("0");
  expect(readFloat(Uint8Array.of(1, 0, 0, 0), 0, 0)?.toNumber()).toBe(1e-45);
});

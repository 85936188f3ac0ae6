import { DecodeError } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GetListResponse } from "../src/messages/bodies.ts";
import { readGetListResponse } from "../src/messages/get-list-reader.ts";
import { SmlReader } from "../src/tlv/reader.ts";
import { type EncodingStyle } from "../src/tlv/reader.ts";
import { SmlWriter } from "../src/tlv/writer.ts";
import { getListResponse, style } from "./arbitraries.ts";
import { energy, entry, list, power } from "./build.ts";
import { plain } from "./plain.ts";

const ordinary = list([
  energy(23_536_569, 4),
  power(-1234, 2),
  energy(7, 8, { value: { type: "signed", byteLength: 8, value: -77 } }),
  entry("8181c78205ff", { value: { type: "octets", value: new Uint8Array(48).fill(7) } }),
]);

test("the ordinary form takes the hot path", () => {
  // Otherwise the tests below would compare the declared reader with itself.
  const bytes = encoded(ordinary);
  const reader = new SmlReader(bytes);
  expect(plain(readGetListResponse(reader))).toBe(plain(ordinary));
  expect(reader.remaining).toBe(0);
});

test("any list reads the same on both paths", () => {
  // A value would depend on whether the list around it is an ordinary one.
  fc.assert(
    fc.property(getListResponse, style, fc.boolean(), (response, encoding, strict) => {
      expectSame(encoded(response, encoding), strict);
    }),
    { numRuns: 1000 },
  );
});

test("any byte in place of any other reads the same on both paths", () => {
  // A damaged field would be read by one path and refused by the other.
  for (const integers of ["declared", "minimal"] as const) {
    const bytes = encoded(list([energy(5, 3), power(9, 1)], { listSignature: Uint8Array.of(1, 2) }), { integers });
    for (let at = 0; at < bytes.length; at++) {
      const kept = bytes[at]!;
      for (let byte = 0; byte < 256; byte++) {
        bytes[at] = byte;
        expectSame(bytes, false);
      }
      bytes[at] = kept;
    }
  }
});

test("any cut reads the same on both paths", () => {
  // The hot path checks the end once: a field past it would be read from what stands behind in the buffer.
  const bytes = encoded(ordinary);
  for (let end = 0; end <= bytes.length; end++) {
    expectSame(bytes.subarray(0, end), false);
    expectSame(bytes.subarray(0, end), true);
  }
});

test("changed lists read the same on both paths", () => {
  // As above, for several changes at once.
  const change = fc.record({ at: fc.nat(), drop: fc.nat(3), insert: fc.array(tlvByte, { maxLength: 3 }) });
  fc.assert(
    fc.property(
      getListResponse,
      style,
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (response, encoding, changes) => {
        const bytes = [...encoded(response, encoding)];
        for (const { at, drop, insert } of changes) bytes.splice(at % bytes.length, drop, ...insert);
        expectSame(Uint8Array.from(bytes), false);
        expectSame(Uint8Array.from(bytes), true);
      },
    ),
    { numRuns: 3000 },
  );
});

/** TL bytes of all types, absent, end mark. */
const tlvByte = fc.constantFrom(
  0x00,
  0x01,
  0x07,
  0x42,
  0x52,
  0x55,
  0x59,
  0x62,
  0x65,
  0x69,
  0x70,
  0x72,
  0x77,
  0x80,
  0x83,
  0xf1,
);

function encoded(response: GetListResponse, encoding: Partial<EncodingStyle> = {}): Uint8Array {
  const writer = new SmlWriter(encoding);
  GetListResponse.write(writer, response);
  return writer.toBytes();
}

function expectSame(bytes: Uint8Array, strict: boolean): void {
  const hot = outcome(bytes, strict, (reader) => readGetListResponse(reader) ?? GetListResponse.read(reader));
  const declared = outcome(bytes, strict, (reader) => GetListResponse.read(reader));
  if (hot !== declared) expect(hot).toBe(declared);
}

function outcome(bytes: Uint8Array, strict: boolean, read: (reader: SmlReader) => GetListResponse): string {
  const reader = new SmlReader(bytes, { strict });
  try {
    const value = read(reader);
    return plain([value, reader.at, reader.style, reader.deviations]);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return plain([error.code, error.where]);
  }
}

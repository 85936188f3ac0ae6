import { concatBytes, DecodeError } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFile } from "../src/messages/file.ts";
import { readMessage, type SmlMessage } from "../src/messages/message.ts";
import { readOrdinaryMessage } from "../src/messages/ordinary-message.ts";
import { SmlReader } from "../src/tlv/reader.ts";
import { anyMessage, bodyOf, messageOf, style } from "./arbitraries.ts";
import { close, energy, entry, list, message, open, power, replaced, resealed } from "./build.ts";
import { plain } from "./plain.ts";

const ordinary = list([
  energy(23_536_569, 4),
  power(-1234, 2),
  energy(7, 8, { value: { type: "signed", byteLength: 8, value: -77 } }),
  entry("8181c78205ff", { value: { type: "octets", value: new Uint8Array(48).fill(7) } }),
]);

const pushed = [open, message({ kind: "GetListResponse", value: ordinary }), close];

test.each(pushed)("the ordinary form of $body.kind takes the hot path", (one) => {
  // Otherwise the tests below would compare the declared reader with itself.
  const reader = new SmlReader(encodeFile([one]));
  expect(plain(readOrdinaryMessage(reader))).toBe(plain(one));
  expect(reader.remaining).toBe(0);
});

test("any message reads the same on both paths", () => {
  // A value would depend on whether the list around it is an ordinary one.
  fc.assert(
    fc.property(messages, style, fc.boolean(), (one, encoding, strict) =>
      expectSame(encodeFile([one], encoding), strict),
    ),
    { numRuns: 1000 },
  );
});

test.each(["declared", "minimal"] as const)(
  "any byte in place of any other reads the same, integers %s",
  (integers) => {
    // A damaged field would be read by one path and refused by the other.
    const short = message({
      kind: "GetListResponse",
      value: list([energy(5, 3), power(9, 1)], { listSignature: fiveBytes }),
    });
    for (const one of [open, short, close]) {
      const bytes = encodeFile([one], { integers });
      for (let at = 0; at < bytes.length - 4; at++) {
        const kept = bytes[at]!;
        for (let byte = 0; byte < 256; byte++) {
          bytes[at] = byte;
          expectSame(resealed(bytes), false);
        }
        bytes[at] = kept;
      }
    }
  },
);

test.each([
  ["f300", "f120"],
  ["f300", "f210"],
  ["8302", "8122"],
  ["8302", "8212"],
])("the TL field %s spelled %s reads the same on both paths", (tl, spelled) => {
  // Type bits in the second TL byte would be taken for a part of the length by one path.
  const entries = Array.from({ length: 48 }, (_, index) => (index === 0 ? ordinary.valList.at(-1)! : energy(index, 1)));
  const bytes = encodeFile([message({ kind: "GetListResponse", value: list(entries) })]);
  expectSame(resealed(replaced(bytes, tl, spelled)), false);
});

test("any cut, any checksum and any end mark read the same on both paths", () => {
  // The hot path checks the end once: a field past it would be read from what stands behind in the buffer.
  for (const bytes of pushed.map((one) => encodeFile([one]))) {
    for (const strict of [false, true]) {
      for (let end = 0; end <= bytes.length; end++) {
        expectSame(bytes.subarray(0, end), strict);
        expectSame(concatBytes(bytes.subarray(0, end), bytes), strict);
      }
      for (const kind of ["x25", "kermit"] as const) {
        const tail = resealed(bytes, kind).subarray(-4);
        for (let at = 0; at < 4; at++) {
          for (let byte = 0; byte < 256; byte++) {
            expectSame(concatBytes(bytes.subarray(0, -4), tail.with(at, byte)), strict);
          }
        }
      }
    }
  }
});

test("changed messages read the same on both paths", () => {
  // As above, for several changes at once.
  const change = fc.record({ at: fc.nat(), drop: fc.nat(3), insert: fc.array(tlvByte, { maxLength: 3 }) });
  fc.assert(
    fc.property(messages, style, fc.array(change, { minLength: 1, maxLength: 3 }), (one, encoding, changes) => {
      const bytes = [...encodeFile([one], { ...encoding, shortChecksum: false })];
      for (const { at, drop, insert } of changes) bytes.splice(at % (bytes.length - 4), drop, ...insert);
      expectSame(resealed(Uint8Array.from(bytes)), false);
      expectSame(resealed(Uint8Array.from(bytes)), true);
    }),
    { numRuns: 2000 },
  );
});

const fiveBytes = Uint8Array.of(1, 2, 3, 4, 5);
/** Mostly of the three kinds that the hot path knows. */
const messages: fc.Arbitrary<SmlMessage> = fc.oneof(
  { arbitrary: messageOf(bodyOf("GetListResponse")), weight: 4 },
  { arbitrary: messageOf(bodyOf("PublicOpenResponse")), weight: 2 },
  { arbitrary: messageOf(bodyOf("PublicCloseResponse")), weight: 1 },
  { arbitrary: anyMessage, weight: 1 },
);
/** TL bytes of all types, absent, end mark. */
const tlBytes = [
  0x00, 0x01, 0x07, 0x42, 0x52, 0x55, 0x59, 0x62, 0x65, 0x69, 0x70, 0x71, 0x72, 0x76, 0x77, 0x80, 0x83, 0xf1,
];
const tlvByte = fc.constantFrom(...tlBytes);

function expectSame(bytes: Uint8Array, strict: boolean): void {
  const hot = outcome(bytes, strict, (reader) => readOrdinaryMessage(reader) ?? readMessage(reader));
  const declared = outcome(bytes, strict, readMessage);
  if (hot !== declared) expect(hot).toBe(declared);
}

function outcome(bytes: Uint8Array, strict: boolean, read: (reader: SmlReader) => SmlMessage): string {
  const reader = new SmlReader(bytes, { strict });
  try {
    const value = read(reader);
    return plain([value, reader.at, reader.style, reader.deviations]);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return plain([error.code, error.where]);
  }
}

/** Hex text as people paste it, comparing, joining, searching. */

import fc from "fast-check";
import { expect, test } from "vitest";

import { concatBytes, equalBytes, fromHex, indexOfBytes, toHex } from "./bytes.ts";
import { DecodeError } from "./errors.ts";

const octets = fc.uint8Array({ maxLength: 40 });
const separators = fc.stringMatching(/^[ \t\r\n:,-]{0,3}$/);

test("hex is read back whatever stands between the octets", () => {
  // A telegram copied out of another program's log would not decode.
  fc.assert(
    fc.property(
      octets,
      fc.infiniteStream(separators),
      fc.boolean(),
      fc.constantFrom("", "0x", " \n0X"),
      (bytes, gaps, upper, head) => {
        const digits = [...bytes].map((byte) => toHex(Uint8Array.of(byte)));
        const text = head + digits.map((pair) => pair + String(gaps.next().value)).join("");
        expect(fromHex(upper && head === "" ? text.toUpperCase() : text)).toEqual(bytes);
      },
    ),
  );
});

test.each([
  ["", ""],
  ["   ", ""],
  ["0x", ""],
  ["1B1b1B1b", "1b1b1b1b"],
  ["0x0a 0B\r\n", "0a0b"],
  ["1b-1b:1b,1b", "1b1b1b1b"],
])("%j is %j", (text, hex) => {
  // A person would be told that what he pasted is no hex.
  expect(toHex(fromHex(text))).toBe(hex);
});

test.each([
  ["1b1", "truncated", 3],
  ["1", "truncated", 1],
  ["1b g0", "wrong-type", 3],
  ["1 b", "wrong-type", 1], // a blank within an octet: digits were lost
  ["1b 0x1b", "wrong-type", 4],
  ["ä1", "wrong-type", 0],
  ["1b\u00a01b", "wrong-type", 2], // a no-break space, out of a web page
  ["//7/KG==", "wrong-type", 0],
])("%j is refused as %s at %d", (text, code, offset) => {
  // Garbage would become bytes, and the diagnosis would speak of a meter instead of the text.
  expect(refusal(() => fromHex(text))).toEqual({ code, offset });
});

test("any text is read or refused", () => {
  // `siegel inspect` would fall over its argument.
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("0", "x", "1", "b", "F", " ", ":", "-", "\n") })),
      (text) => {
        const result = refusal(() => fromHex(text));
        if (result !== undefined) expect(result.offset).toBeLessThanOrEqual(text.length);
      },
    ),
  );
});

test("equal means same octets in the same order", () => {
  // A changed meter id would pass as the known one.
  fc.assert(
    fc.property(octets, octets, (a, b) => {
      expect(equalBytes(a, a.slice())).toBe(true);
      expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b));
      expect(equalBytes(a, concatBytes(a, Uint8Array.of(0)))).toBe(false);
    }),
  );
});

test("joined bytes are the parts in order, in memory of their own", () => {
  // A message would change when the buffer it was made from is reused.
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 5 }), (parts) => {
      const all = concatBytes(...parts);
      expect(toHex(all)).toBe(parts.map(toHex).join(""));
      expect(parts.some((part) => part.buffer === all.buffer)).toBe(false);
    }),
  );
});

test("the search finds what a search over text finds", () => {
  // A start marker would be missed when a part of it comes before: 1b 1b 1b 1b 1b.
  const few = fc.array(fc.constantFrom(0x1b, 0x01), { maxLength: 20 }).map((all) => Uint8Array.from(all));
  const wanted = fc.array(fc.constantFrom(0x1b, 0x01), { maxLength: 4 }).map((all) => Uint8Array.from(all));
  fc.assert(
    fc.property(few, wanted, fc.nat(20), (bytes, marker, from) => {
      const start = Math.min(from, bytes.length);
      const expected = String.fromCharCode(...bytes).indexOf(String.fromCharCode(...marker), start);
      expect(indexOfBytes(bytes, marker, start)).toBe(expected);
    }),
  );
});

function refusal(read: () => unknown): { code: string; offset: number } | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { code: error.code, offset: error.where.offset };
  }
}

// If this failed, a dump would leave out or repeat bytes, and whoever compares it with the standard would be led astray.

import { concatBytes, fromHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quirks } from "../../test/quirks.ts";
import { annotateCapture, annotatePayload, type DumpLine } from "./annotate.ts";

/** In order, none left out, none twice; a line's bytes are those of the input at its offset. */
function expectWhole(input: Uint8Array, lines: readonly DumpLine[]): void {
  let next = 0;
  for (const { offset, bytes } of lines) {
    expect(offset).toBe(next);
    expect(bytes).toEqual(input.subarray(offset, offset + bytes.length));
    next += bytes.length;
  }
  expect(next).toBe(input.length);
}

const files = quirks().map(({ file }) => file);

test.each(quirks())("every byte stands in exactly one line: $name", ({ file }) => {
  expectWhole(file, annotateCapture(file));
  expectWhole(file, annotatePayload(file));
});

test("a field of no octets is said to be empty, wherever octets may stand", () => {
  const found = files.flatMap((file) => {
    const line = annotateCapture(file).find(({ field }) => field === "serverId")!;
    const emptied = concatBytes(
      file.subarray(0, line.offset),
      Uint8Array.of(0x01),
      file.subarray(line.offset + line.bytes.length),
    );
    return annotateCapture(emptied).filter(({ field }) => field === "serverId");
  });
  expect(found.map(({ meaning }) => meaning)).toContain("empty");
});

test("every prefix, and every second beginning", () => {
  const two = concatBytes(files[0]!, files[1]!);
  for (let length = 0; length <= two.length; length++) {
    expectWhole(two.subarray(0, length), annotateCapture(two.subarray(0, length)));
    expectWhole(two.subarray(length), annotateCapture(two.subarray(length)));
  }
});

test("changed captures, and changed messages", () => {
  const change = fc.tuple(fc.nat(), fc.constantFrom(0x00, 0x01, 0x1a, 0x1b, 0x63, 0x72, 0x76, 0x77, 0xff));
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.array(change, { maxLength: 6 }), (file, changes) => {
      const bytes = concatBytes(file, file);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      expectWhole(bytes, annotateCapture(bytes));
      expectWhole(bytes.subarray(8), annotatePayload(bytes.subarray(8)));
    }),
    { numRuns: 500 },
  );
});

test("every one of many damaged messages says what is wrong with it", () => {
  // An error on another message's line would send the reader to the wrong byte. That many of them, each searched from the
  // first line on, would take a stranger's file minutes to dump: the runner's limit of time would end this test.
  const checksumIsZero = fromHex("76 0201 6200 6200 72 630201 7101 630000 00");
  const count = 30_000;
  const payload = new Uint8Array(count * checksumIsZero.length);
  for (let index = 0; index < count; index++) payload.set(checksumIsZero, index * checksumIsZero.length);
  const lines = annotatePayload(payload);
  const wrong = lines.filter(({ error }) => error !== undefined);
  expect(wrong.map(({ field, error }) => `${field} ${error?.code}`)).toEqual(
    Array.from({ length: count }, () => "crc16 bad-checksum"),
  );
});

import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { payloads } from "../../test/payloads.ts";
import { recordLists } from "../../test/records.arbitrary.ts";
import {
  compactFrameOf,
  expandCompactFrame,
  formatFrameOf,
  headersOf,
  parseCompactFrame,
  parseFormatFrame,
  signatureOf,
} from "./compact.ts";
import { encodeRecords } from "./encode.ts";

// EN 13757-7, as the facts page prints it.
const full = fromHex("0202D204 02152E16 022A3423");
const format = fromHex("08 313B 0202 0215 022A");
const compact = fromHex("313B 42A6 D204 2E16 3423");

test("the example of the standard, all ways", () => {
  // Meters that send compact frames seven times of eight would not be read.
  expect(toHex(formatFrameOf(full)!)).toBe(toHex(format));
  expect(toHex(compactFrameOf(full)!)).toBe(toHex(compact));
  const known = parseFormatFrame(format)!;
  expect(known).toEqual({ signature: 0x3b31, headers: fromHex("02020215022A"), holds: true });
  const frame = parseCompactFrame(compact)!;
  expect(frame).toMatchObject({ signature: 0x3b31, fullFrameCrc: 0xa642 });
  expect(expandCompactFrame(frame, known.headers)).toEqual({ kind: "full", data: full });
});

test("headers that are not those of the frame are found out", () => {
  // Another meter's headers with the same signature would turn volume into energy: wmbusmeters does not check.
  const frame = parseCompactFrame(compact)!;
  expect(expandCompactFrame(frame, fromHex("02020215022B"))).toEqual({ kind: "wrong-crc" });
  expect(expandCompactFrame({ ...frame, fullFrameCrc: 0 }, fromHex("02020215022A"))).toEqual({ kind: "wrong-crc" });
  for (const headers of [
    "02020215",
    "02020215042A",
    "02020215022A0213",
    "0202021502",
    "02020215020F2A",
    "0F02020215022A",
  ]) {
    expect(expandCompactFrame(frame, fromHex(headers)).kind, headers).not.toBe("full");
  }
  expect(expandCompactFrame(parseCompactFrame(fromHex("313B42A6D2042E163423 00"))!, fromHex("02020215022A"))).toEqual({
    kind: "wrong-length",
  });
});

test("fillers of the encryption are no data", () => {
  // Frames of encrypted meters would be refused.
  const headers = fromHex("02020215022A");
  const filled = concatBytes(compact, Uint8Array.of(0x2f, 0x2f));
  expect(expandCompactFrame(parseCompactFrame(filled)!, headers)).toEqual({ kind: "full", data: full });
  expect(parseFormatFrame(concatBytes(format, Uint8Array.of(0x2f)))).toMatchObject({ holds: true });
  expect(toHex(headersOf(concatBytes(Uint8Array.of(0x2f, 0x2f), full))!)).toBe("02020215022a");
});

test("frames that are none", () => {
  // A stranger must not stop the gateway.
  expect(parseCompactFrame(fromHex("313B42"))).toBeUndefined();
  expect(parseFormatFrame(new Uint8Array())).toBeUndefined();
  expect(parseFormatFrame(fromHex("01 31"))).toBeUndefined();
  expect(parseFormatFrame(fromHex("08 313B 0202 0215 02"))).toBeUndefined();
  expect(parseFormatFrame(fromHex("08 313B 0202 0215 022A 00"))).toBeUndefined();
  expect(parseFormatFrame(fromHex("08 323B 0202 0215 022A"))).toMatchObject({ holds: false });
  expect(headersOf(fromHex("0202D2"))).toBeUndefined();
  expect(formatFrameOf(new Uint8Array())).toBeUndefined();
  expect(compactFrameOf(fromHex("3F"))).toBeUndefined();
});

test("data of the maker goes with the frame", () => {
  // The private part of a telegram would be lost in compact form.
  const data = fromHex("0202D204 0F 112233");
  const frame = parseCompactFrame(compactFrameOf(data)!)!;
  expect(toHex(headersOf(data)!)).toBe("02020f");
  expect(expandCompactFrame(frame, headersOf(data)!)).toEqual({ kind: "full", data });
});

test("any records come back from their compact frame", () => {
  // A meter in the field has more kinds of records than an example.
  fc.assert(
    fc.property(recordLists, (records) => {
      const data = encodeRecords(records);
      const frame = parseCompactFrame(compactFrameOf(data)!)!;
      const headers = headersOf(data)!;
      expect(frame.signature).toBe(signatureOf(headers));
      expect(expandCompactFrame(frame, headers)).toEqual({ kind: "full", data });
    }),
  );
});

test("every flipped bit of a compact frame is found", () => {
  // Changed data would pass as measured.
  for (const data of payloads.slice(0, 4)) {
    const headers = headersOf(data)!;
    const frame = compactFrameOf(data)!;
    for (let bit = 16; bit < 8 * frame.length; bit++) {
      const flipped = new Uint8Array(frame);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(expandCompactFrame(parseCompactFrame(flipped)!, headers).kind).not.toBe("full");
    }
  }
});

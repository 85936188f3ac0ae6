import { concatBytes, DecodeError, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { controlOctet, controlOf, fromMaster } from "../../src/framing/wired/c-field.ts";
import { decodeWiredFrame, encodeWiredFrame, longFrame, type WiredFrame } from "../../src/framing/wired/frame.ts";
import { WiredFramer } from "../../src/framing/wired/framer.ts";
import { cutAt, essence, feed, nastyBytes, quietNoise, wiredFrames } from "./frames.ts";

const known: readonly (readonly [string, WiredFrame])[] = [
  ["e5", { kind: "acknowledge" }],
  ["1040fe3e16", { kind: "short", c: 0x40, a: 0xfe }],
  ["107b017c16", { kind: "short", c: 0x7b, a: 0x01 }],
  ["6803036853febd0e16", longFrame({ c: 0x53, a: 0xfe, ci: 0xbd, data: new Uint8Array(0) })],
  ["680b0b6853fd5278563412ffffffffb216", longFrame({ c: 0x53, a: 0xfd, ci: 0x52, data: fromHex("78563412ffffffff") })],
];

test.each(known)("frame %s", (hex, frame) => {
  // Another master or meter would not understand us, or we it.
  expect(toHex(encodeWiredFrame(frame))).toBe(hex);
  expect(decodeWiredFrame(fromHex(hex))).toEqual(frame);
});

test("every frame is read as it was written", () => {
  // A telegram would be lost or changed between our own two ends.
  fc.assert(
    fc.property(wiredFrames, (frame) => {
      expect(decodeWiredFrame(encodeWiredFrame(frame))).toEqual(frame);
    }),
    { numRuns: 2_000 },
  );
});

test("what no frame can carry is refused", () => {
  // A telegram would leave with its end cut off, or another length than it says.
  const frame = { c: 0x08, a: 1, ci: 0x72 };
  expect(encodeWiredFrame(longFrame({ ...frame, data: new Uint8Array(252) })).length).toBe(261);
  expect(() => encodeWiredFrame(longFrame({ ...frame, data: new Uint8Array(253) }))).toThrow(
    expect.objectContaining({ code: "too-long" }),
  );
  for (const a of [-1, 256, 1.5, Number.NaN]) {
    expect(() => encodeWiredFrame({ kind: "short", c: 0x40, a })).toThrow(
      expect.objectContaining({ code: "out-of-range", path: "a" }),
    );
  }
});

test("the table of control octets", () => {
  // A question would be taken for an answer, or an alarm for a reading.
  const rows = Array.from({ length: 256 }, (_, c) => [c, controlOf(c)] as const).flatMap(([c, field]) => {
    if (field === undefined) return [];
    const bits = Object.entries(field).flatMap(([name, value]) => (value === true ? [name] : []));
    return [`${c.toString(16).padStart(2, "0")} ${fromMaster(c) ? "→" : "←"} ${[field.function, ...bits].join(" ")}`];
  });
  expect(rows).toMatchInlineSnapshot(`
    [
      "08 ← RSP_UD",
      "18 ← RSP_UD dataFlowControl",
      "28 ← RSP_UD accessDemand",
      "38 ← RSP_UD accessDemand dataFlowControl",
      "40 → SND_NKE",
      "53 → SND_UD",
      "5a → REQ_UD1",
      "5b → REQ_UD2",
      "73 → SND_UD frameCount",
      "7a → REQ_UD1 frameCount",
      "7b → REQ_UD2 frameCount",
    ]
  `);
  expect([controlOctet("SND_NKE", true), controlOctet("REQ_UD2"), controlOctet("REQ_UD2", true)]).toEqual([
    0x40, 0x5b, 0x7b,
  ]);
});

test("frames are found whole and in order whatever stands between them", () => {
  // A meter with a noisy line would be unreadable.
  const parts = fc.array(fc.tuple(quietNoise, wiredFrames), { maxLength: 6 });
  fc.assert(
    fc.property(parts, (list) => {
      const line = concatBytes(...list.flatMap(([noise, frame]) => [noise, encodeWiredFrame(frame)]));
      const events = feed(line);
      expect(events.flatMap((event) => (event.kind === "frame" ? [event.frame] : []))).toEqual(
        list.map(([, frame]) => frame),
      );
      expect(events.some(({ kind }) => kind === "damaged")).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("the cut of the line does not matter, and every byte is told once", () => {
  // The same telegram would come or not, as the system hands on its bytes.
  const lines = fc
    .array(fc.oneof(nastyBytes, wiredFrames.map(encodeWiredFrame)), { maxLength: 6 })
    .map((parts) => concatBytes(...parts));
  fc.assert(
    fc.property(lines, fc.array(fc.nat(), { maxLength: 12 }), (line, cuts) => {
      const whole = feed(line);
      expect(essence(feed(...cutAt(line, cuts)))).toEqual(essence(whole));
      expect(essence(feed(...Array.from(line, (byte) => Uint8Array.of(byte))))).toEqual(essence(whole));
      let at = 0;
      for (const event of whole) {
        expect(event.offset).toBe(at);
        expect(toHex(event.bytes)).toBe(toHex(line.subarray(at, at + event.byteLength)));
        at += event.byteLength;
      }
      expect(at).toBe(line.length);
    }),
    { numRuns: 5_000 },
  );
});

const answer = encodeWiredFrame(longFrame({ c: 0x08, a: 5, ci: 0x72, data: fromHex("7856341224400107550000000c13") }));

test("no changed bit passes, and the next frame is found", () => {
  // A wrong reading would be taken for the meter's, or one disturbance would cost the telegram after it.
  for (let bit = 0; bit < answer.length * 8; bit++) {
    const changed = answer.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const events = feed(changed, answer);
    const frames = events.flatMap((event) => (event.kind === "frame" ? [event] : []));
    // An octet of the data that is an E5 by itself is one only outside of frames: the head was what changed.
    const long = frames.filter(({ frame }) => frame.kind !== "acknowledge");
    expect(long.map(({ offset }) => offset)).toEqual([answer.length]);
  }
});

test("a frame that lost bytes costs itself only", () => {
  // Two telegrams would be lost for one missing byte.
  for (let lost = 0; lost < answer.length; lost++) {
    const cut = concatBytes(answer.subarray(0, lost), answer.subarray(lost + 1));
    const frames = feed(cut, answer, answer).filter(({ kind }) => kind === "frame");
    expect(frames.map(({ offset }) => offset).slice(-2)).toEqual([cut.length, cut.length + answer.length]);
  }
});

test("a frame that never ends is told as cut", () => {
  // Who listens would wait for ever, or not learn that something was there.
  for (let length = 1; length < answer.length; length++) {
    expect(() => decodeWiredFrame(answer.subarray(0, length))).toThrow(DecodeError);
    const events = feed(answer.subarray(0, length));
    expect(events.map(({ kind }) => kind)).toEqual(["damaged"]);
    expect(events[0]).toMatchObject({ error: { code: "truncated", where: { offset: length } } });
  }
});

test.each([
  ["", "truncated", 0],
  ["e5e5", "trailing-bytes", 1],
  ["1040fe3f16", "bad-checksum", 3],
  ["1040fe3e17", "bad-framing", 4],
  ["6802026808018116", "bad-framing", 0],
  ["6803046808017281", "bad-framing", 0],
  ["00", "bad-framing", 0],
])("%s is no frame: %s", (hex, code, offset) => {
  // The reason in a log would send people to the wrong place.
  expect(() => decodeWiredFrame(fromHex(hex))).toThrow(
    expect.objectContaining({ code, where: expect.objectContaining({ offset }) as unknown }),
  );
});

test("a stranger's line makes no memory grow", () => {
  // A gateway would run out of memory on a line of nothing but starts.
  for (const byte of [0x68, 0x10, 0xe5, 0xff]) {
    const framer = new WiredFramer();
    for (let chunk = 0; chunk < 200; chunk++) framer.push(new Uint8Array(500).fill(byte));
    expect(framer.pendingBytes).toBeLessThan(2 * 261);
  }
});

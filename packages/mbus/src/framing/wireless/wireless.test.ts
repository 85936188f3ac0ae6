import { DecodeError, equalBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressOfMeterId,
  addressText,
  linkAddressOctets,
  meterIdOf,
  transportAddressAt,
  transportAddressOctets,
} from "./address.ts";
import { type CutEvent, WirelessCutter } from "./cutter.ts";
import { unwrapFrame, wirelessFormats, wrapFrame } from "./formats.ts";
import { HexLines } from "./hex-lines.ts";
import { control, controlMeaning, linkFrame, linkHeaderOf, withFrameCount } from "./link.ts";
import { decodeThreeOfSix, encodeThreeOfSix } from "./three-of-six.ts";

const address = { manufacturer: 0x1593, identification: 0x12345678, version: 0x33, deviceType: 0x03 };
const content = fc.uint8Array({ minLength: 1, maxLength: 240 });
const codes = (events: readonly CutEvent[]) =>
  events.map((event) => (event.kind === "damaged" ? event.error.code : event.kind));

describe("formats", () => {
  test("what is written is read, whichever the format, and auto says which it was", () => {
    // A telegram of a certain length would be lost, or its last octets.
    fc.assert(
      fc.property(content, (octets) => {
        const plain = linkFrame({ control: control.sndNr, address }, octets);
        for (const format of wirelessFormats) {
          const line = wrapFrame(plain, format);
          expect(line.length).toBeLessThanOrEqual(format === "a" ? 288 : 256);
          for (const asked of [format, "auto"] as const) {
            const frame = unwrapFrame(line, { format: asked });
            expect([frame.format, toHex(frame.octets)]).toEqual([format, toHex(plain)]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test("the example of the standard", () => {
    // Checksums would be those of another polynomial or order, and no receiver would believe us.
    const line = fromHex(
      "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A",
    );
    const frame = unwrapFrame(line, { format: "a" });
    expect(frame.octets.length).toBe(0x2f);
    expect(equalBytes(wrapFrame(frame.octets, "a"), line)).toBe(true);
    expect(linkHeaderOf(frame.octets)).toEqual({ control: 0x44, address });
  });

  test("every flipped bit is seen, every prefix is cut", () => {
    // A damaged telegram would be billed.
    const plain = linkFrame({ control: control.sndNr, address }, new Uint8Array(150).fill(0x55));
    for (const format of ["a", "b"] as const) {
      const line = wrapFrame(plain, format);
      for (let bit = 8; bit < line.length * 8; bit++) {
        const changed = line.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => unwrapFrame(changed, { format })).toThrow(expect.objectContaining({ code: "bad-checksum" }));
      }
      for (let length = 0; length < line.length; length++) {
        expect(() => unwrapFrame(line.subarray(0, length), { format })).toThrow(DecodeError);
      }
    }
  });

  test("signal strength behind a frame is handed on where the receiver says so, and refused otherwise", () => {
    // A dongle's own octets would become records, or make its telegrams unreadable.
    const plain = linkFrame({ control: control.sndNr, address }, fromHex("780C1427048502"));
    const line = Uint8Array.of(...wrapFrame(plain, "a"), 0xd5, 0x01);
    expect(toHex(unwrapFrame(line, { trailingBytes: 2 }).trailing)).toBe("d501");
    expect(toHex(unwrapFrame(line, { maxTrailingBytes: 4 }).trailing)).toBe("d501");
    expect(() => unwrapFrame(line)).toThrow(expect.objectContaining({ code: "trailing-bytes" }));
    expect(() => unwrapFrame(line, { maxTrailingBytes: 1 })).toThrow(
      expect.objectContaining({ code: "trailing-bytes" }),
    );
  });

  test("the longest frames", () => {
    // The end of a long telegram would fall off.
    const longest = linkFrame({ control: 0x44, address }, new Uint8Array(246));
    expect(longest.length).toBe(256);
    expect(unwrapFrame(wrapFrame(longest, "a")).octets.length).toBe(256);
    expect(() => wrapFrame(longest, "b")).toThrow(expect.objectContaining({ code: "too-long" }));
    expect(wrapFrame(longest.subarray(0, 252).with(0, 251), "b").length).toBe(256);
    expect(() => linkFrame({ control: 0x44, address }, new Uint8Array(247))).toThrow(
      expect.objectContaining({ code: "too-long" }),
    );
    expect(() => unwrapFrame(Uint8Array.of(8, 0x44))).toThrow(expect.objectContaining({ code: "wrong-length" }));
  });
});

describe("the cutter", () => {
  const frames = [fromHex("780C1427048502"), new Uint8Array(120).fill(0x2f), new Uint8Array(1)].map((octets) =>
    linkFrame({ control: control.sndNr, address }, octets),
  );

  test("the cut of the line does not matter, nor does noise between frames", () => {
    // A telegram would be lost because of how the serial port delivers its octets.
    fc.assert(
      fc.property(
        fc.constantFrom(...wirelessFormats, "auto" as const),
        fc.array(fc.nat(40), { maxLength: 60 }),
        fc.constantFrom(0, 3),
        (format, cuts, noise) => {
          const written = format === "auto" ? "a" : format;
          const gap = new Uint8Array(noise).fill(0x01);
          const stream = frames.flatMap((plain) => [...wrapFrame(plain, written), ...gap]);
          const cutter = new WirelessCutter({ format });
          const events: CutEvent[] = [];
          let at = 0;
          for (const length of cuts) {
            events.push(...cutter.push(Uint8Array.from(stream.slice(at, at + length))));
            at += length;
          }
          events.push(...cutter.push(Uint8Array.from(stream.slice(at))), ...cutter.flush());
          const read = events.flatMap((event) => (event.kind === "frame" ? [toHex(event.frame.octets)] : []));
          expect(read).toEqual(frames.map(toHex));
          expect(cutter.pendingBytes).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a damaged frame is told, and the next one read", () => {
    // One disturbance would cost all telegrams after it.
    const line = wrapFrame(frames[1]!, "a");
    line[30]! ^= 1;
    const cutter = new WirelessCutter({ format: "a" });
    const events = cutter.push(Uint8Array.of(...line, ...wrapFrame(frames[0]!, "a")));
    expect(codes(events)).toEqual(["bad-checksum", "frame"]);
    expect(codes(new WirelessCutter().push(wrapFrame(frames[0]!, "none")))).toEqual(["frame"]);
    const short = new WirelessCutter();
    expect(short.push(linkFrame({ control: control.sndNke, address }))).toEqual([]);
    expect(codes(short.flush())).toEqual(["frame"]);
    const cut = new WirelessCutter({ format: "none" });
    expect(cut.push(frames[1]!.subarray(0, 40))).toEqual([]);
    expect(codes(cut.flush())).toEqual(["truncated"]);
  });

  test("noise is bounded and offsets are those of the stream", () => {
    // A line without frames would fill the memory.
    const cutter = new WirelessCutter({ format: "a" });
    const noise = new Uint8Array(10_000).fill(0xff);
    const events = cutter.push(noise);
    expect(cutter.pendingBytes).toBeLessThan(300);
    const [frame] = cutter.push(wrapFrame(frames[0]!, "a")).filter(({ kind }) => kind === "frame");
    expect(frame?.offset).toBe(10_000);
    expect(codes(events)).toEqual(["noise"]);
  });
});

describe("3 of 6", () => {
  test("both ways, and the table", () => {
    // Mode T would not be understood.
    expect(toHex(encodeThreeOfSix(fromHex("0123456789ABCDEF")))).toBe("58d38b719693b259a3d31ca9");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const chips = encodeThreeOfSix(octets);
        expect(chips.length).toBe(Math.ceil(octets.length * 1.5));
        expect(toHex(decodeThreeOfSix(chips).subarray(0, octets.length))).toBe(toHex(octets));
      }),
    );
  });

  test("every code has three ones, and one wrong chip is never another code", () => {
    // A disturbance would be read as other data before any checksum.
    for (let octet = 0; octet < 256; octet++) {
      const chips = encodeThreeOfSix(Uint8Array.of(octet, 0));
      for (let chip = 0; chip < 12; chip++) {
        const changed = chips.slice();
        changed[chip >> 3]! ^= 0x80 >> (chip & 7);
        expect(() => decodeThreeOfSix(changed)).toThrow(expect.objectContaining({ code: "bad-framing" }));
      }
    }
  });
});

test("addresses in both orders, and the id that readings carry", () => {
  // A meter's readings would be another meter's.
  expect(toHex(linkAddressOctets(address))).toBe("9315785634123303");
  expect(toHex(transportAddressOctets(address))).toBe("7856341293153303");
  expect(transportAddressAt(transportAddressOctets(address), 0)).toEqual(address);
  const id = meterIdOf(address);
  expect(id.toString()).toBe("7ELS3312345678");
  expect(addressOfMeterId(id)).toEqual(address);
  expect(addressText(address)).toBe("9315785634123303");
  expect(() => linkAddressOctets({ ...address, version: 256 })).toThrow(
    expect.objectContaining({ code: "out-of-range" }),
  );
});

test("C fields", () => {
  // The gateway would answer what asks for nothing.
  expect(controlMeaning(0x44)).toEqual({ name: "SND-NR", toMeter: false });
  expect(controlMeaning(0x38)).toEqual({ name: "RSP-UD", toMeter: false });
  expect(controlMeaning(0x73)).toEqual({ name: "SND-UD", toMeter: true });
  expect(controlMeaning(0xff)).toBeUndefined();
  expect([withFrameCount(control.sndUd, true), withFrameCount(0x7b, false)]).toEqual([0x73, 0x5b]);
});

describe("lines of hex", () => {
  const text = (value: string) => new TextEncoder().encode(value);

  test("blanks, comments, empty lines, cuts anywhere", () => {
    // A pasted capture would not be read.
    const input = "2e44 9315 # first\r\n\n# only a comment\n0x0102\nzz\nff";
    for (let cut = 0; cut <= input.length; cut++) {
      const lines = new HexLines();
      const all = [...lines.push(text(input.slice(0, cut))), ...lines.push(text(input.slice(cut))), ...lines.flush()];
      expect(all.map((line) => (line.kind === "octets" ? toHex(line.octets) : line.error.code))).toEqual([
        "2e449315",
        "0102",
        "wrong-type",
        "ff",
      ]);
      expect(all.map(({ offset }) => offset)).toEqual([0, 37, 44, 47]);
    }
  });

  test("a line without end costs nothing", () => {
    // A binary file would fill the memory.
    const lines = new HexLines();
    for (let round = 0; round < 100; round++) expect(lines.push(new Uint8Array(1000).fill(0x41))).toEqual([]);
    expect(lines.pendingBytes).toBeLessThanOrEqual(1024);
    expect(lines.push(text("\n01\n")).map(({ kind }) => kind)).toEqual(["error", "octets"]);
  });
});

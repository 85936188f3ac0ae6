import { concatBytes, crc16X25, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type FrameEvent, type FramerOptions, SmlFramer } from "../src/framing/framer.ts";
import { wrapFile } from "../src/framing/wrap.ts";
import { reframed } from "./build.ts";

const start = "1b1b1b1b 01010101";

test.each([
  ["12345678", "1b1b1b1b01010101123456781b1b1b1b1a00b87b"],
  ["", "1b1b1b1b010101011b1b1b1b1a00c6e5"],
  ["121b1b1b1b", "1b1b1b1b01010101121b1b1b1b1b1b1b1b0000001b1b1b1b1a03be25"],
])("a payload of %s goes on the line as the standard says", (payload, line) => {
  // If this failed, no meter and no other reader would understand our files, nor we theirs.
  expect(toHex(wrapFile(fromHex(payload)))).toBe(line);
  expect(summary(feed([fromHex(line)]))).toEqual([`file 0+${line.length / 2} x25 ${payload}`]);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13])("%i bytes 1b at the end of a payload are payload", (count) => {
  // Otherwise a meter whose last byte happens to be 1b would lose a file now and then.
  for (let before = 0; before < 8; before++) {
    const payload = concatBytes(new Uint8Array(before).fill(0x33), new Uint8Array(count).fill(0x1b));
    expect(payloads(feed([wrapFile(payload)]))).toEqual([toHex(payload)]);
  }
});

test.each([0, 1, 2, 3, 4, 5, 7, 8])("four 1b at alignment %i are escaped and come back", (before) => {
  // Otherwise a counter that shows 1b1b1b1b would end the file, or gain four bytes.
  const payload = concatBytes(new Uint8Array(before).fill(0x44), fromHex("1b1b1b1b 1a000000"));
  expect(payloads(feed([wrapFile(payload)]))).toEqual([toHex(payload)]);
});

test.each([1, 2, 3, 4, 5])("%i stray 1b before a start mark do not hide the file", (count) => {
  // Noise on an idle line would cost the file behind it.
  const events = feed([concatBytes(new Uint8Array(count).fill(0x1b), wrapFile(fromHex("77")))]);
  expect(summary(events)).toEqual([`noise 0+${count}`, `file ${count}+20 x25 77`]);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 12])(
  "a file cut in a run of %i bytes 1b does not take the next one along",
  (cut) => {
    // A lost end mark makes the next start mark look like escaped payload: one lost file must not become two.
    const lost = concatBytes(fromHex(`${start} 11223344`), new Uint8Array(cut).fill(0x1b));
    const events = feed([concatBytes(lost, wrapFile(fromHex("7788")))]);
    expect(payloads(events)).toEqual(["7788"]);
    expect(events.filter((event) => event.kind === "damaged")).toHaveLength(1);
  },
);

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
  "%i bytes lost at the end of a file leave the next one whole",
  (lost) => {
    // What stands where the checksum should be may be the start mark of the next file.
    const events = feed([concatBytes(wrapFile(fromHex("11223344")).slice(0, -lost), wrapFile(fromHex("7788")))]);
    expect(payloads(events)).toEqual(["7788"]);
  },
);

test("a start mark inside a file ends it as truncated and begins the next", () => {
  // A meter that was switched off and on would lose its first telegram.
  const events = feed([concatBytes(fromHex(`${start} 1122`), wrapFile(fromHex("77")))]);
  expect(summary(events)).toEqual(["damaged 0+10 truncated@14", "file 10+20 x25 77"]);
});

const hostile: readonly (readonly [string, string, readonly string[]])[] = [
  ["end of stream inside a file", `${start} 112233`, ["damaged 0+11 truncated@11"]],
  ["end of stream inside an end mark", `${start} 11223344 1b1b1b1b 1a00`, ["damaged 0+18 truncated@18"]],
  ["wrong checksum", `${start} 12345678 1b1b1b1b 1a00 0000`, ["damaged 0+20 bad-checksum@18"]],
  ["unknown escape code", `${start} 11223344 1b1b1b1b 99999999`, ["damaged 0+12 bad-framing@16", "noise 12+8"]],
  ["timeout of version 2", `${start} 1b1b1b1b 03000010`, ["damaged 0+8 bad-framing@12", "noise 8+8"]],
  ["version 2", "1b1b1b1b 02020202 76", ["damaged 0+8 unsupported-version@4", "noise 8+1"]],
  [
    "version 2 inside a file",
    `${start} 11 1b1b1b1b 02020202`,
    ["damaged 0+9 truncated@13", "damaged 9+8 unsupported-version@13"],
  ],
  ["no mark at all", "00112233445566", ["noise 0+7"]],
  ["marks that are cut", "1b1b1b1b 010101", ["noise 0+7"]],
];

test.each(hostile)("%s is told as what it is", (_, line, expected) => {
  // The person with the cable would be told another cause than the real one.
  expect(summary(feed([fromHex(line)]))).toEqual(expected);
});

test.each([
  ["the end is not at a multiple of four", `${start} 112233 1b1b1b1b 1a00`, "bad-framing@11"],
  ["more than three fill bytes", `${start} 0000000000000000 1b1b1b1b 1a04`, "bad-framing@16"],
  ["a fill byte is not zero", `${start} 11220100 1b1b1b1b 1a02`, "bad-framing@10"],
  ["more fill than payload", `${start} 1b1b1b1b 1a02`, "bad-framing@13"],
])("a file is refused although its checksum is right: %s", (_, head, expected) => {
  // Two readers would take different payloads from one file under one checksum.
  const line = reframed(concatBytes(fromHex(head), new Uint8Array(2)));
  expect(summary(feed([line]))).toEqual([`damaged 0+${line.length} ${expected}`]);
});

test("Kermit is accepted by name, and refused in strict mode", () => {
  // Early Holley meters could not be read, or a wrong checksum would pass where it must not.
  const line = reframed(wrapFile(fromHex("112233")), "kermit");
  expect(summary(feed([line]))).toEqual([`file 0+20 kermit 112233`]);
  expect(summary(feed([line], { strict: true }))).toEqual([`damaged 0+20 bad-checksum@18`]);
});

test("a file of exactly the maximum passes, one byte group more does not", () => {
  // An endless file would fill the memory of a gateway; a limit one too low would lose the longest good file.
  const line = wrapFile(new Uint8Array(40).fill(0x55));
  expect(payloads(feed([line], { maxFileBytes: line.length }))).toHaveLength(1);
  const events = feed([concatBytes(line, wrapFile(fromHex("77")))], { maxFileBytes: line.length - 1 });
  expect(summary(events)[0]).toBe(`damaged 0+${line.length - 8} too-long@${line.length - 1}`);
  expect(payloads(events)).toEqual(["77"]);
});

test("a maximum below the shortest file neither hangs nor hides that the file was too long", () => {
  // A wrong setting would stop the gateway for good.
  const events = feed([wrapFile(fromHex("1122334455667788"))], { maxFileBytes: 0 });
  expect(events[0]).toMatchObject({ kind: "damaged", error: { code: "too-long" } });
});

test("a start mark across the limit of a file that is too long is found", () => {
  // The first good telegram behind an endless one would be lost whenever it begins just there.
  const next = wrapFile(fromHex("7601"));
  for (let between = 40; between < 60; between++) {
    const line = concatBytes(fromHex(start), new Uint8Array(between).fill(0x55), next);
    expect(payloads(feed([line], { maxFileBytes: 64 }))).toEqual(["7601"]);
  }
});

test("start marks hidden by the hundred cost a bounded number of looks at each byte", () => {
  // A stranger could stop the gateway with one file that is searched again for each of its start marks.
  const inner = Array.from({ length: 800 }, () => fromHex("1b1b1b1b 1b1b1b1b 01010101 76"));
  const { events, bytesRead } = countReads(concatBytes(fromHex(start), ...inner, fromHex("1b1b1b1b 1a000000")));
  expect(payloads(events)).toEqual([]);
  expect(events.length).toBeLessThan(10);
  expect(bytesRead).toBeLessThan(20 * 13 * inner.length);
});

test("a long run of 1b costs a bounded number of looks at each byte", () => {
  // A stranger could stop the gateway by sending one byte over and over.
  const line = concatBytes(fromHex(start), new Uint8Array(8000).fill(0x1b), fromHex("22 1b1b1b1b 1a000000"));
  expect(countReads(line).bytesRead).toBeLessThan(20 * line.length);
});

test("wrap and push are inverse, wherever the line is cut", () => {
  // Readings would be lost or changed depending on how the serial port happens to deliver.
  fc.assert(
    fc.property(nasty, cuts, (payload, at) => {
      const line = wrapFile(payload);
      expect(summary(feed(cutAt(line, at)))).toEqual([`file 0+${line.length} x25 ${toHex(payload)}`]);
    }),
    { numRuns: 4000 },
  );
});

test("the cut of the line does not matter for any bytes", () => {
  // One and the same recording would give different values live and from a file.
  fc.assert(
    fc.property(nastyStream, cuts, limits, (line, at, maxFileBytes) => {
      expect(joinedNoise(feed(cutAt(line, at), { maxFileBytes }))).toEqual(joinedNoise(feed([line], { maxFileBytes })));
    }),
    { numRuns: 4000 },
  );
});

test("every byte of the stream is in exactly one event, and events say the bytes they stand for", () => {
  // Lost bytes would not be counted, and a dump of the damage would show other bytes than came.
  fc.assert(
    fc.property(nastyStream, cuts, limits, (line, at, maxFileBytes) => {
      let next = 0;
      for (const event of feed(cutAt(line, at), { maxFileBytes })) {
        expect(event.offset).toBe(next);
        expect(event.byteLength).toBeGreaterThan(0);
        next += event.byteLength;
        if (event.kind !== "file") expect(toHex(event.bytes)).toBe(toHex(line.subarray(event.offset, next)));
      }
      expect(next).toBe(line.length);
    }),
    { numRuns: 4000 },
  );
});

test("what is held back is bounded by the longest file", () => {
  // A line that never ends a file would fill the memory.
  fc.assert(
    fc.property(nastyStream, cuts, (line, at) => {
      const framer = new SmlFramer({ maxFileBytes: 32 });
      for (const chunk of cutAt(line, at)) {
        framer.push(chunk);
        expect(framer.pendingBytes).toBeLessThan(32);
      }
      framer.flush();
      expect(framer.pendingBytes).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test("views stay true after later pushes", () => {
  // A reading kept for a moment would silently become that of the next telegram.
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 8 }), cuts, (contents, at) => {
      const framer = new SmlFramer();
      const events = cutAt(concatBytes(...contents.map(wrapFile)), at).flatMap((chunk) => framer.push(chunk));
      expect(payloads(events)).toEqual(contents.map(toHex));
    }),
    { numRuns: 1000 },
  );
});

test("a good file is found behind any damage that ended or paused before it", () => {
  // After a disturbance the meter would stay silent for more than the disturbed telegram.
  fc.assert(
    fc.property(nastyStream, nasty, (before, payload) => {
      const framer = new SmlFramer();
      framer.push(before);
      framer.flush();
      expect(payloads(framer.push(wrapFile(payload)))).toEqual([toHex(payload)]);
    }),
    { numRuns: 1000 },
  );
});

test("streamOffset names the byte of the stream that a payload byte came from", () => {
  // Offsets in errors would point a person to the wrong byte of his dump.
  fc.assert(
    fc.property(nastyStream, nasty, (before, payload) => {
      const framer = new SmlFramer();
      framer.push(before);
      framer.flush();
      const line = wrapFile(payload);
      const [event] = framer.push(line);
      if (event?.kind !== "file") throw new Error("the file was not found");
      event.payload.forEach((byte, at) => expect(line[event.streamOffset(at) - before.length]).toBe(byte));
      const places = Array.from(event.payload, (_, at) => event.streamOffset(at));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(new Set(places).size).toBe(places.length);
    }),
    { numRuns: 1000 },
  );
});

test("a file event always carries a payload that the same bytes were made from", () => {
  // A stranger could craft bytes that pass as a file although no encoder would write them.
  fc.assert(
    fc.property(nastyTokens, (tokens) => {
      const body = concatBytes(fromHex(start), ...tokens);
      const padded = concatBytes(body, new Uint8Array((4 - (body.length % 4)) % 4));
      const line = reframed(
        concatBytes(padded, fromHex("1b1b1b1b 1a"), Uint8Array.of(padded.length - body.length, 0, 0)),
      );
      for (const event of feed([line])) {
        if (event.kind === "file" && event.checksum === "x25") {
          const again = wrapFile(event.payload);
          expect(crc16X25.of(again)).toBe(crc16X25.of(line.subarray(event.offset, event.offset + event.byteLength)));
          expect(again.length).toBe(event.byteLength);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

/** Four bytes of which marks are made: uniform bytes would hardly ever form one. */
const nastyByte = fc.constantFrom(0x1b, 0x1b, 0x1a, 0x01, 0x00, 0x02, 0x03);
const nasty = fc.array(nastyByte, { maxLength: 64 }).map((bytes) => Uint8Array.from(bytes));
const nastyTokens = fc.array(
  fc.oneof(
    nastyByte.map((byte) => Uint8Array.of(byte)),
    fc
      .constantFrom(start, "1b1b1b1b 02020202", "1b1b1b1b", "1b1b1b1b 1b1b1b1b", "1b1b1b1b 1a", "1a00c6e5")
      .map(fromHex),
  ),
  { maxLength: 12 },
);
const nastyStream = fc
  .array(
    fc.oneof(
      nastyTokens.map((tokens) => concatBytes(...tokens)),
      nasty.map(wrapFile),
    ),
    { maxLength: 5 },
  )
  .map((parts) => concatBytes(...parts));
const cuts = fc.array(fc.nat(200), { maxLength: 12 });
const limits = fc.constantFrom(16, 24, 32, 65_536);

function feed(chunks: readonly Uint8Array[], options: FramerOptions = {}): FrameEvent[] {
  const framer = new SmlFramer(options);
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.flush()];
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.slice(places[index], to));
}

function payloads(events: readonly FrameEvent[]): string[] {
  return events.flatMap((event) => (event.kind === "file" ? [toHex(event.payload)] : []));
}

/** One line an event, so that a failing test shows what happened. */
function summary(events: readonly FrameEvent[]): string[] {
  return events.map((event) => {
    const place = `${event.kind} ${event.offset}+${event.byteLength}`;
    if (event.kind === "noise") return place;
    return event.kind === "file"
      ? `${place} ${event.checksum} ${toHex(event.payload)}`
      : `${place} ${event.error.code}@${event.error.where.offset}`;
  });
}

/** Noise is told as soon as it is certain, so its pieces follow the cuts; together they do not. */
function joinedNoise(events: readonly FrameEvent[]): string[] {
  const joined: { kind: string; offset: number; byteLength: number; line: string }[] = [];
  for (const [index, event] of events.entries()) {
    const last = joined.at(-1);
    if (last?.kind === "noise" && event.kind === "noise") last.byteLength += event.byteLength;
    else
      joined.push({
        kind: event.kind,
        offset: event.offset,
        byteLength: event.byteLength,
        line: summary(events)[index]!,
      });
  }
  return joined.map((one) => (one.kind === "noise" ? `noise ${one.offset}+${one.byteLength}` : one.line));
}

/** Feeds bytes that count how often an element is read; what engines search natively is not counted. */
function countReads(line: Uint8Array): { events: FrameEvent[]; bytesRead: number } {
  let bytesRead = 0;
  const counting = new Proxy(line, {
    get(target, name) {
      if (typeof name === "string" && /^\d+$/.test(name)) bytesRead++;
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  return { events: feed([counting]), bytesRead };
}

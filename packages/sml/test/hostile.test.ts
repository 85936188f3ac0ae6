import { concatBytes, DecodeError } from "@siegel/wire";
import { describe, expect, test } from "vitest";
import { type FrameEvent, SmlFramer } from "../src/framing/framer.ts";
import { decodeFile, type SmlFile } from "../src/messages/file.ts";
import { pushed, energy, list } from "./build.ts";
import { plain } from "./plain.ts";
import { quirks } from "./quirks.ts";

describe.each(quirks())("$name", ({ file }) => {
  const payload = payloadOf(file);

  test("no prefix is a file, and each is told", () => {
    // Half a telegram would be taken for a whole one.
    for (let end = 1; end < file.length; end++) {
      const events = feed(file.subarray(0, end));
      expect(events.map(({ kind }) => kind)).not.toContain("file");
      expect(events.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(end);
    }
  });

  test("no flipped bit goes unnoticed on the line", () => {
    // One disturbed bit would change a reading.
    for (const flipped of everyFlip(file)) expect(feed(flipped).some(({ kind }) => kind === "file")).toBe(false);
  });

  test("no flipped bit goes unnoticed in the messages", () => {
    // The checksum of the message is all that is left where the transport is another one.
    for (const flipped of everyFlip(payload)) expect(refused(() => decodeFile(flipped, { strict: true }))).toBe(true);
  });

  test("every prefix and every flipped bit of the messages gives messages or our errors", () => {
    // A stranger's bytes would end the program.
    for (let end = 0; end < payload.length; end++) expectBounded(decodeFile(payload.subarray(0, end)), end);
    for (const flipped of everyFlip(payload)) expectBounded(decodeFile(flipped), payload.length);
  });
});

test("a file behind any damaged one is found", () => {
  // One disturbed bit would cost two telegrams.
  const good = pushed(list([energy(4711)]));
  const wanted = plain(decodeFile(payloadOf(good)).messages);
  for (const flipped of everyFlip(pushed(list([energy(1)])))) {
    const found = feed(concatBytes(flipped, good)).filter((event) => event.kind === "file");
    expect(found.map(({ payload }) => plain(decodeFile(payload).messages))).toEqual([wanted]);
  }
});

function* everyFlip(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << bit;
      yield flipped;
    }
  }
}

function feed(bytes: Uint8Array): FrameEvent[] {
  const framer = new SmlFramer();
  return [...framer.push(bytes), ...framer.flush()];
}

function payloadOf(file: Uint8Array): Uint8Array {
  const [event] = feed(file);
  if (event?.kind !== "file") throw new Error("no file was found");
  return event.payload;
}

function refused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return true;
  }
}

/** No more of anything than the bytes can stand for. */
function expectBounded(file: SmlFile, byteLength: number): void {
  expect(file.messages.length + file.errors.length).toBeLessThanOrEqual(1 + byteLength / 7);
  expect(file.deviations.length).toBeLessThanOrEqual(2 + byteLength);
}

/** Frames for tests: as values, drawn from what the line's grammar finds difficult. */

import fc from "fast-check";
import { longFrame, type WiredFrame } from "../../src/framing/wired/frame.ts";
import { type WiredEvent, WiredFramer } from "../../src/framing/wired/framer.ts";

const octet = fc.integer({ min: 0, max: 255 });
/** Starts, stops, acknowledgements, and what makes lengths. */
const nastyOctet = fc.constantFrom(0x68, 0x10, 0x16, 0xe5, 0x03, 0x04, 0x40, 0x5b, 0x00, 0xff);

export const wiredFrames: fc.Arbitrary<WiredFrame> = fc.oneof(
  fc.constant<WiredFrame>({ kind: "acknowledge" }),
  fc.record({ kind: fc.constant("short" as const), c: octet, a: octet }),
  fc
    .record({ c: octet, a: octet, ci: octet, data: fc.uint8Array({ maxLength: 252 }) })
    .map((frame) => longFrame(frame)),
  fc
    .record({ c: nastyOctet, a: nastyOctet, ci: nastyOctet, data: fc.array(nastyOctet, { maxLength: 20 }) })
    .map(({ data, ...frame }) => longFrame({ ...frame, data: Uint8Array.from(data) })),
);

export const nastyBytes = fc.array(nastyOctet, { maxLength: 40 }).map((bytes) => Uint8Array.from(bytes));

/** Bytes that begin no frame. */
export const quietNoise = fc
  .array(
    octet.filter((byte) => byte !== 0x68 && byte !== 0x10 && byte !== 0xe5),
    { maxLength: 8 },
  )
  .map((bytes) => Uint8Array.from(bytes));

export function feed(...chunks: readonly Uint8Array[]): WiredEvent[] {
  const framer = new WiredFramer();
  return [...chunks.flatMap((chunk) => framer.push(chunk.slice())), ...framer.flush()];
}

export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => (bytes.length === 0 ? 0 : cut % bytes.length)))].toSorted(
    (a, b) => a - b,
  );
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

/** Frames and damage; noise, which a cut may divide, as a count. */
export function essence(events: readonly WiredEvent[]): unknown {
  let noise = 0;
  const said: unknown[] = [];
  for (const event of events) {
    if (event.kind === "noise") noise += event.byteLength;
    else if (event.kind === "frame") said.push([event.offset, event.frame]);
    else said.push([event.offset, event.byteLength, event.error.code, event.error.where]);
  }
  return { noise, said };
}

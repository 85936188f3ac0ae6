/** Checksums against published check values and against a register that is turned bit by bit. */

import fc from "fast-check";
import { expect, test } from "vitest";

import { type Crc16, crc16Arc, crc16En13757, crc16Kermit, crc16X25 } from "./crc16.ts";

interface Kind {
  readonly crc: Crc16;
  readonly check: number;
  /** Polynomial as printed, highest power left out, most significant bit first. */
  readonly poly: number;
  readonly lowBitFirst: boolean;
  readonly start: number;
  readonly finalXor: number;
}

/** The table in the header of crc16.ts, written a second time by hand. */
const kinds: readonly Kind[] = [
  { crc: crc16X25, check: 0x906e, poly: 0x1021, lowBitFirst: true, start: 0xffff, finalXor: 0xffff },
  { crc: crc16Kermit, check: 0x2189, poly: 0x1021, lowBitFirst: true, start: 0, finalXor: 0 },
  { crc: crc16Arc, check: 0xbb3d, poly: 0x8005, lowBitFirst: true, start: 0, finalXor: 0 },
  { crc: crc16En13757, check: 0xc2b7, poly: 0x3d65, lowBitFirst: false, start: 0, finalXor: 0xffff },
];
const named = kinds.map((kind) => [kind.crc.name, kind] as const);
const octets = fc.uint8Array({ maxLength: 70 });

test.each(named)("%s of 123456789", (_name, { crc, check }) => {
  // No telegram of any meter would pass its checksum.
  expect(crc.of(new TextEncoder().encode("123456789"))).toBe(check);
});

test.each(named)("%s equals the bitwise register on every length", (_name, kind) => {
  // Eight bytes a step or the rest behind them would be wrong, and only for some lengths.
  fc.assert(
    fc.property(octets, (bytes) => {
      expect(kind.crc.of(bytes)).toBe(bitwise(kind, bytes));
    }),
  );
  for (let length = 0; length <= 33; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => 0xff - at);
    expect(kind.crc.of(bytes)).toBe(bitwise(kind, bytes));
  }
});

test.each(named)("%s does not depend on the pieces in which bytes come", (_name, { crc }) => {
  // A telegram cut by the serial port would be refused.
  fc.assert(
    fc.property(octets, fc.array(fc.nat(70), { maxLength: 6 }), (bytes, cuts) => {
      const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      let register = crc.start;
      for (let piece = 1; piece < edges.length; piece++) {
        register = crc.update(register, bytes, edges[piece - 1]!, edges[piece]!);
      }
      expect(crc.finish(register)).toBe(crc.of(bytes));
    }),
  );
});

test.each(named)("%s of a range looks at nothing outside it", (_name, { crc }) => {
  // A checksum in the middle of a file would take its neighbours in.
  fc.assert(
    fc.property(octets, octets, octets, (before, inner, after) => {
      const all = Uint8Array.from([...before, ...inner, ...after]);
      expect(crc.of(all, before.length, before.length + inner.length)).toBe(crc.of(inner));
    }),
  );
});

test.each(named)("%s sees every flipped bit and every two swapped neighbours", (_name, { crc }) => {
  // Noise on the optical head would pass as a reading.
  const bytes = Uint8Array.from({ length: 40 }, (_, at) => (at * 37) & 0xff);
  const good = crc.of(bytes);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const noisy = bytes.slice();
    noisy[bit >> 3]! ^= 1 << (bit & 7);
    expect(crc.of(noisy)).not.toBe(good);
  }
  for (let at = 1; at < bytes.length; at++) {
    const swapped = bytes.slice();
    [swapped[at - 1], swapped[at]] = [bytes[at]!, bytes[at - 1]!];
    expect(crc.of(swapped)).not.toBe(good);
  }
});

/** One bit at a time, as the standards draw it. */
function bitwise({ poly, lowBitFirst, start, finalXor }: Kind, bytes: Uint8Array): number {
  let register = start;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const next = (byte >> (lowBitFirst ? bit : 7 - bit)) & 1;
      if (lowBitFirst) {
        const out = (register ^ next) & 1;
        register = (register >> 1) ^ (out ? reversed(poly) : 0);
      } else {
        const out = ((register >> 15) ^ next) & 1;
        register = ((register << 1) & 0xffff) ^ (out ? poly : 0);
      }
    }
  }
  return register ^ finalXor;
}

function reversed(word: number): number {
  let result = 0;
  for (let bit = 0; bit < 16; bit++) if (word & (1 << bit)) result |= 1 << (15 - bit);
  return result;
}

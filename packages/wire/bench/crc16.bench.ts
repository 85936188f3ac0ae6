/** Checksums by eight tables, beside the usual loop over one table: the figure behind docs/decisions/0006. */

import type { BenchWork } from "../../../scripts/bench/types.ts";
import { crc16X25 } from "../src/index.ts";

const bytes = Uint8Array.from({ length: 1 << 20 }, (_, at) => Math.imul(at, 2_654_435_761) >>> 24);

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  return crc;
});

function byOneTable(): number {
  let crc = 0xffff;
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!;
  return crc ^ 0xffff;
}

const expected = byOneTable();

/** Uses the result, so that the engine cannot leave the work out. */
function round(checksum: number): number {
  if (checksum !== expected) throw new Error("the checksums differ");
  return bytes.length;
}

export const works: readonly BenchWork[] = [
  {
    name: "CRC-16/X.25 of 1 MiB",
    unit: "bytes",
    ours: () => round(crc16X25.of(bytes)),
    others: [{ name: "one table", run: () => round(byOneTable()) }],
    atLeast: { timesOther: { "one table": 1.5 } },
  },
];

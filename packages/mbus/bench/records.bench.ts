/**
 * Application data of plain telegrams to records, and to telegrams with names, OBIS codes and readings.
 *
 * No rival of another language is run here; decoders in JavaScript that read records alone are not on npm.
 */

import { MeterId } from "@siegel/readings";
import type { BenchWork } from "../../../scripts/bench/types.ts";
import { telegramOf } from "../src/meaning/telegram.ts";
import { decodeRecords } from "../src/records/decode.ts";
import { allocator, electricityMeter, heatMeter } from "../test/payloads.ts";

const mixture = [heatMeter, electricityMeter, allocator];
const rounds = 5000;
const meters = [0x04, 0x02, 0x08].map((type) =>
  MeterId.of(Uint8Array.of(1, 0x24, 0x23, 0x78, 0x56, 0x34, 0x12, 1, type)),
);

function records(): number {
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    for (const data of mixture) count += decodeRecords(data).records.length;
  }
  if (count !== rounds * recordsOfMixture) throw new Error("records are missing");
  return rounds * mixture.length;
}

function telegrams(): number {
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [index, data] of mixture.entries()) {
      const list = decodeRecords(data);
      count += telegramOf({ link: "wireless", meter: meters[index]!, records: list, status: 0, access: 1 }).values
        .length;
    }
  }
  if (count !== rounds * recordsOfMixture) throw new Error("values are missing");
  return rounds * mixture.length;
}

const recordsOfMixture = mixture.reduce((sum, data) => sum + decodeRecords(data).records.length, 0);

export const works: readonly BenchWork[] = [
  { name: "M-Bus records", unit: "telegrams", ours: records, others: [], atLeast: { perCpuSecond: 200_000 } },
  {
    name: "M-Bus records to values",
    unit: "telegrams",
    ours: telegrams,
    others: [],
    atLeast: { perCpuSecond: 100_000 },
  },
];

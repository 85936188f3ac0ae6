/** How fast day blocks are written and read, and what the plain ways to keep the same values cost. Unit: values. */

import type { BenchWork } from "../../../scripts/bench/types.ts";
import {
  type DayBlock,
  decodeDayBlock,
  encodeDayBlock,
  LocalDay,
  MeterId,
  ObisCode,
  unitOfCode,
} from "../src/index.ts";

const household = blockOf(householdSteps(96, 1), 900_000);
const seconds = blockOf(secondSteps(86_400, 2), 1000);

const stated = { perCpuSecond: 50e6 };

export const works: BenchWork[] = [
  ...worksFor("day block of 96 quarter hours", household, 2000),
  ...worksFor("day block of 86,400 seconds", seconds, 3),
];

function worksFor(name: string, block: DayBlock, repeats: number): BenchWork[] {
  const values = block.values as Float64Array; // made below, of safe integers
  const bytes = encodeDayBlock(block);
  const json = JSON.stringify({ ...headerOf(block), values: Array.from(values) });
  const deltas = varintDeltas(values);
  const words = int32Deltas(values);
  const round = (work: () => unknown) => () => {
    for (let count = 0; count < repeats; count++) work();
    return repeats * values.length;
  };
  return [
    {
      name: `encode ${name}`,
      unit: "values",
      ours: round(() => encodeDayBlock(block)),
      others: [
        {
          name: "JSON.stringify",
          run: round(() => JSON.stringify({ ...headerOf(block), values: Array.from(values) })),
        },
        { name: "varint deltas, no header", run: round(() => varintDeltas(values)) },
        { name: "DataView Int32 deltas, no header", run: round(() => int32Deltas(values)) },
      ],
      atLeast: stated,
    },
    {
      name: `decode ${name}`,
      unit: "values",
      ours: round(() => decodeDayBlock(bytes)),
      others: [
        { name: "JSON.parse", run: round(() => JSON.parse(json)) },
        { name: "varint deltas, no header", run: round(() => fromVarintDeltas(deltas, values.length)) },
        { name: "DataView Int32 deltas, no header", run: round(() => fromInt32Deltas(words)) },
      ],
      atLeast: stated,
    },
  ];
}

function headerOf(block: DayBlock): object {
  const { meter, obis, kind, scaler, day, periodMs, qualities, statuses } = block;
  return { meter: meter.id, obis: String(obis), kind, scaler, date: day.date, periodMs, qualities, statuses };
}

function varintDeltas(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  let at = 0;
  let last = 0;
  for (const value of values) {
    let rest = value - last;
    last = value;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[at++] = rest;
  }
  return bytes.slice(0, at);
}

function fromVarintDeltas(bytes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  let at = 0;
  let last = 0;
  for (let index = 0; index < count; index++) {
    let weight = 1;
    let byte: number;
    do {
      byte = bytes[at++]!;
      last += (byte & 127) * weight;
      weight *= 128;
    } while (byte > 127);
    values[index] = last;
  }
  return values;
}

function int32Deltas(values: Float64Array): DataView {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  let last = 0;
  for (let index = 0; index < values.length; index++) {
    view.setInt32(index * 4, values[index]! - last);
    last = values[index]!;
  }
  return view;
}

function fromInt32Deltas(view: DataView): Float64Array {
  const values = new Float64Array(view.byteLength / 4);
  let last = 0;
  for (let index = 0; index < values.length; index++) {
    last += view.getInt32(index * 4);
    values[index] = last;
  }
  return values;
}

function blockOf(steps: readonly number[], periodMs: number): DayBlock {
  const day = LocalDay.of("2026-06-01", "Europe/Berlin");
  let total = 23_536_569;
  const values = Float64Array.from(steps, (step) => (total += step));
  return {
    meter: MeterId.ofLabel("1DZG0060694613"),
    obis: ObisCode.parse("1-0:1.8.0*255"),
    kind: "total",
    unit: unitOfCode(30),
    scaler: -1,
    trust: "clear",
    revision: 0,
    day,
    firstAt: day.start.plus(periodMs),
    periodMs,
    values,
    qualities: [{ value: "valid", count: values.length }],
    statuses: [{ value: 0x1c0104, count: values.length }],
  };
}

/** Consumption of a quarter hour in 0.1 Wh: a base load and, now and then, an appliance. */
function householdSteps(count: number, seed: number): number[] {
  const random = generator(seed);
  return Array.from({ length: count }, () => Math.round(200 - Math.log(1 - random()) * 800));
}

/** Consumption of a second in 0.1 Wh, at about 400 W. */
function secondSteps(count: number, seed: number): number[] {
  const random = generator(seed);
  return Array.from({ length: count }, () => (random() < 0.15 ? 2 : 1));
}

/** Numbers in [0, 1) that are the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

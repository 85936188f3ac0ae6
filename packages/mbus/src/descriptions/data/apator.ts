/** Apator. Source: decoders/apator.ts. */

import type { MeterDescription } from "../description.ts";

export const apator: readonly MeterDescription[] = [
  {
    id: "apator-16-2",
    title: "Apator AT-WMBUS-16-2, water",
    match: [{ makers: ["APA", "APT"], versions: [5], types: [0x07] }],
    decoder: "apator-16-2",
    examples: [
      {
        telegram: "304401067856341205077a010000002f2f0f0102030400000043640010a086010071019086010080860100a000000000ff",
        values: [
          { name: "volume", value: "100.000", unit: "m3" },
          { name: "volume", value: "99.984", unit: "m3", storage: 1 },
          { name: "volume", value: "99.968", unit: "m3", storage: 2 },
          { name: "battery-remaining", value: "8640000", unit: "s" },
        ],
      },
    ],
  },
  {
    id: "apator-08",
    title: "Apator AT-WMBUS-08, water",
    match: [{ makers: ["APA", "APT"], versions: [3], types: [0x03], ci: [[0xa0, 0xb7]] }],
    decoder: "apator-08",
    doubt: "one telegram",
    examples: [
      {
        telegram: "12441406785634120303a0b80b000000000000",
        values: [{ name: "volume", value: "1.000000", unit: "m3" }],
      },
    ],
  },
  {
    id: "apator-17-2",
    title: "Apator 17-2, water",
    match: [{ makers: ["APA", "APT"], versions: [4], types: [0x11], ci: [[0xa0, 0xb7]] }],
    decoder: "apator-17-2",
    doubt: "one telegram",
    examples: [
      {
        telegram: "12441406785634120411a00300000000000000",
        values: [{ name: "volume", value: "1.000000", unit: "m3" }],
      },
    ],
  },
  {
    id: "apator-na-1",
    title: "Apator NA-1, water",
    match: [{ makers: ["APA", "APT"], versions: [0x14], types: [0x07], ci: [0xa0, 0xa1] }],
    decoder: "apator-na-1",
    examples: [
      {
        telegram: "1c440106785634121407a02a01979fb4befea11c4bcccb5823b5bd3dc4",
        key: "0f0e0d0c0b0a09080706050403020100",
        values: [
          { name: "volume", value: "123.456", unit: "m3" },
          { name: "volume", value: "120.000", unit: "m3", storage: 1 },
          { name: "date-time", value: "2024-10-15T12:30" },
          { name: "date-time", value: "2024-10-03T00:30", storage: 1 },
          { name: "duration-since-readout", value: "1080000", unit: "s", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "apator-eitn-40",
    title: "Apator E-ITN 40, heat cost allocator",
    match: [{ makers: ["APA", "APT"], versions: [9], types: [0x08], ci: [[0xa0, 0xb7]] }],
    content: [
      { name: "hca", at: 40, length: 2 },
      { name: "hca", at: 42, length: 2, storage: 1 },
      { name: "hca-of-month", at: 8, length: 2 },
      { name: "hca-of-month", at: 10, length: 2, storage: 1 },
    ],
    doubt: "what owners read from the displays of three meters",
    examples: [
      {
        telegram:
          "40440106785634120908a000000000000000003c006400000000000000000000000000000000000000000000000000000000002c01c80000000000000000000000",
        values: [
          { name: "hca", value: "300" },
          { name: "hca", value: "200", storage: 1 },
          { name: "hca-of-month", value: "60" },
          { name: "hca-of-month", value: "100", storage: 1 },
        ],
      },
    ],
  },
];

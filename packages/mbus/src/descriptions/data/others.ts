/** Makers with one or two kinds of meters each. Source: public telegrams with public readings. */

import type { MeterDescription } from "../description.ts";

export const others: readonly MeterDescription[] = [
  {
    id: "bfw-240-radio",
    title: "BFW 240 radio, heat cost allocator",
    match: [{ makers: ["BFW"], versions: [2], types: [0x08], ci: [0x7a] }],
    decoder: "bfw-240",
    examples: [
      {
        telegram:
          "3644d7087856341202087a010000002f2f001f012c019000000000000000000000000000000000000000000000000a00141e012c010321",
        values: [
          { name: "hca", value: "400" },
          { name: "hca", value: "300", storage: 1 },
          { name: "hca", value: "300", storage: 2 },
          { name: "hca", value: "30", storage: 3 },
          { name: "hca", value: "20", storage: 4 },
          { name: "hca", value: "10", storage: 5 },
          { name: "hca", value: "0", storage: 19 },
          { name: "date", value: "2021-03-01" },
        ],
      },
    ],
  },
  {
    id: "bmeters-hydrodigit",
    title: "BMETERS Hydrodigit, water",
    match: [{ makers: ["BMT"], versions: [[0x13, 0x17]], types: [0x06, 0x07] }],
    decoder: "hydrodigit",
    examples: [
      {
        telegram:
          "3f44b4097856341213077a010000000c13452301000f150d050000006400006500006600006700006800006900006a00006b00006c00006d00006e00006f0000",
        values: [
          { name: "volume", value: "12.345", unit: "m3" },
          { name: "battery-voltage", value: "3.50", unit: "V" },
          { name: "volume-backward", value: "0.005", unit: "m3" },
          { name: "volume-january", value: "1.00", unit: "m3" },
          { name: "volume-december", value: "1.11", unit: "m3" },
        ],
      },
    ],
  },
  {
    id: "bmeters-rfm-tx1",
    title: "BMETERS RFM-TX1 of the first kind, water",
    match: [{ makers: ["BMT"], versions: [5], types: [0x06, 0x07], ci: [0x7a] }],
    hides: true,
    decoder: "rfm-tx1",
    doubt: "one telegram; the total only where the access number ends in 5",
    examples: [
      {
        telegram:
          "4644b4097856341205077a0500061027a4fd8184ab0000000000000030051015062064000064000064000064000064000064000064000064000064000064000064000064000000",
        values: [
          { name: "volume", value: "123.456", unit: "m3" },
          { name: "date-time", value: "2020-06-15T10:05" },
          { name: "volume", value: "1.00", unit: "m3", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "qundis",
    title: "Qundis allocators, heat and water meters with walk-by block",
    match: [{ makers: ["QDS", "LSE"] }],
    decoder: "qundis-walk-by",
    examples: [
      {
        telegram:
          "43449344785634123408780dff5f2f00010000000000b06effffde2991020000de2b10000000520000000000000000000000000000000000000000006ffd046d290ec62c",
        values: [
          { name: "hca", value: "291", storage: 1 },
          { name: "hca", value: "10", storage: 17 },
          { name: "hca-of-month", value: "82", storage: 18 },
          { name: "hca-of-month", value: "-657", storage: 29 },
          { name: "date", value: "2022-09-30", storage: 1 },
        ],
      },
      {
        telegram:
          "49449344785634123408780dff5f350082000000000000b06effff200000009f2c10000000be26180000000080008000800080008000800080008000800080080002002f046d220fa227",
        values: [
          { name: "hca", value: "20" },
          { name: "hca", value: "10", storage: 1 },
          { name: "hca", value: "18", storage: 17 },
          { name: "date", value: "2020-12-31", storage: 1 },
          { name: "date", value: "2021-06-30", storage: 17 },
          { name: "hca-of-month", value: "8", storage: 28 },
          { name: "hca-of-month", value: "2", storage: 29 },
        ],
      },
    ],
  },
  {
    id: "zenner-0b",
    title: "Zenner water meters, version 0B",
    match: [{ makers: ["ZRI"], versions: [0x0b], types: [0x07, 0x16] }],
    data: [
      { name: "error-flags", at: 0, length: 4 },
      { name: "volume", at: 4, length: 4, factor: 390_625, exponent: -11, unit: "m3", storage: 1 },
      { name: "volume", at: 8, length: 4, factor: 390_625, exponent: -11, unit: "m3" },
    ],
    doubt: "one telegram",
    examples: [
      {
        telegram: "1d44496a785634120b167a010000002f2f0f000000000064000000fa0000",
        values: [
          { name: "volume", value: "0.250", unit: "m3" },
          { name: "volume", value: "0.100", unit: "m3", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "zenner-c5",
    title: "Zenner C5 ISF, heat",
    match: [{ makers: ["ZRI"], versions: [0x88], types: [0x04, [0x0a, 0x0d]] }],
    // "Per month": the highest of the month, a power all the same.
    records: [{ when: { vib: "ae25" }, name: "power", unit: "W" }],
    examples: [
      {
        telegram: "1d44496a7856341288047a010000000406e8030000948001ae2509000000",
        values: [{ name: "power", value: "9000", unit: "W", function: "maximum", storage: 32 }],
      },
    ],
  },
  {
    id: "bmp-hydroclima-2",
    title: "Hydroclima RFM, heat cost allocator, version 53",
    match: [{ makers: ["BMP"], versions: [0x53], types: [0x08] }],
    data: [
      { name: "error-flags", at: 1, length: 2 },
      { name: "date-time", at: 3, length: 4, type: "date" },
      { name: "room-temperature-average", at: 7, length: 2, exponent: -2, unit: "°C" },
      { name: "room-temperature", at: 9, length: 2, exponent: -2, unit: "°C", function: "maximum" },
      { name: "room-temperature-average", at: 15, length: 2, exponent: -2, unit: "°C", storage: 1 },
      { name: "radiator-temperature-average", at: 17, length: 2, exponent: -2, unit: "°C", storage: 1 },
      { name: "hca-total", at: 19, length: 2 },
    ],
    doubt: "one telegram",
    examples: [
      {
        telegram: "2e44b0097856341253087a010000002f2f036e0500000f1000001e0a7d2cd007c409000000006c07a4062100210000",
        values: [
          { name: "hca", value: "5" },
          { name: "hca-total", value: "33" },
          { name: "room-temperature-average", value: "20.00", unit: "°C" },
          { name: "room-temperature", value: "25.00", unit: "°C", function: "maximum" },
          { name: "room-temperature-average", value: "19.00", unit: "°C", storage: 1 },
          { name: "radiator-temperature-average", value: "17.00", unit: "°C", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "axioma",
    title: "Axioma water and heat meters",
    match: [{ makers: ["AXI"] }],
    records: [{ when: { header: "01fd74" }, name: "battery-level", unit: "%", reads: "unsigned" }],
    examples: [
      {
        telegram: "184409077856341220077a010000000413e803000001fd7463",
        values: [{ name: "battery-level", value: "99", unit: "%" }],
      },
    ],
  },
];

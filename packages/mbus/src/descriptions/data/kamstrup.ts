/** Kamstrup. Source: VIFs of their own from public telegrams with public readings; names of info bits from public manuals. */

import type { MeterDescription, RecordRule, States } from "../description.ts";

/** Volume times temperature: what lets a supplier compute mean temperatures. */
function volumeTemperature(vib: string, name: string): RecordRule {
  return { when: { vib }, name, unit: "m3 °C" };
}

const waterInfo: States = {
  bits: { "0": "dry", "1": "reverse", "2": "leak", "3": "burst" },
};

/** Bits 5, 6 and 16 as telegrams show them; their neighbours as public manuals do. */
const heatInfo: States = {
  bits: {
    "0": "supply-interrupted",
    "3": "flow-sensor-above-range",
    "4": "return-sensor-above-range",
    "5": "flow-sensor-below-range",
    "6": "return-sensor-below-range",
    "16": "v1-no-communication",
  },
};

export const kamstrup: readonly MeterDescription[] = [
  {
    id: "kamstrup-water",
    title: "Kamstrup Multical 21 and FlowIQ, water",
    match: [{ makers: ["KAM", "KAW"], types: [0x06, 0x07, 0x15, 0x16] }],
    records: [
      { when: { vib: "ff20" }, name: "info", states: waterInfo },
      { when: { vib: "ff23" }, name: "info" },
      { when: { vib: "ff1b" }, name: "acoustic-noise" },
    ],
    examples: [
      {
        telegram: "1b442d2c785634121b167802ff2004000413e80300004413e7030000",
        values: [
          { name: "info", value: "4", states: ["leak"] },
          { name: "volume", value: "1.000", unit: "m3" },
          { name: "volume", value: "0.999", unit: "m3", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "kamstrup-heat",
    title: "Kamstrup Multical 302 to 803, heat and cooling",
    match: [{ makers: ["KAM", "KAW"], types: [0x04, [0x0a, 0x0d]] }],
    records: [
      volumeTemperature("ff07", "volume-times-flow-temperature"),
      volumeTemperature("ff08", "volume-times-return-temperature"),
      volumeTemperature("eeff07", "volume-times-flow-temperature"),
      volumeTemperature("eeff08", "volume-times-return-temperature"),
      { when: { vib: "ff20" }, name: "info" },
      { when: { vib: "ff21" }, name: "info" },
      { when: { vib: "ff22" }, name: "info", states: heatInfo },
    ],
    examples: [
      {
        telegram: "25442d2c785634123504780406a500000004ff072b01000004ff089c00000004ff2200000000",
        values: [
          { name: "energy", value: "165000", unit: "Wh" },
          { name: "volume-times-flow-temperature", value: "299", unit: "m3 °C" },
          { name: "volume-times-return-temperature", value: "156", unit: "m3 °C" },
          { name: "info", value: "0", states: [] },
        ],
      },
      {
        telegram: "17442d2c785634123904780406a500000004ff2260000100",
        values: [
          {
            name: "info",
            value: "65632",
            states: ["flow-sensor-below-range", "return-sensor-below-range", "v1-no-communication"],
          },
        ],
      },
    ],
  },
  {
    id: "kamstrup-pressure",
    title: "Kamstrup pressure sensor",
    match: [{ makers: ["KAM", "KAW"], types: [0x18] }],
    records: [
      { when: { vib: "ff09" }, name: "coefficient-alpha" },
      { when: { vib: "ff0a" }, name: "coefficient-beta" },
    ],
    examples: [
      {
        telegram: "15442d2c785634120118780269660005ff090000803f",
        values: [
          { name: "pressure", value: "1.02", unit: "bar" },
          { name: "coefficient-alpha", value: "1" },
        ],
      },
    ],
  },
];

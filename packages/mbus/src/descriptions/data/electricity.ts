/** Electricity meters with VIFs of their makers. Source: public telegrams with public readings, and public manuals. */

import type { MeterDescription, RecordRule } from "../description.ts";

function rename(vib: string, name: string, more: Omit<RecordRule, "when" | "name"> = {}): RecordRule {
  return { when: { vib }, name, ...more };
}

function subunit(name: string, subunitNumber: number, newName: string, unit: string): RecordRule {
  return { when: { name, subunit: subunitNumber }, name: newName, unit };
}

export const electricity: readonly MeterDescription[] = [
  {
    id: "schneider-iem3000",
    title: "Schneider Electric iEM3000",
    match: [{ makers: ["SEC"], types: [0x02] }],
    records: [
      subunit("energy", 1, "reactive-energy", "varh"),
      subunit("energy-manufacturer-09", 1, "reactive-energy-backward", "varh"),
      subunit("energy-manufacturer-0d", 1, "reactive-energy-partial", "varh"),
      { when: { name: "energy-manufacturer-09" }, name: "energy-backward" },
      { when: { name: "energy-manufacturer-0d" }, name: "energy-partial" },
      { when: { name: "energy-manufacturer-01" }, name: "energy-phase-1" },
      { when: { name: "energy-manufacturer-02" }, name: "energy-phase-2" },
      { when: { name: "energy-manufacturer-03" }, name: "energy-phase-3" },
      subunit("power", 1, "reactive-power", "var"),
      subunit("power", 2, "apparent-power", "VA"),
      { when: { name: "power-manufacturer-01" }, name: "power-phase-1" },
      { when: { name: "power-manufacturer-02" }, name: "power-phase-2" },
      { when: { name: "power-manufacturer-03" }, name: "power-phase-3" },
      { when: { name: "current-manufacturer-00" }, name: "current-average" },
      { when: { name: "current-manufacturer-01" }, name: "current-phase-1" },
      { when: { name: "current-manufacturer-02" }, name: "current-phase-2" },
      { when: { name: "current-manufacturer-03" }, name: "current-phase-3" },
      { when: { name: "voltage-manufacturer-01" }, name: "voltage-phase-1" },
      { when: { name: "voltage-manufacturer-02" }, name: "voltage-phase-2" },
      { when: { name: "voltage-manufacturer-03" }, name: "voltage-phase-3" },
      { when: { name: "voltage-manufacturer-04" }, name: "voltage-average" },
      { when: { name: "voltage-manufacturer-05" }, name: "voltage-phase-1-to-2" },
      { when: { name: "voltage-manufacturer-06" }, name: "voltage-phase-2-to-3" },
      { when: { name: "voltage-manufacturer-07" }, name: "voltage-phase-3-to-1" },
      { when: { name: "voltage-manufacturer-08" }, name: "voltage-phase-to-phase-average" },
      rename("ff0a", "power-factor"),
      rename("ff0b", "frequency", { unit: "Hz" }),
      rename("ff20", "operating-time", { unit: "s" }),
      rename("ff21", "phases"),
      rename("ff22", "wires"),
      rename("ff23", "power-system"),
      rename("ff24", "nominal-frequency", { unit: "Hz" }),
      rename("ff2c", "pulse-duration"),
      rename("ff2e", "pulse-weight"),
      rename("ff2f", "pulse-constant"),
      rename("ff35", "overload-alarm-setpoint"),
    ],
    examples: [
      {
        telegram:
          "6836366808017278563412a34c15020100000085402e0000803f05ff0b0000484205fdc9ff010000664305fddcff010000004085400300007a44f916",
        values: [
          { name: "reactive-power", value: "1000", unit: "var", subunit: 1 },
          { name: "reactive-energy", value: "1000", unit: "varh", subunit: 1 },
          { name: "frequency", value: "50", unit: "Hz" },
          { name: "voltage-phase-1", value: "230", unit: "V" },
          { name: "current-phase-1", value: "2", unit: "A" },
        ],
      },
    ],
  },
  {
    id: "ime-nemo",
    title: "IME Nemo",
    match: [{ makers: ["IME"], types: [0x02] }],
    records: [
      ...[1, 2, 3].flatMap((phase): RecordRule[] => [
        {
          when: { name: `power-manufacturer-0${phase}`, subunit: 2 },
          name: `reactive-power-phase-${phase}`,
          unit: "var",
        },
        { when: { name: `power-manufacturer-0${phase}` }, name: `power-phase-${phase}` },
        { when: { name: `dimensionless-manufacturer-0${phase}` }, name: `power-factor-phase-${phase}` },
        { when: { name: `voltage-manufacturer-0${phase}` }, name: `voltage-phase-${phase}` },
        { when: { name: `current-manufacturer-0${phase}` }, name: `current-phase-${phase}` },
      ]),
      { when: { name: "voltage-manufacturer-04" }, name: "voltage-phase-1-to-2" },
      { when: { name: "voltage-manufacturer-05" }, name: "voltage-phase-2-to-3" },
      { when: { name: "voltage-manufacturer-06" }, name: "voltage-phase-3-to-1" },
      { when: { name: "current-manufacturer-04" }, name: "current-neutral" },
      // Subunit 1 counts active, 2 reactive energy; tariff 1 what is taken, 2 what is given back or counted since a reset.
      { when: { name: "energy", subunit: 2, tariff: 2 }, name: "reactive-energy-partial", unit: "varh" },
      { when: { name: "energy", subunit: 2 }, name: "reactive-energy", unit: "varh" },
      { when: { name: "energy", subunit: 1, tariff: 2 }, name: "energy-partial" },
      { when: { name: "power", subunit: 2, tariff: 2 }, name: "reactive-power-backward", unit: "var" },
      { when: { name: "power", subunit: 2 }, name: "reactive-power", unit: "var" },
      { when: { name: "power", subunit: 1, tariff: 2 }, name: "power-backward" },
      rename("ff5a", "frequency", { unit: "Hz", exponent: -1 }),
    ],
    examples: [
      {
        telegram:
          "6832326808017278563412a5251d02010000008540abff0100007a44858040abff010000fa4305ff5a0000fa4305fdbaff010000803fea16",
        values: [
          { name: "power-phase-1", value: "1000", unit: "W", subunit: 1 },
          { name: "reactive-power-phase-1", value: "500", unit: "var", subunit: 2 },
          { name: "frequency", value: "50.0", unit: "Hz" },
          { name: "power-factor-phase-1", value: "1" },
        ],
      },
    ],
  },
  {
    id: "abb-b23",
    title: "ABB A and B series",
    match: [{ makers: ["ABB"], types: [0x02] }],
    records: [
      rename("ffa015", "current-transformer-numerator"),
      rename("ffa115", "voltage-transformer-numerator"),
      rename("ffa215", "current-transformer-denominator"),
      rename("ffa315", "voltage-transformer-denominator"),
      rename("ffa600", "error-flags"),
      rename("ffa700", "warning-flags"),
      rename("ffa800", "information-flags"),
      rename("ffa900", "alarm-flags"),
      rename("ffaa00", "product-number"),
    ],
    examples: [
      {
        telegram: "2b4442047856341220027a010000000e840017495200000004ffa0150500000007ffa6000100000000000000",
        values: [
          { name: "energy", value: "5249170", unit: "Wh" },
          { name: "current-transformer-numerator", value: "5" },
          { name: "error-flags", value: "1" },
        ],
      },
    ],
  },
];

/**
 * Meters whose records are the standard's and whose states are told in words here.
 *
 * Source: public telegrams whose states are public; a bit that none of them shows has no word.
 */

import type { MeterDescription } from "../description.ts";

/** Bit 6 of the status octet: somebody opened the housing. */
const sabotage = { bits: { "6": "sabotage" } };

export const states: readonly MeterDescription[] = [
  {
    id: "lansen-contact",
    title: "Lansen door and window contact",
    match: [{ makers: ["LAS"], types: [0x1d] }],
    status: sabotage,
    records: [
      {
        when: { name: "digital-input" },
        states: { numbers: [{ mask: 0xff, texts: { "17": "closed", "85": "open" } }] },
      },
    ],
    examples: [
      {
        telegram: "1344333078563412071d7a0140000002fd1b5500",
        values: [{ name: "digital-input", value: "85", states: ["open"] }],
        states: ["sabotage"],
      },
    ],
  },
  {
    id: "lansen-smoke",
    title: "Lansen smoke detector",
    match: [{ makers: ["LAS"], types: [0x1a] }],
    status: sabotage,
    records: [{ when: { name: "error-flags" }, states: { bits: { "2": "smoke" } } }],
    examples: [
      {
        telegram: "1344333078563412031a7a0100000002fd170400",
        values: [{ name: "error-flags", value: "4", states: ["smoke"] }],
      },
    ],
  },
  {
    id: "lansen",
    title: "Lansen sensors",
    match: [{ makers: ["LAS"] }],
    status: sabotage,
    examples: [
      {
        telegram: "1244333078563412071b7a0140000002653408",
        values: [{ name: "external-temperature", value: "21.00", unit: "°C" }],
        states: ["sabotage"],
      },
    ],
  },
  {
    id: "apator-ultrimis",
    title: "Apator Ultrimis, water",
    match: [{ makers: ["APA", "APT"], types: [0x16] }],
    records: [
      {
        when: { name: "error-flags" },
        states: {
          bits: {
            "0": "tamper",
            "3": "no-flow",
            "6": "reverse-flow",
            "8": "tamper-this-month",
            "11": "no-flow-this-month",
            "14": "reverse-flow-this-month",
            "16": "tamper-last-month",
            "19": "no-flow-last-month",
            "22": "reverse-flow-last-month",
          },
        },
      },
    ],
    doubt: "two telegrams; the bits of one month are taken to be those of the other",
    examples: [
      {
        telegram: "1a4401067856341201167a010000000413e803000003fd17080801",
        values: [
          { name: "volume", value: "1.000", unit: "m3" },
          { name: "error-flags", value: "67592", states: ["no-flow", "no-flow-this-month", "tamper-last-month"] },
        ],
      },
    ],
  },
  {
    id: "gavazzi-em24",
    title: "Carlo Gavazzi EM24, also with a radio of Kamstrup's",
    match: [
      { makers: ["GAV"], types: [0x02] },
      { makers: ["KAM"], versions: [0x33], types: [0x02] },
    ],
    records: [
      {
        when: { name: "error-flags" },
        states: {
          bits: {
            "0": "overflow-voltage-phase-1",
            "1": "overflow-voltage-phase-2",
            "2": "overflow-voltage-phase-3",
            "3": "overflow-current-phase-1",
            "4": "overflow-current-phase-2",
            "5": "overflow-current-phase-3",
          },
        },
      },
    ],
    doubt: "one telegram shows bits 1 and 5; the others follow from their order",
    examples: [
      {
        telegram: "1844361c7856341200027a0100000004056400000001fd1722",
        values: [
          { name: "energy", value: "10000", unit: "Wh" },
          { name: "error-flags", value: "34", states: ["overflow-voltage-phase-2", "overflow-current-phase-3"] },
        ],
      },
    ],
  },
  {
    id: "dwz-waterstar",
    title: "Diehl Waterstar M, water",
    match: [{ makers: ["DWZ"], types: [0x06, 0x07] }],
    records: [{ when: { name: "error-flags" }, states: { bits: { "6": "leak-or-no-use" } } }],
    examples: [
      {
        telegram: "1944fa127856341202067a010000000413e803000002fd174000",
        values: [{ name: "error-flags", value: "64", states: ["leak-or-no-use"] }],
      },
    ],
  },
  {
    id: "engelmann-sensostar",
    title: "Engelmann Sensostar, heat",
    match: [{ makers: ["EFE"], types: [0x04, [0x0a, 0x0d]] }],
    records: [{ when: { name: "error-flags" }, states: { bits: { "4": "flow-measurement-error" } } }],
    examples: [
      {
        telegram: "1844c5147856341200047a010000000406e803000001fd1710",
        values: [{ name: "error-flags", value: "16", states: ["flow-measurement-error"] }],
      },
    ],
  },
];

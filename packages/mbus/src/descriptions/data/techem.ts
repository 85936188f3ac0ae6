/** Techem. Source: decoders/techem.ts. */

import type { MeterDescription } from "../description.ts";

const privateCi = [[0xa0, 0xa7]] as const;

export const techem: readonly MeterDescription[] = [
  {
    id: "techem-allocator",
    title: "Techem FHKV data II, III and IV, heat cost allocators",
    match: [{ makers: ["TCH"], types: [0x80], ci: privateCi }],
    decoder: "techem-allocator",
    examples: [
      {
        telegram: "1b446850785634126980a0009f27640080043200d007c40900000000",
        values: [
          { name: "hca", value: "50" },
          { name: "hca", value: "100", storage: 1 },
          { name: "room-temperature", value: "20.00", unit: "°C" },
          { name: "radiator-temperature", value: "25.00", unit: "°C" },
          { name: "date", value: "2019-12-31", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "techem-water",
    title: "Techem mk radio 3 and 4, water",
    match: [{ makers: ["TCH"], types: [0x62, 0x72], ci: privateCi }],
    decoder: "techem-water",
    examples: [
      {
        telegram: "13446850785634127462a2069f27640080043200",
        values: [
          { name: "volume", value: "15.0", unit: "m3" },
          { name: "volume", value: "10.0", unit: "m3", storage: 1 },
          { name: "volume-since-due-date", value: "5.0", unit: "m3" },
        ],
      },
    ],
  },
  {
    id: "techem-heat",
    title: "Techem compact V, heat",
    match: [{ makers: ["TCH"], types: [0x43], ci: privateCi }],
    decoder: "techem-heat",
    examples: [
      {
        telegram: "13446850785634124543a1009f27640000003200",
        values: [
          { name: "energy", value: "150000", unit: "Wh" },
          { name: "energy", value: "100000", unit: "Wh", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "techem-heat-joule",
    title: "Techem vario 4.5.1, heat",
    match: [{ makers: ["TCH"], types: [0xc3], ci: privateCi }],
    decoder: "techem-heat-joule",
    doubt: "one telegram",
    examples: [
      {
        telegram: "134468507856341227c3a2009f27640000003200",
        values: [
          { name: "energy", value: "150000000", unit: "J" },
          { name: "energy", value: "100000000", unit: "J", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "techem-smoke",
    title: "Techem smoke detectors",
    match: [{ makers: ["TCH"], types: [0xf0], ci: privateCi }],
    decoder: "techem-smoke",
    examples: [
      {
        telegram: "0f4468507856341276f0a0019f270000",
        values: [
          { name: "error-flags", value: "1", states: ["smoke"] },
          { name: "date", value: "2019-12-31", storage: 1 },
        ],
      },
    ],
  },
];

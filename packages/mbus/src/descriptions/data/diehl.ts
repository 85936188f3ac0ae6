/** Diehl, Hydrometer, Sappel. Source: decoders/prios.ts and decoders/real-data.ts. */

import type { MeterDescription } from "../description.ts";

export const diehl: readonly MeterDescription[] = [
  {
    id: "diehl-prios",
    title: "Diehl, Hydrometer and Sappel Izar, water",
    match: [
      { makers: ["DME", "HYD", "EWT", "SPL"], ci: [[0xa0, 0xa7]], address: "version-first" },
      { makers: ["SAP"], ci: [[0xa0, 0xa7]] },
    ],
    decoder: "prios",
    examples: [
      {
        telegram: "1944a511780778563412a201180013e8fdfa64bd6f11f4493c2e",
        values: [
          { name: "volume", value: "12.345", unit: "m3" },
          { name: "volume", value: "10.000", unit: "m3", storage: 1 },
          { name: "date", value: "2019-12-31", storage: 1 },
          { name: "battery-remaining", value: "12.0", unit: "a" },
          { name: "transmission-period", value: "8", unit: "s" },
          { name: "error-flags", value: "0", states: [] },
        ],
      },
      {
        telegram: "1344304c78563412cc01a0813800130b0534d17d",
        values: [
          { name: "volume", value: "12.345", unit: "m3" },
          { name: "error-flags", value: "3", states: ["general", "blocked"] },
        ],
      },
    ],
  },
  {
    id: "diehl-real-data",
    title: "Hydrometer and Diehl, records under a configuration word of their own",
    match: [{ makers: ["DME", "HYD", "EWT", "SPL"], ci: [0x7a], address: "version-first" }],
    hides: true,
    decoder: "real-data",
    doubt: "one telegram, with records in clear; hidden ones from the facts page",
    examples: [
      {
        telegram: "1e4424238b07785634127a010010390413e8030000426c7f2c441384030000",
        values: [
          { name: "volume", value: "1.000", unit: "m3" },
          { name: "volume", value: "0.900", unit: "m3", storage: 1 },
          { name: "date", value: "2019-12-31", storage: 1 },
        ],
      },
      {
        telegram: "1e4424238b07785634127a0100103967e229ac4176ebff112c12e64ea3d232",
        values: [
          { name: "volume", value: "1.000", unit: "m3" },
          { name: "volume", value: "0.900", unit: "m3", storage: 1 },
        ],
      },
    ],
  },
  {
    id: "diehl-factory-key",
    title: "Hydrometer and Diehl with the key they leave the factory with",
    match: [{ makers: ["DME", "HYD"] }],
    factoryKeys: ["51728910e66d83f851728910e66d83f8", "39bc8a10e66d83f839bc8a10e66d83f8"],
    examples: [
      {
        telegram: "1e4424237856341270077a01001025bd98570a9fa872ae8b343388a36953cd",
        values: [{ name: "volume", value: "1.000", unit: "m3" }],
      },
    ],
  },
];

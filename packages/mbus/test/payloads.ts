/** Application data as meters send it, made here: what benches, fuzzing and tests read. No real meter has sent these. */

import { fromHex } from "@siegel/wire";

/** A heat meter, nine records: energy, volume, power, flow, temperatures, clock, due date. */
export const heatMeter = fromHex(
  "046d2b0c7135 0406d2040000 0414b4160000 022b2a04 023b5e01 025a8a02 025ec201 0262c800 426c5f2c 4406c4030000",
);
/** An electricity meter, BCD with tariffs, phases and a text. */
export const electricityMeter = fromHex(
  "0e04896745230100 8e1004452301000000 8e2004206745000000 04a93c10270000 04fdd9fc0188130000 02fdc9fc01e600 0dfd0f0634322e322e31",
);
/** A water meter with the values of twelve months as a compact profile, and data of its maker. */
export const waterMeter = fromHex(
  "0413e8030000 426c5f2c 441384030000 4d931f1a 72fe 0a000b000c000d000e000f0010001100120013001400150002fd170000 0f010203",
);
/** A heat cost allocator in the smallest form. */
export const allocator = fromHex("0b6e340200 426c5f2c 4b6e210100 02590a08 0265fc07");
/** Unknown and private parts: VIFs of no table, the maker's VIFEs, text units, blank digits. */
const oddMeter = fromHex(
  "01fb3805 02ff20beef 05fdc8ff0400907a45 02fc0348522574c31c 02fca2730348522511220c06dddddddd 04ef0111223344 01cc0c07 2f2f",
);

export const payloads: readonly Uint8Array[] = [heatMeter, electricityMeter, waterMeter, allocator, oddMeter];

/** The household behind a served meter: one of many, by seed, with a past that fills registers and memories. */

import { Household } from "../household/household.ts";
import { Random } from "../random.ts";
import { registerNames, type RegisterName, type RegisterSnapshot } from "../registers.ts";
import { doubleTariff } from "../tariffs.ts";
import { VirtualMeter } from "../virtual-meter.ts";

export interface LabHouseholdOptions {
  readonly seed: number | string;
  /** The first second that is shown, seconds since 1970 UTC. */
  readonly start: number;
  /** Days lived through before. */
  readonly historyDays: number;
  readonly photovoltaics: boolean;
  readonly tariffs: 1 | 2;
}

export function labHousehold({ seed, start, historyDays, photovoltaics, tariffs }: LabHouseholdOptions): VirtualMeter {
  const random = Random.of(seed).fork("lab household");
  const household = new Household({
    seed,
    people: random.whole(1, 5),
    ...(photovoltaics ? { photovoltaics: { peakWatts: random.whole(4, 10) * 1_000 } } : {}),
  });
  const from = start - Math.round(historyDays * 86_400);
  const registers = countersBefore(random.fork("counters"), { photovoltaics, tariffs });
  const meter = new VirtualMeter({
    household,
    from,
    registers,
    ...(tariffs === 2 ? { tariffs: doubleTariff({ from: 22 * 3_600, to: 6 * 3_600 }) } : {}),
  });
  meter.advance(start);
  return meter;
}

/** What years before the simulation left on the counters, in mWs. */
function countersBefore(random: Random, house: { photovoltaics: boolean; tariffs: 1 | 2 }): RegisterSnapshot {
  const wattHours = (low: number, high: number) => BigInt(random.whole(low, high)) * 3_600_000n;
  const [high, low] = [wattHours(2_000_000, 15_000_000), house.tariffs === 2 ? wattHours(500_000, 5_000_000) : 0n];
  const exported = house.photovoltaics ? wattHours(1_000_000, 20_000_000) : 0n;
  const known: Partial<Record<RegisterName, bigint>> = {
    import: high + low,
    importT1: high,
    importT2: low,
    export: exported,
    exportT1: exported,
  };
  const all = registerNames.map((name) => [name, known[name] ?? 0n]);
  return Object.fromEntries(all) as RegisterSnapshot; // one for each name
}

/** The household behind a served meter: one of many, by seed, with a past that fills registers and memories. */

import { Household } from "../household/household.ts";
import { Random } from "../random.ts";
import { registerNames, type RegisterName, type RegisterSnapshot } from "../registers.ts";
import { doubleTariff } from "../tariffs.ts";
import { VirtualMeter, type VirtualMeterSnapshot } from "../virtual-meter.ts";

export interface LabHouseholdOptions {
  readonly seed: number | string;
  /** The first second that is shown, seconds since 1970 UTC. */
  readonly start: number;
  /** Days lived through before. */
  readonly historyDays: number;
  /** First second lived through, in place of `historyDays`. Whoever remembers it has the same counters in every month. */
  readonly bornAt?: number | undefined;
  /** What the same meter remembered when it was stopped: nothing before it is lived through again. */
  readonly continueFrom?: VirtualMeterSnapshot | undefined;
  readonly photovoltaics: boolean;
  readonly tariffs: 1 | 2;
}

/**
 * The past begins on the first of a month, whenever the meter is started, so that a meter that is started again in the
 * same month goes on where it was. Started in a later month it shows more than the household can have used since: it
 * jumps, but never counts backwards.
 */
export function labHousehold(options: LabHouseholdOptions): VirtualMeter {
  const { seed, start, historyDays, bornAt, continueFrom, photovoltaics, tariffs } = options;
  const random = Random.of(seed).fork("lab household");
  const people = random.whole(1, 5);
  const peakWatts = photovoltaics ? random.whole(4, 10) * 1_000 : 0;
  const household = new Household({ seed, people, ...(photovoltaics ? { photovoltaics: { peakWatts } } : {}) });
  const from = bornAt ?? firstOfMonth(start - Math.round(historyDays * daySeconds));
  const meter = new VirtualMeter(
    {
      household,
      from,
      registers: countersAt(from, random.fork("counters"), { peakWatts, tariffs }),
      ...(tariffs === 2 ? { tariffs: doubleTariff({ from: 22 * 3_600, to: 6 * 3_600 }) } : {}),
    },
    continueFrom,
  );
  meter.advance(Math.max(start, meter.second)); // a computer whose clock was set back makes the meter wait, not fail
  return meter;
}

/** First second of the month in UTC, or of 1970. */
function firstOfMonth(second: number): number {
  const date = new Date(second * 1000);
  return Math.max(0, Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000);
}

/** What the years before left on the counters, in mWs: a drawn beginning, and for each month since then its allowance. */
function countersAt(from: number, random: Random, house: { peakWatts: number; tariffs: 1 | 2 }): RegisterSnapshot {
  const wattHours = (low: number, high: number) => BigInt(random.whole(low, high)) * milliwattSeconds;
  const [high, low] = [wattHours(2_000_000, 15_000_000), house.tariffs === 2 ? wattHours(500_000, 5_000_000) : 0n];
  const exported = house.peakWatts > 0 ? wattHours(1_000_000, 20_000_000) : 0n;
  const date = new Date(from * 1000);
  const months = BigInt(Math.max(0, (date.getUTCFullYear() - firstYear) * 12 + date.getUTCMonth()));
  const used = months * monthlyWattHours.used * milliwattSeconds;
  const usedT2 = house.tariffs === 2 ? used : 0n;
  const fedIn = months * BigInt(house.peakWatts) * monthlyWattHours.fedInPerPeakWatt * milliwattSeconds;
  const fedInT2 = house.tariffs === 2 ? fedIn : 0n;
  const known: Partial<Record<RegisterName, bigint>> = {
    import: high + low + used + usedT2,
    importT1: high + used,
    importT2: low + usedT2,
    export: exported + fedIn + fedInT2,
    exportT1: exported + fedIn,
    exportT2: fedInT2,
  };
  const all = registerNames.map((name) => [name, known[name] ?? (name.startsWith("export") ? fedIn : used)]);
  return Object.fromEntries(all) as RegisterSnapshot; // one for each name
}

const daySeconds = 86_400;
/** mWs of a Wh. */
const milliwattSeconds = 3_600_000n;
/** More than a household of five uses, and than a roof feeds in, in any month: a test holds it. */
const monthlyWattHours = { used: 450_000n, fedInPerPeakWatt: 150n };
/** Before it all meters stand at their beginning. */
const firstYear = 2020;

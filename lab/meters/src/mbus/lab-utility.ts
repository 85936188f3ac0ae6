/** The gas, water or heat meter of a household: one of many, by seed, with a past that fills counters and due dates. */

import { weatherOf } from "../household/weather.ts";
import { localDay, localDayOf } from "../local-time.ts";
import { Random } from "../random.ts";
import type { FlowModel } from "../utility/flow.ts";
import { gasModel, heatModel } from "../utility/heating.ts";
import { type UtilityKind, UtilityMeter } from "../utility/utility-meter.ts";
import { waterModel } from "../utility/water.ts";

export interface LabUtilityOptions {
  readonly seed: number | string;
  readonly kind: UtilityKind;
  /** The first second that is shown, seconds since 1970 UTC. */
  readonly start: number;
  /** First second lived through; unless told the first of the month before `start`'s, so that there is a due date. */
  readonly bornAt?: number | undefined;
  /** Households of one region share their weather; that of `Household` unless told. */
  readonly region?: number | string | undefined;
}

/** Counters begin as if the meter had hung there for some years. Like `labHousehold`, it may jump from month to month, never back. */
export function utilityMeter({ seed, kind, start, bornAt, region }: LabUtilityOptions): UtilityMeter {
  const random = Random.of(seed).fork("utility").fork(kind);
  const people = random.whole(1, 5);
  const weather = weatherOf(Random.of(region ?? "region").fork("weather"));
  const heating = { weather, people, wattsPerKelvin: random.whole(110, 260) };
  const model: FlowModel =
    kind === "water"
      ? waterModel(random, { people, garden: random.chance(0.4) })
      : kind === "gas"
        ? gasModel(random, heating)
        : heatModel(random, heating);
  const from = bornAt ?? firstOfMonthBefore(start);
  const months = Math.max(0, Math.floor((from - firstYear) / (30.44 * 86_400)));
  const { litres, kilowattHours } = allowances[kind];
  const share = random.between(0.6, 1.4);
  const meter = new UtilityMeter({
    kind,
    model,
    from,
    microlitres: Math.round(months * litres * share) * 1e6,
    joules: Math.round(months * kilowattHours * share) * 3.6e6,
  });
  meter.advance(start);
  return meter;
}

/** First second, on the wall, of the month before this one. */
function firstOfMonthBefore(second: number): number {
  const today = localDayOf(second);
  const lastOfBefore = localDay(today.index - today.dayOfMonth);
  return localDay(lastOfBefore.index - lastOfBefore.dayOfMonth + 1).start;
}

/** More than a month can bring on the average, so that a meter started again later never shows less. */
const allowances: Readonly<Record<UtilityKind, { readonly litres: number; readonly kilowattHours: number }>> = {
  gas: { litres: 240_000, kilowattHours: 0 },
  water: { litres: 20_000, kilowattHours: 0 },
  heat: { litres: 190_000, kilowattHours: 2_400 },
};
const firstYear = Date.UTC(2020, 0, 1) / 1_000;

/**
 * What a house needs to stay warm and to have hot water: one demand, met by gas or by a heat meter's water.
 *
 * In: weather and people.  Out: heat in W, constant over ten minutes.
 * A boiler modulates down to its least power; below that it pulses, as they do. A heating curve says how warm the water
 * leaves: colder outside, warmer inside.
 */

import { hourSeconds, localDay, wallOf } from "../local-time.ts";
import { isAwake, occupancyOf } from "../household/occupancy.ts";
import type { Weather } from "../household/weather.ts";
import { clamp, slowNoise } from "../noise.ts";
import type { Random } from "../random.ts";
import type { FlowModel, FlowRun } from "./flow.ts";

export interface HeatingOptions {
  readonly weather: Weather;
  /** Heat that the house loses for each kelvin, in W; 180 unless told: a house of the nineties. */
  readonly wattsPerKelvin?: number;
  /** 1 to 6; 3 unless told. */
  readonly people?: number;
}

/** Gas through the meter of a condensing boiler, and a hob. */
export function gasModel(random: Random, options: HeatingOptions): FlowModel {
  return slotted(random, options, ({ from, to, watts, boiler }) => {
    if (boiler === 0) return [];
    const share = Math.min(1, watts / boiler);
    const microlitresPerSecond = Math.round(boiler / 0.96 / wattSecondsPerMicrolitre);
    return [{ from, to: from + Math.max(1, Math.round((to - from) * share)), microlitresPerSecond, watts: 0 }];
  });
}

/** Heating water through a heat meter: flow and both temperatures follow demand and heating curve. */
export function heatModel(random: Random, options: HeatingOptions): FlowModel {
  return slotted(random, options, ({ from, to, watts, outside }) => {
    if (watts <= 0) return [];
    const flowCelsius = clamp(20 + 1.25 * (20 - outside), 32, 72);
    const spread = clamp(8 + watts / 1_200, 8, 22);
    const flowCentidegrees = Math.round(flowCelsius * 100);
    const returnCentidegrees = Math.round((flowCelsius - spread) * 100);
    const kelvin = (flowCentidegrees - returnCentidegrees) / 100;
    // 4.18 J/(g·K) and a litre that weighs 0.99 kg when warm.
    const microlitresPerSecond = Math.round((watts / (4_180 * 0.99 * kelvin)) * 1e6);
    return [{ from, to, microlitresPerSecond, watts, flowCentidegrees, returnCentidegrees }];
  });
}

interface Slot {
  readonly from: number;
  readonly to: number;
  /** Heat wanted. */
  readonly watts: number;
  /** Power at which a boiler burns then; 0 when it is off. */
  readonly boiler: number;
  readonly outside: number;
}

function slotted(
  random: Random,
  { weather, wattsPerKelvin = 180, people = 3 }: HeatingOptions,
  runsOf: (slot: Slot) => FlowRun[],
): FlowModel {
  const need = random.fork("heat need");
  const known = new Map<number, readonly FlowRun[]>();
  const compute = (dayIndex: number): FlowRun[] => {
    const day = localDay(dayIndex);
    const occupancy = occupancyOf(random, day);
    const showers = showerSlots(random.fork("hot water").fork(dayIndex), occupancy.awake, people);
    const runs: FlowRun[] = [];
    for (let from = day.start; from < day.end; from += slotSeconds) {
      const to = Math.min(from + slotSeconds, day.end);
      const outside = weather.temperatureCelsius(from);
      const hour = wallOf(from) / hourSeconds;
      const night = hour < 5.5 || hour > 22.5;
      const away = occupancy.awake.length === 0;
      const wanted = away ? 14 : night ? 16 : isAwake(occupancy, from) ? 20 : 19;
      // People, sun and appliances do the last kelvins; above 15 °C outside the pump rests.
      const space = outside > 15 ? 0 : Math.max(0, wattsPerKelvin * (wanted - 2.5 - outside));
      const noisy = space * (1 + 0.1 * slowNoise(need, from, 2_400));
      const hot = showers.some((at) => at >= from && at < to) ? hotWaterWatts : 0;
      const watts = Math.round(noisy + hot);
      const boiler = watts === 0 ? 0 : clamp(watts, minimumWatts, maximumWatts);
      runs.push(...runsOf({ from, to, watts: Math.min(watts, maximumWatts), boiler, outside }));
    }
    return runs;
  };
  return {
    rest: { microlitresPerSecond: 0, watts: 0 },
    runsOfDay(dayIndex) {
      let runs = known.get(dayIndex);
      if (runs === undefined) {
        runs = compute(dayIndex);
        if (known.size > 4) known.clear();
        known.set(dayIndex, runs);
      }
      return runs;
    },
  };
}

/** Moments at which a tank is heated up again: some 2.5 kWh a head and day. */
function showerSlots(draw: Random, awake: readonly { from: number; to: number }[], people: number): number[] {
  const first = awake[0];
  if (first === undefined) return [];
  return Array.from({ length: people }, () => first.from + draw.between(600, 9_000));
}

/** Period of the control. */
const slotSeconds = 600;
const minimumWatts = 3_000;
const maximumWatts = 24_000;
const hotWaterWatts = 15_000;
/** Natural gas H as delivered: 10.5 kWh a cubic metre at the meter's temperature and pressure. */
const wattSecondsPerMicrolitre = (10.5 * 3_600_000) / 1e9;

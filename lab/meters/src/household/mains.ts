/**
 * The grid as the house sees it: three voltages near 230 V, a frequency near 50 Hz.
 *
 * Voltage drifts with the neighbourhood and gives way under the household's own current; feeding in lifts it.
 * Frequency is one for all of Europe, so it has a stream of its own that no household's seed changes.
 * Source: limits of EN 50160 (230 V ± 10 %); the usual band of the synchronous area, 50 Hz ± 50 mHz.
 */

import { clamp, slowNoise } from "../noise.ts";
import { hourSeconds } from "../local-time.ts";
import { Random } from "../random.ts";
import type { Load, PerPhase, Phase } from "./load.ts";

export interface Mains {
  /** Voltage of each phase to neutral in mV, under this load. */
  voltages(second: number, load: Load): PerPhase;
}

export function mains(random: Random): Mains {
  const neighbours = random.fork("neighbours");
  const own = [random.fork("L1"), random.fork("L2"), random.fork("L3")];
  const voltage = (second: number, load: Load, phase: Phase) => {
    const stream = own[phase] ?? neighbours;
    const volts =
      232.5 +
      2.6 * slowNoise(neighbours, second, 2 * hourSeconds) +
      1.3 * slowNoise(stream, second, 420) +
      0.35 * slowNoise(stream, second + 7_919, 12) +
      0.12 * (stream.at(second) - 0.5);
    const amperes = load.activeMilliwatts[phase] / 1000 / volts;
    return Math.round((volts - amperes * loopOhms) * 1000);
  };
  return { voltages: (second, load) => [voltage(second, load, 0), voltage(second, load, 1), voltage(second, load, 2)] };
}

/** Frequency of the synchronous area in mHz, the same for every household. */
export function frequencyMillihertz(second: number): number {
  const fromHour = ((second + 900) % hourSeconds) - 900; // generation is scheduled by the hour: a dip around it
  const hourly = -12 * Math.exp(-((fromHour / 180) ** 2));
  const millihertz = hourly + 22 * slowNoise(area, second, 300) + 9 * slowNoise(area, second + 104_729, 25);
  return Math.round(50_000 + clamp(millihertz + 2 * (area.at(second) - 0.5), -49, 49));
}

const area = Random.of("synchronous area of continental Europe");
/** Supply line and house, one phase. */
const loopOhms = 0.22;

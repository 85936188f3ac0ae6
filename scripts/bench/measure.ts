/**
 * One work against its rivals: interleaved rounds, CPU time, medians.
 *
 * Why CPU time: other jobs on the machine do not count. Why interleaved: frequency and caches drift, and so drift for all
 * alike. The ratio is the median of the ratios within each round, not the ratio of two medians.
 */

import type { BenchWork, Rival } from "./types.ts";

export interface Rate {
  /** Units per CPU-second, median over the rounds. */
  readonly median: number;
  /** Half the distance between the quartiles, as part of the median: 0.03 = ± 3 %. */
  readonly spread: number;
}

export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly ours: Rate;
  readonly others: readonly { readonly name: string; readonly rate: Rate; readonly ratio: number }[];
  readonly bounds: readonly Bound[];
}

interface Bound {
  readonly states: string;
  readonly holds: boolean;
  /** The rival it compares with; none for a rate. */
  readonly against?: string;
}

export interface Effort {
  readonly rounds: number;
  /** CPU time that one side uses at least in one round: below it the clock's steps would show. */
  readonly leastMicroseconds: number;
  /** CPU time of this process so far, in microseconds. */
  readonly cpu: () => number;
}

/** Runs the rounds, after two for the compiler to warm up. */
export async function measure(work: BenchWork, effort: Effort): Promise<Measured> {
  const sides: readonly Rival[] = [{ name: "ours", run: work.ours }, ...work.others];
  const rates: number[][] = sides.map(() => []);
  for (let round = -2; round < effort.rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const side = (turn + round + sides.length) % sides.length; // who begins changes, so nobody always runs on a warm cache
      const rate = await rateOf(sides[side]!, effort);
      if (round >= 0) rates[side]!.push(rate);
    }
  }
  const [ours = [], ...theirs] = rates;
  const others = work.others.map(({ name }, index) => ({
    name,
    rate: summary(theirs[index] ?? []),
    ratio: median(ours.map((rate, round) => rate / (theirs[index]?.[round] ?? Number.NaN))),
  }));
  const result = { name: work.name, unit: work.unit, ours: summary(ours), others };
  return { ...result, bounds: boundsOf(work, result) };
}

async function rateOf(side: Rival, { leastMicroseconds, cpu }: Effort): Promise<number> {
  const start = cpu();
  let units = 0;
  let used = 0;
  do {
    units += await side.run();
    used = cpu() - start;
  } while (used < leastMicroseconds);
  return (units / used) * 1e6;
}

function boundsOf(work: BenchWork, { ours, others }: Pick<Measured, "ours" | "others">): Measured["bounds"] {
  const { perCpuSecond, timesOther = {} } = work.atLeast ?? {};
  const bounds: Bound[] = Object.entries(timesOther).map(([name, times]) => {
    const rival = others.find((one) => one.name === name);
    if (rival === undefined) throw new Error(`${work.name} states a bound against ${name}, which is not measured`);
    return { states: `≥ ${times} × ${name}`, holds: rival.ratio >= times, against: name };
  });
  if (perCpuSecond === undefined) return bounds;
  return [{ states: `≥ ${rateText(perCpuSecond, work.unit)}`, holds: ours.median >= perCpuSecond }, ...bounds];
}

/** `142 MB/s` for bytes, `61.2 M values/s` for the rest; a second is a CPU-second. */
export function rateText(rate: number, unit: string): string {
  const [divisor, prefix] = rate >= 1e6 ? [1e6, "M"] : rate >= 1e3 ? [1e3, "k"] : [1, ""];
  const scaled = rate / divisor;
  const figure = scaled >= 100 ? scaled.toFixed(0) : scaled.toPrecision(3);
  return unit === "bytes" ? `${figure} ${prefix}B/s` : `${figure} ${prefix}${prefix && " "}${unit}/s`;
}

function summary(rates: readonly number[]): Rate {
  const middle = median(rates);
  return { median: middle, spread: (quantile(rates, 0.75) - quantile(rates, 0.25)) / 2 / middle };
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest values. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

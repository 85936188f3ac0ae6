/**
 * Power on three phases, in whole milliwatts and millivars.
 *
 * Integers, because counters sum them: whoever adds a year of seconds in another order must get the same energy.
 * Sign: active power is positive when the household takes from the grid; reactive power is positive when inductive.
 */

/** Index of a phase conductor: 0 = L1. */
export type Phase = 0 | 1 | 2;
export const phases: readonly Phase[] = [0, 1, 2];

/** One number for each of L1, L2, L3. */
export type PerPhase = [number, number, number];

/** What the household takes (positive) or gives (negative) at one moment. */
export interface Load {
  readonly activeMilliwatts: Readonly<PerPhase>;
  readonly reactiveMillivars: Readonly<PerPhase>;
}

/** The same, being summed up. */
export interface LoadSum extends Load {
  readonly activeMilliwatts: PerPhase;
  readonly reactiveMillivars: PerPhase;
}

/** Constant power on one phase over `[from, to)`, in seconds. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly phase: Phase;
  readonly milliwatts: number;
  readonly millivars: number;
}

export function noLoad(): LoadSum {
  return { activeMilliwatts: [0, 0, 0], reactiveMillivars: [0, 0, 0] };
}

/** Sum of the three phases in mW: what a balancing meter counts. */
export function totalMilliwatts(load: Load): number {
  const [l1, l2, l3] = load.activeMilliwatts;
  return l1 + l2 + l3;
}

/** Sum of the three phases in mvar. */
export function totalMillivars(load: Load): number {
  const [l1, l2, l3] = load.reactiveMillivars;
  return l1 + l2 + l3;
}

/** Rounds once, here: everything behind works in whole units. `tanPhi` = reactive / active, negative is capacitive. */
export function runOf(from: number, to: number, at: { phase: Phase; watts: number; tanPhi?: number }): Run {
  return {
    from: Math.round(from),
    to: Math.round(to),
    phase: at.phase,
    milliwatts: Math.round(at.watts * 1000),
    millivars: Math.round(at.watts * 1000 * (at.tanPhi ?? 0)),
  };
}

/** The same power on each phase, `watts` in total. */
export function threePhaseRuns(from: number, to: number, at: { watts: number; tanPhi?: number }): Run[] {
  return phases.map((phase) => runOf(from, to, { phase, watts: at.watts / 3, tanPhi: at.tanPhi ?? 0 }));
}

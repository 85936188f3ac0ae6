/**
 * The runs of one day as a staircase: at which second the sum of all appliances changes, and to what.
 *
 * Some hundred steps of 28 bytes, on busy days over a thousand, instead of 86 400 values, so that a process can hold a
 * street of households.
 */

import type { CalendarDay } from "../local-time.ts";
import { type LoadSum, type Phase, phases, type Run } from "./load.ts";

export class DayPlan {
  readonly day: CalendarDay;
  /** Seconds after the day's start, ascending; the first is 0. */
  readonly #from: Int32Array;
  /** Three milliwatts and three millivars for each step. */
  readonly #power: Int32Array;
  #cursor = 0; // the step asked for last: seconds are mostly asked for in order

  /** @param runs  All runs that touch the day, in any order; what lies outside is cut off. */
  constructor(day: CalendarDay, runs: readonly Run[]) {
    const length = day.end - day.start;
    const changes = new Int32Array((length + 1) * columns);
    const isStep = new Uint8Array(length + 1);
    isStep[0] = 1;
    for (const run of runs) {
      const from = Math.max(0, run.from - day.start);
      const to = Math.min(length, run.to - day.start);
      if (from >= to) continue;
      change(changes, from, run.phase, run.milliwatts, run.millivars);
      change(changes, to, run.phase, -run.milliwatts, -run.millivars);
      isStep[from] = 1;
      isStep[to] = 1;
    }
    isStep[length] = 0;
    const count = isStep.reduce((sum, step) => sum + step, 0);
    this.day = day;
    this.#from = new Int32Array(count);
    this.#power = new Int32Array(count * columns);
    this.#sumUp(changes, isStep);
  }

  /** Number of steps. */
  get length(): number {
    return this.#from.length;
  }

  /** Adds the appliances' power at this second of the day; returns the second at which it may change next. */
  addTo(sum: LoadSum, second: number): number {
    const step = this.#stepAt(second - this.day.start);
    const at = step * columns;
    for (const phase of phases) {
      sum.activeMilliwatts[phase] += this.#power[at + phase] ?? 0;
      sum.reactiveMillivars[phase] += this.#power[at + 3 + phase] ?? 0;
    }
    const next = this.#from[step + 1];
    return next === undefined ? this.day.end : this.day.start + next;
  }

  #sumUp(changes: Int32Array, isStep: Uint8Array): void {
    const now = new Int32Array(columns);
    let step = 0;
    for (let at = isStep.indexOf(1); at >= 0; at = isStep.indexOf(1, at + 1)) {
      for (let column = 0; column < columns; column++) now[column]! += changes[at * columns + column]!;
      this.#from[step] = at;
      this.#power.set(now, step * columns);
      step++;
    }
  }

  #stepAt(offset: number): number {
    const from = this.#from;
    let low = 0;
    let high = from.length - 1;
    if (from[this.#cursor]! <= offset) {
      low = this.#cursor;
      if (low === high || from[low + 1]! > offset) return low;
      if (low + 1 === high || from[low + 2]! > offset) return (this.#cursor = low + 1);
    }
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (from[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return (this.#cursor = low);
  }
}

function change(changes: Int32Array, at: number, phase: Phase, milliwatts: number, millivars: number): void {
  changes[at * columns + phase]! += milliwatts;
  changes[at * columns + 3 + phase]! += millivars;
}

const columns = 6;

/**
 * A gas, water or heat meter without a protocol: it counts, and keeps what it showed at the ends of months.
 *
 * In: a consumption model and `advance(to)`.  Out: counters, rates, values of due dates, error bits.
 * Not here: telegrams (../mbus). However `advance` is cut into pieces, every counter is equal.
 */

import { localDayOf } from "../local-time.ts";
import { flowAt, type Flow, type FlowModel, flowsBetween } from "./flow.ts";

export type UtilityKind = "gas" | "water" | "heat";

export interface UtilityCounters {
  readonly microlitres: number;
  readonly joules: number;
}

export interface DueValue extends UtilityCounters {
  /** First second of the month that follows. */
  readonly at: number;
}

export interface UtilityMeterOptions extends Partial<UtilityCounters> {
  readonly kind: UtilityKind;
  readonly model: FlowModel;
  /** First second that is counted, seconds since 1970 UTC. */
  readonly from: number;
}

export class UtilityMeter {
  readonly kind: UtilityKind;
  readonly bornAt: number;
  /** Bits 2, 3 and 4 of the M-Bus status: low power, permanent and temporary error. */
  status = 0;
  readonly #model: FlowModel;
  #second: number;
  #microlitres: number;
  #joules: number;
  #due: DueValue[] = [];

  constructor(options: UtilityMeterOptions) {
    this.kind = options.kind;
    this.#model = options.model;
    this.bornAt = this.#second = options.from;
    this.#microlitres = options.microlitres ?? 0;
    this.#joules = options.joules ?? 0;
  }

  /** The first second that is not counted yet. */
  get second(): number {
    return this.#second;
  }

  get counters(): UtilityCounters {
    return { microlitres: this.#microlitres, joules: this.#joules };
  }

  get flow(): Flow {
    return flowAt(this.#model, this.#second);
  }

  /** Values at the ends of the last twelve months, the last one first. */
  get due(): readonly DueValue[] {
    return this.#due;
  }

  /** Counts up to this second. Going back does nothing: a meter never counts backwards. */
  advance(to: number): void {
    while (this.#second < to) {
      const turn = nextMonth(this.#second);
      const until = Math.min(turn, to);
      for (const { from, to: end, microlitresPerSecond, watts } of flowsBetween(this.#model, this.#second, until)) {
        this.#microlitres += microlitresPerSecond * (end - from);
        this.#joules += watts * (end - from);
      }
      this.#second = until;
      if (until === turn) this.#due = [{ at: turn, ...this.counters }, ...this.#due].slice(0, 12);
    }
  }
}

/** The first second of the month after this one, by the clock on the wall. */
function nextMonth(second: number): number {
  let day = localDayOf(second);
  do day = localDayOf(day.end);
  while (day.dayOfMonth !== 1);
  return day.start;
}

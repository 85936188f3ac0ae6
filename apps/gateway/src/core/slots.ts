/**
 * The slots of a profile: instants on the grid of each local day, and to which day each belongs.
 *
 * In: a zone and a period.  Out: the slot that an instant is nearest after, slots of a span, the day of a slot.
 * A slot is named by its instant and belongs to the day that ends with it or goes on after it: midnight is the last slot
 * of the day before, as `quarterHourGrid` of readings has it, for samples too, so that there is one rule.
 * Where a day is no whole number of periods (no zone of today with a period that divides the hour), its rest has no slot.
 */

import { Instant, LocalDay } from "@siegel/readings";

export class Slots {
  readonly zone: string;
  readonly periodMs: number;
  /** Neighbouring calls ask for the same day: looking it up costs a formatter of dates. */
  #recent: LocalDay | undefined;

  /** @param form.periodMs  Divides the hour: the configuration sees to it. */
  constructor({ zone, periodMs }: { readonly zone: string; readonly periodMs: number }) {
    this.zone = zone;
    this.periodMs = periodMs;
  }

  /** The latest slot that is not after this instant. Milliseconds since 1970 UTC, as all instants here. */
  atOrBefore(atMs: number): number {
    const day = this.#dayAt(atMs);
    const index = Math.floor((atMs - day.start.epochMs) / this.periodMs);
    return index > 0 ? day.start.epochMs + index * this.periodMs : this.#lastOf(this.#dayAt(day.start.epochMs - 1));
  }

  isSlot(atMs: number): boolean {
    return this.atOrBefore(atMs) === atMs;
  }

  /** The day that the slot belongs to: start < slot ≤ end. */
  dayOf(slotMs: number): LocalDay {
    return this.#dayAt(slotMs - 1);
  }

  /** Slots with `afterMs` < slot ≤ `untilMs`, ascending. */
  *between(afterMs: number, untilMs: number): Generator<number, void, void> {
    for (let day = this.#dayAt(afterMs); day.start.epochMs < untilMs; day = this.#dayAt(day.end.epochMs)) {
      const start = day.start.epochMs;
      const last = Math.min(untilMs, this.#lastOf(day));
      const first = start + Math.max(1, Math.floor((afterMs - start) / this.periodMs) + 1) * this.periodMs;
      for (let slot = first; slot <= last; slot += this.periodMs) yield slot;
    }
  }

  #lastOf(day: LocalDay): number {
    return day.start.epochMs + Math.floor(day.durationMs / this.periodMs) * this.periodMs;
  }

  #dayAt(atMs: number): LocalDay {
    const recent = this.#recent;
    if (recent !== undefined && recent.start.epochMs <= atMs && atMs < recent.end.epochMs) return recent;
    return (this.#recent = LocalDay.at(Instant.ofEpochMs(atMs), this.zone));
  }
}

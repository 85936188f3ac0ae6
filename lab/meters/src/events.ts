/** The event log of a meter: what happened, when by its own clock, on which phase. */

import type { Phase } from "./household/load.ts";
import { Ring } from "./ring.ts";

/** Every event that the virtual meter can log, in words for a person. */
export const eventNames = {
  "power-down": "all voltages gone",
  "power-up": "voltage back, meter running",
  "phase-lost": "one voltage gone",
  "phase-returned": "voltage of the phase back",
  "over-voltage": "voltage above 110 % of nominal",
  "over-voltage-end": "voltage below 110 % again",
  "under-voltage": "voltage below 90 % of nominal",
  "under-voltage-end": "voltage above 90 % again",
  "magnetic-field": "strong magnetic field detected",
  "magnetic-field-end": "magnetic field gone",
  "cover-opened": "terminal cover opened",
  "cover-closed": "terminal cover closed",
  "field-reversed": "rotating field left-handed",
  "field-restored": "rotating field right-handed again",
  "clock-set": "clock set",
  "firmware-updated": "firmware replaced and activated",
  "tamper-reset": "tamper flags cleared",
} as const;

export type EventName = keyof typeof eventNames;

export interface MeterEvent {
  /** By the meter's own clock, seconds since 1970 UTC; for `clock-set` the new time. */
  readonly at: number;
  readonly event: EventName;
  readonly phase?: Phase;
  /** `clock-set`: seconds by which the clock was moved. */
  readonly bySeconds?: number;
  /** `firmware-updated`: version now running. */
  readonly version?: string;
}

export class EventLog {
  readonly #entries: Ring<MeterEvent>;

  /** @param dropped  Events that had already given way to these. */
  constructor(capacity: number, entries: Iterable<MeterEvent> = [], dropped = 0) {
    this.#entries = new Ring(capacity, entries, dropped);
  }

  record(event: MeterEvent): void {
    this.#entries.push(event);
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Events that gave way to newer ones so far. */
  get dropped(): number {
    return this.#entries.dropped;
  }

  /** Oldest first. */
  all(): MeterEvent[] {
    return this.#entries.toArray();
  }
}

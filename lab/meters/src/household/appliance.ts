/**
 * What an appliance is to the model: a list of runs for a day, or a value for any moment.
 *
 * An appliance with habits gives runs (constant power from one second to another); only the runs are kept for a day.
 * A process (sunshine, electronics) has a new value every ten seconds and is computed when asked, never kept.
 */

import type { CalendarDay } from "../local-time.ts";
import type { Random } from "../random.ts";
import type { LoadSum, Run } from "./load.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Weather } from "./weather.ts";

/** What an appliance may know about the day it plans. */
export interface DayPlanInput {
  readonly day: CalendarDay;
  readonly occupancy: Occupancy;
  readonly weather: Weather;
  /** Seconds of sunrise and sunset. */
  readonly sun: { readonly rises: number; readonly sets: number };
  /** This appliance's numbers of this day, independent of every other appliance and day. */
  readonly random: Random;
}

export interface Appliance {
  /** Unique in the household; names the random stream. */
  readonly name: string;
  /** Runs that begin on this day. They may reach into the next day, and end before that is over. */
  runs(input: DayPlanInput): Run[];
}

/** Seconds for which a process keeps its value; boundaries are multiples of it. */
export const processStepSeconds = 10;

export interface Process {
  readonly name: string;
  /** Adds what flows at this step. `second` is a multiple of `processStepSeconds`. */
  addTo(sum: LoadSum, second: number): void;
}

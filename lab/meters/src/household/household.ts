/**
 * A household behind a meter: appliances, people, roof and car, from one seed.
 *
 * In: a seed and what the house owns.  Out: load and electrical state at any second, and the pieces of constant power
 * between two seconds.
 * Not here: counting (../registers), faults of the grid and of the meter (../disturbances).
 * Simplification: appliances draw constant power. The voltage follows the load, the load does not follow the voltage,
 * so that power over a piece is exact and a year can be counted in pieces.
 */

import { type CalendarDay, localDay, localDayOf } from "../local-time.ts";
import { ModelError } from "../model-error.ts";
import { Random } from "../random.ts";
import { type Appliance, type DayPlanInput, type Process, processStepSeconds } from "./appliance.ts";
import { compressor } from "./cooling.ts";
import { DayPlan } from "./day-plan.ts";
import { electricVehicle } from "./electric-vehicle.ts";
import { boilerPump, heatPump } from "./heating.ts";
import { dishwasher, hob, kettle, oven } from "./kitchen.ts";
import { laundry } from "./laundry.ts";
import { lights, screens, smallAppliances } from "./living.ts";
import { type Load, noLoad, type Run } from "./load.ts";
import { frequencyMillihertz, type Mains, mains } from "./mains.ts";
import { occupancyOf } from "./occupancy.ts";
import { type Photovoltaics, photovoltaics, southRoof } from "./photovoltaics.ts";
import { standby } from "./standby.ts";
import { type State, stateOf } from "./state.ts";
import { type Place, sunTimes } from "./sun.ts";
import { type Weather, weatherOf } from "./weather.ts";

export interface HouseholdOptions {
  readonly seed: number | string;
  /** 1 to 6, whole; 3 unless told. */
  readonly people?: number;
  /** A roof; `{}` for 5 kWp to the south. None unless told. */
  readonly photovoltaics?: Partial<Photovoltaics>;
  readonly electricVehicle?: boolean;
  /** Heats with a heat pump instead of a gas boiler. */
  readonly heatPump?: boolean;
  /** Between the polar circles, where the sun rises and sets each day; Siegerland unless told. */
  readonly place?: Place;
  /** Households of one region share their weather; one region unless told. */
  readonly region?: number | string;
}

/** Constant load over `[from, to)`. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly load: Load;
}

export class Household {
  readonly #random: Random;
  readonly #place: Place;
  readonly #weather: Weather;
  readonly #mains: Mains;
  readonly #appliances: readonly Appliance[];
  readonly #processes: readonly Process[];
  readonly #runsOfDay = new Map<number, Run[]>();
  #plan: DayPlan | undefined;

  /** @throws {ModelError} "not-a-household" when people, roof or place lie outside of what is modelled. */
  constructor(options: HouseholdOptions) {
    if (!isModelled(options)) throw new ModelError("not-a-household");
    this.#random = Random.of(options.seed).fork("household");
    this.#place = options.place ?? siegerland;
    this.#weather = weatherOf(Random.of(options.region ?? "region").fork("weather"));
    this.#mains = mains(this.#random.fork("mains"));
    this.#appliances = appliancesOf(this.#random, options);
    this.#processes = [standby(this.#random.fork("standby"))];
    if (options.photovoltaics !== undefined) {
      const roof = { ...southRoof, ...options.photovoltaics };
      this.#processes = [...this.#processes, photovoltaics(roof, this.#place, this.#weather)];
    }
  }

  /** Power taken (positive) or given (negative) at this second. Cheap in order; a jump plans two days (some 2 ms). */
  load(second: number): Load {
    return this.#pieceAt(second).load;
  }

  /** Everything a meter could measure at this second. */
  at(second: number): State {
    const load = this.load(second);
    return stateOf({
      second,
      load,
      voltageMillivolts: this.voltages(second, load),
      frequencyMillihertz: frequencyMillihertz(second),
    });
  }

  /** Voltages in mV that the grid has at this second under this load, which may differ from the household's own. */
  voltages(second: number, load: Load): [number, number, number] {
    return this.#mains.voltages(second, load);
  }

  /** The pieces that fill `[from, to)` without a gap, in order, each at most ten seconds long. */
  *pieces(from: number, to: number): Generator<Piece> {
    for (let at = from; at < to;) {
      const { load, until } = this.#pieceAt(at);
      const end = Math.min(until, to);
      yield { from: at, to: end, load };
      at = end;
    }
  }

  #pieceAt(second: number): { load: Load; until: number } {
    const sum = noLoad();
    const step = second - (second % processStepSeconds);
    const change = this.#planAt(second).addTo(sum, second);
    for (const process of this.#processes) process.addTo(sum, step);
    return { load: sum, until: Math.min(change, step + processStepSeconds) };
  }

  #planAt(second: number): DayPlan {
    const plan = this.#plan;
    if (plan !== undefined && second >= plan.day.start && second < plan.day.end) return plan;
    const day = localDayOf(second);
    const runs = [...this.#runsOf(localDay(day.index - 1)), ...this.#runsOf(day)]; // yesterday's may reach into today
    for (const index of this.#runsOfDay.keys()) if (index !== day.index) this.#runsOfDay.delete(index);
    return (this.#plan = new DayPlan(day, runs));
  }

  #runsOf(day: CalendarDay): Run[] {
    const known = this.#runsOfDay.get(day.index);
    if (known !== undefined) return known;
    const occupancy = occupancyOf(this.#random, day);
    const sun = sunTimes(day, this.#place);
    const runs = this.#appliances.flatMap((appliance) => {
      const random = this.#random.fork(appliance.name).fork(day.index);
      const input: DayPlanInput = { day, occupancy, weather: this.#weather, sun, random };
      return appliance.runs(input);
    });
    this.#runsOfDay.set(day.index, runs);
    return runs;
  }
}

function isModelled({ people = 3, photovoltaics: roof, place = siegerland }: HouseholdOptions): boolean {
  const { peakWatts = 0, tiltDegrees = 0, azimuthDegrees = 0 } = roof ?? {};
  return (
    Number.isInteger(people) &&
    people >= 1 &&
    people <= 6 &&
    peakWatts >= 0 &&
    [peakWatts, tiltDegrees, azimuthDegrees, place.longitudeDegrees].every(Number.isFinite) &&
    Math.abs(place.latitudeDegrees) < polarCircleDegrees
  );
}

/** What the house owns, each on its phase. A new appliance changes no other one's numbers. */
function appliancesOf(random: Random, options: HouseholdOptions): Appliance[] {
  const people = options.people ?? 3;
  return [
    compressor(random.fork("fridge"), { name: "fridge", phase: 0, watts: 72, cycleSeconds: 2_700, duty: 0.34 }),
    compressor(random.fork("freezer"), { name: "freezer", phase: 2, watts: 88, cycleSeconds: 3_600, duty: 0.3 }),
    kettle({ phase: 0, people }),
    hob({ phases: [0, 1], people }),
    oven({ phase: 1 }),
    dishwasher({ phase: 2, people }),
    laundry({ washerPhase: 1, dryerPhase: 2, people }),
    lights({ people }),
    screens({ phase: 2, people }),
    smallAppliances({ phase: 0, people }),
    options.heatPump === true ? heatPump(random.fork("heat pump")) : boilerPump({ phase: 1 }),
    ...(options.electricVehicle === true ? [electricVehicle(random.fork("electric vehicle"))] : []),
  ];
}

const siegerland: Place = { latitudeDegrees: 50.9, longitudeDegrees: 8 };
const polarCircleDegrees = 66.5;

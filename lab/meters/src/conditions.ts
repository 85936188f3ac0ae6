/**
 * Which disturbances hold at one second, and what they change: the load, the voltages, the log.
 *
 * Pure functions between the schedule (./disturbances) and the meter (./virtual-meter).
 */

import { endOf, type Disturbance } from "./disturbances.ts";
import type { EventName } from "./events.ts";
import { type Load, noLoad, type PerPhase, type Phase, phases } from "./household/load.ts";

/** What holds around the meter at one second. */
export interface Conditions {
  readonly powered: boolean;
  /** By phase: the conductor is interrupted. */
  readonly lost: readonly [boolean, boolean, boolean];
  /** By phase: mV added to the voltage, negative when it is too low. */
  readonly addedMillivolts: Readonly<PerPhase>;
  readonly magneticField: boolean;
  readonly coverOpen: boolean;
  readonly reversedField: boolean;
}

export const normalConditions: Conditions = {
  powered: true,
  lost: [false, false, false],
  addedMillivolts: [0, 0, 0],
  magneticField: false,
  coverOpen: false,
  reversedField: false,
};

/** What holds at this second. Of several disturbances of one voltage the last in the list decides. */
export function conditionsAt(second: number, disturbances: readonly Disturbance[]): Conditions {
  const holding = disturbances.filter((one) => one.at <= second && second < endOf(one));
  if (holding.length === 0) return normalConditions;
  const has = (kind: Disturbance["kind"]) => holding.some((one) => one.kind === kind);
  const lost: [boolean, boolean, boolean] = [false, false, false];
  const addedMillivolts: PerPhase = [0, 0, 0];
  for (const one of holding) {
    if (one.kind === "phase-loss") lost[one.phase] = true;
    if (one.kind === "over-voltage") addedMillivolts[one.phase] = one.byMillivolts;
    if (one.kind === "under-voltage") addedMillivolts[one.phase] = -one.byMillivolts;
  }
  return {
    powered: !has("power-failure") && lost.includes(false), // one phase is enough to run on
    lost,
    addedMillivolts,
    magneticField: has("magnetic-field"),
    coverOpen: has("cover-open"),
    reversedField: has("reversed-field"),
  };
}

/** The load that still flows. */
export function loadUnder(conditions: Conditions, load: Load): Load {
  if (conditions === normalConditions) return load;
  const left = noLoad();
  for (const phase of phases) {
    if (!conditions.powered || conditions.lost[phase]) continue;
    left.activeMilliwatts[phase] = load.activeMilliwatts[phase];
    left.reactiveMillivars[phase] = load.reactiveMillivars[phase];
  }
  return left;
}

/** The voltages that are still there, in mV. */
export function voltagesUnder(conditions: Conditions, voltages: Readonly<PerPhase>): PerPhase {
  const left: PerPhase = [0, 0, 0];
  for (const phase of phases) {
    if (!conditions.powered || conditions.lost[phase]) continue;
    left[phase] = Math.max(0, voltages[phase] + conditions.addedMillivolts[phase]);
  }
  return left;
}

/** What a meter that was under `before` and is now under `after` writes into its log; power events come first. */
export function eventsBetween(before: Conditions, after: Conditions): { event: EventName; phase?: Phase }[] {
  const events: { event: EventName; phase?: Phase }[] = [];
  const turn = (was: boolean, is: boolean, on: EventName, off: EventName, at: { phase?: Phase } = {}) => {
    if (was !== is) events.push({ event: is ? on : off, ...at });
  };
  turn(before.powered, after.powered, "power-up", "power-down");
  if (!after.powered) return events; // without power nothing else is noticed
  for (const phase of phases) {
    const [was, is] = [before.addedMillivolts[phase], after.addedMillivolts[phase]];
    turn(before.lost[phase], after.lost[phase], "phase-lost", "phase-returned", { phase });
    turn(was > 0, is > 0, "over-voltage", "over-voltage-end", { phase });
    turn(was < 0, is < 0, "under-voltage", "under-voltage-end", { phase });
  }
  turn(before.magneticField, after.magneticField, "magnetic-field", "magnetic-field-end");
  turn(before.coverOpen, after.coverOpen, "cover-opened", "cover-closed");
  turn(before.reversedField, after.reversedField, "field-reversed", "field-restored");
  return events;
}

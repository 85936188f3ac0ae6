/**
 * What a meter measures at one second, from load and grid.
 *
 * All in whole thousandths of the SI unit. Angles: how far a voltage lags behind L1, and a current behind its voltage.
 */

import { type Load, type PerPhase, phases } from "./load.ts";

export interface State extends Load {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly second: number;
  readonly voltageMillivolts: Readonly<PerPhase>;
  readonly currentMilliamperes: Readonly<PerPhase>;
  /** Current against its own voltage, 0 … 359 999 millidegrees; inductive import lies in 0 … 90°. */
  readonly phaseAngleMillidegrees: Readonly<PerPhase>;
  /** Voltage against L1: 0°, 120°, 240° for a right-handed field. */
  readonly voltageAngleMillidegrees: Readonly<PerPhase>;
  readonly frequencyMillihertz: number;
}

export interface StateInput {
  readonly second: number;
  readonly load: Load;
  readonly voltageMillivolts: Readonly<PerPhase>;
  readonly frequencyMillihertz: number;
  /** L2 and L3 changed places. */
  readonly reversedField?: boolean;
}

export function stateOf(input: StateInput): State {
  const { activeMilliwatts, reactiveMillivars } = input.load;
  const current: PerPhase = [0, 0, 0];
  const angle: PerPhase = [0, 0, 0];
  for (const phase of phases) {
    const active = activeMilliwatts[phase];
    const reactive = reactiveMillivars[phase];
    const millivolts = input.voltageMillivolts[phase];
    if (millivolts === 0) continue;
    current[phase] = Math.round((Math.sqrt(active * active + reactive * reactive) / millivolts) * 1000);
    const degrees = (Math.atan2(reactive, active) * 180) / Math.PI;
    angle[phase] = (Math.round(degrees * 1000) + fullCircle) % fullCircle;
  }
  return {
    second: input.second,
    activeMilliwatts,
    reactiveMillivars,
    voltageMillivolts: input.voltageMillivolts,
    currentMilliamperes: current,
    phaseAngleMillidegrees: angle,
    voltageAngleMillidegrees: input.reversedField === true ? [0, 240_000, 120_000] : [0, 120_000, 240_000],
    frequencyMillihertz: input.frequencyMillihertz,
  };
}

const fullCircle = 360_000;

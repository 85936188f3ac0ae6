/**
 * The status word that stands beside the import counter in a telegram.
 *
 * Source: the word of German household meters (FNN) as public captures show it: bit 2 always set, 8 load, 9 magnetic
 * field, 10 cover, 11 export of the total, 12–14 export per phase, 15 rotating field, 17 fatal error, 18–20 voltage.
 * How long a flag stays, and from which current and voltage on, is ours.
 */

import { phases, totalMilliwatts } from "./household/load.ts";
import type { State } from "./household/state.ts";

export const statusBit = {
  fixed: 0x00_0004,
  load: 0x00_0100,
  magneticField: 0x00_0200,
  coverOpened: 0x00_0400,
  export: 0x00_0800,
  exportL1: 0x00_1000,
  exportL2: 0x00_2000,
  exportL3: 0x00_4000,
  reversedField: 0x00_8000,
  fatalError: 0x02_0000,
  voltageL1: 0x04_0000,
  voltageL2: 0x08_0000,
  voltageL3: 0x10_0000,
} as const;

/** What the meter remembers beyond what it measures. */
export interface MeterFlags {
  readonly magneticField?: boolean;
  readonly coverOpened?: boolean;
  readonly fatalError?: boolean;
}

/** 24 bits. */
export function statusWord(state: State, flags: MeterFlags = {}): number {
  let word: number = statusBit.fixed;
  if (state.currentMilliamperes.some((current) => current >= startingMilliamperes)) word |= statusBit.load;
  if (flags.magneticField === true) word |= statusBit.magneticField;
  if (flags.coverOpened === true) word |= statusBit.coverOpened;
  if (flags.fatalError === true) word |= statusBit.fatalError;
  if (totalMilliwatts(state) < 0) word |= statusBit.export;
  for (const phase of phases) {
    if (state.activeMilliwatts[phase] < 0) word |= exportOf[phase];
    if (state.voltageMillivolts[phase] >= missingBelowMillivolts) word |= voltageOf[phase];
  }
  if (state.voltageAngleMillidegrees[1] > state.voltageAngleMillidegrees[2]) word |= statusBit.reversedField;
  return word;
}

const exportOf = [statusBit.exportL1, statusBit.exportL2, statusBit.exportL3] as const;
const voltageOf = [statusBit.voltageL1, statusBit.voltageL2, statusBit.voltageL3] as const;
/** Starting current of a class B meter for 5(60) A: 0.4 % of the reference current. */
const startingMilliamperes = 20;
/** Half of the nominal voltage; ours. */
const missingBelowMillivolts = 115_000;

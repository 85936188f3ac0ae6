/**
 * The meter's counters: power of the balanced phases and of each phase, summed in whole milliwatt seconds.
 *
 * In: constant load over a number of seconds.  Out: counters that never fall, and their reading at a stated scale.
 * Balanced ("Saldo"), as German meters count: the three phases are added first, then the sign decides the register.
 * Why integers: a float that is added to for years loses the last digits, and a restart would show it.
 */

import { phases, type Load, totalMillivars, totalMilliwatts } from "./household/load.ts";
import { ModelError } from "./model-error.ts";

/** Every counter, and its OBIS code for electricity on channel 0. */
export const registerObis = {
  import: "1-0:1.8.0*255",
  importT1: "1-0:1.8.1*255",
  importT2: "1-0:1.8.2*255",
  export: "1-0:2.8.0*255",
  exportT1: "1-0:2.8.1*255",
  exportT2: "1-0:2.8.2*255",
  reactiveQ1: "1-0:5.8.0*255", // +A +R
  reactiveQ2: "1-0:6.8.0*255", // -A +R
  reactiveQ3: "1-0:7.8.0*255", // -A -R
  reactiveQ4: "1-0:8.8.0*255", // +A -R
  importL1: "1-0:21.8.0*255",
  importL2: "1-0:41.8.0*255",
  importL3: "1-0:61.8.0*255",
  exportL1: "1-0:22.8.0*255",
  exportL2: "1-0:42.8.0*255",
  exportL3: "1-0:62.8.0*255",
} as const;

export type RegisterName = keyof typeof registerObis;
export const registerNames = Object.keys(registerObis) as readonly RegisterName[]; // the keys are literal above

/** All counters at one moment, in mWs (reactive: mvars). */
export type RegisterSnapshot = Readonly<Record<RegisterName, bigint>>;

/** Which tariff register counts beside the total. */
export type Tariff = 1 | 2;

export class Registers {
  readonly #whole: Record<RegisterName, bigint>;
  /** Counted since the last carry; stays below 2^53, so that a second costs no bigint. */
  readonly #pending: Record<RegisterName, number>;

  /** @param start  Counters to continue from; all zero unless told. */
  constructor(start?: RegisterSnapshot) {
    this.#whole = filled((name) => start?.[name] ?? 0n);
    this.#pending = filled(() => 0);
  }

  /**
   * Counts a constant load.
   *
   * @param load     Whole mW and mvar, import positive.
   * @param seconds  Whole, not negative.
   * @throws {ModelError} "not-whole" for a fraction, "too-much" when one piece alone leaves the exact integers.
   */
  advance(load: Load, seconds: number, tariff: Tariff): void {
    const active = totalMilliwatts(load);
    const reactive = totalMillivars(load);
    if (active >= 0) {
      this.#add("import", active, seconds);
      this.#add(tariff === 1 ? "importT1" : "importT2", active, seconds);
      if (reactive >= 0) this.#add("reactiveQ1", reactive, seconds);
      else this.#add("reactiveQ4", -reactive, seconds);
    } else {
      this.#add("export", -active, seconds);
      this.#add(tariff === 1 ? "exportT1" : "exportT2", -active, seconds);
      if (reactive >= 0) this.#add("reactiveQ2", reactive, seconds);
      else this.#add("reactiveQ3", -reactive, seconds);
    }
    for (const phase of phases) {
      const milliwatts = load.activeMilliwatts[phase];
      if (milliwatts >= 0) this.#add(importOfPhase[phase], milliwatts, seconds);
      else this.#add(exportOfPhase[phase], -milliwatts, seconds);
    }
  }

  /** The counter in mWs (mvars), exact. */
  milliwattSeconds(name: RegisterName): bigint {
    return this.#whole[name] + BigInt(this.#pending[name]);
  }

  /**
   * What the display shows: an integer in units of 10^scaler Wh (varh), cut off, never rounded up.
   *
   * @param scaler  -6 … 6; -1 is tenths of a watt-hour.
   */
  reading(name: RegisterName, scaler: number): bigint {
    return readingOf(this.milliwattSeconds(name), scaler);
  }

  snapshot(): RegisterSnapshot {
    return filled((name) => this.milliwattSeconds(name));
  }

  #add(name: RegisterName, milliwatts: number, seconds: number): void {
    const amount = milliwatts * seconds;
    if (!Number.isInteger(milliwatts) || !Number.isInteger(seconds) || seconds < 0) throw new ModelError("not-whole");
    if (amount > carryAt) throw new ModelError("too-much");
    const sum = this.#pending[name] + amount;
    if (sum <= carryAt) this.#pending[name] = sum;
    else {
      this.#whole[name] += BigInt(sum);
      this.#pending[name] = 0;
    }
  }
}

/** Milliwatt seconds as an integer in units of 10^scaler Wh, cut off. */
export function readingOf(milliwattSeconds: bigint, scaler: number): bigint {
  if (!Number.isInteger(scaler) || scaler < -6 || scaler > 6) throw new ModelError("scaler-out-of-range");
  return scaler >= 0
    ? milliwattSeconds / (milliwattSecondsPerWattHour * 10n ** BigInt(scaler))
    : (milliwattSeconds * 10n ** BigInt(-scaler)) / milliwattSecondsPerWattHour;
}

function filled<T>(value: (name: RegisterName) => T): Record<RegisterName, T> {
  return Object.fromEntries(registerNames.map((name) => [name, value(name)])) as Record<RegisterName, T>; // all names
}

const importOfPhase = ["importL1", "importL2", "importL3"] as const;
const exportOfPhase = ["exportL1", "exportL2", "exportL3"] as const;
/** Half of what an exact number can hold: two of them still add up exactly. */
const carryAt = 2 ** 52;
const milliwattSecondsPerWattHour = 3_600_000n;

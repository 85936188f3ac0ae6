/**
 * A household meter without a protocol: it counts, remembers quarter hours and logs events as seconds go by.
 *
 * In: a household, a tariff clock, disturbances, and `advance(to)`.  Out: state, counters, profile, events, status word.
 * Not here: telegrams (the protocol folders), a clock that advances it (the program that serves it).
 * However `advance` is cut into pieces, and wherever a snapshot interrupts it, every counter, entry and event is equal.
 */

import {
  type Conditions,
  conditionsAt,
  eventsBetween,
  loadUnder,
  normalConditions,
  voltagesUnder,
} from "./conditions.ts";
import { type Disturbance, type DisturbanceSchedule, endOf, undisturbed } from "./disturbances.ts";
import { EventLog, type EventName, type MeterEvent } from "./events.ts";
import type { Household } from "./household/household.ts";
import { frequencyMillihertz } from "./household/mains.ts";
import { type State, stateOf } from "./household/state.ts";
import { LoadProfile, nextQuarter, type ProfileEntry, type ProfileFlag, quarterSeconds } from "./load-profile.ts";
import { ModelError } from "./model-error.ts";
import { Registers, type RegisterSnapshot } from "./registers.ts";
import { statusWord } from "./status-word.ts";
import { singleTariff, type TariffClock } from "./tariffs.ts";

export interface VirtualMeterOptions {
  readonly household: Household;
  /** First second that is counted, seconds since 1970 UTC, not before. The meter logs `power-up` then. */
  readonly from: number;
  readonly tariffs?: TariffClock;
  readonly disturbances?: DisturbanceSchedule;
  /** Quarter hours kept; 960 (ten days) unless told. */
  readonly profileEntries?: number;
  /** Events kept; 100 unless told. */
  readonly logEntries?: number;
  readonly firmware?: string;
  /** Counters that the meter already shows; all zero unless told. */
  readonly registers?: RegisterSnapshot;
}

/** Everything that the meter remembers; plain data, survives `structuredClone`. */
export interface VirtualMeterSnapshot {
  readonly second: number;
  readonly clockOffset: number;
  readonly firmware: string;
  readonly registers: RegisterSnapshot;
  readonly profile: readonly ProfileEntry[];
  readonly events: readonly MeterEvent[];
  /** Events that gave way to these. */
  readonly eventsDropped: number;
  readonly flagsOfQuarter: readonly ProfileFlag[];
  readonly tamper: { readonly magneticField: boolean; readonly coverOpened: boolean };
  readonly noticed: Conditions;
  readonly raised: readonly Disturbance[];
}

export class VirtualMeter {
  readonly registers: Registers;
  readonly profile: LoadProfile;
  readonly events: EventLog;
  readonly #options: VirtualMeterOptions;
  #second: number;
  #clockOffset: number;
  #firmware: string;
  #flags: Set<ProfileFlag>;
  #tamper: { magneticField: boolean; coverOpened: boolean };
  #noticed: Conditions; // what held when the meter last had power
  #raised: Disturbance[];

  /**
   * @param continueFrom  A snapshot of a meter with the same options; `options.from` and `registers` are ignored then.
   * @throws {ModelError} "not-whole" when the first second is a fraction or before 1970.
   */
  constructor(options: VirtualMeterOptions, continueFrom?: VirtualMeterSnapshot) {
    const kept = continueFrom;
    this.#options = options;
    this.#second = kept?.second ?? options.from;
    if (!Number.isInteger(this.#second) || this.#second < 0) throw new ModelError("not-whole");
    this.#clockOffset = kept?.clockOffset ?? 0;
    this.#firmware = kept?.firmware ?? options.firmware ?? "1.0.0";
    this.#flags = new Set(kept?.flagsOfQuarter);
    this.#tamper = { magneticField: false, coverOpened: false, ...kept?.tamper };
    this.#noticed = kept?.noticed ?? normalConditions;
    this.#raised = [...(kept?.raised ?? [])];
    this.registers = new Registers(kept?.registers ?? options.registers);
    this.profile = new LoadProfile(options.profileEntries ?? 960, kept?.profile);
    this.events = new EventLog(options.logEntries ?? 100, kept?.events, kept?.eventsDropped);
    if (kept === undefined) {
      this.#log("power-up");
      this.#meetMoments(this.#near(this.#second, this.#second).filter((one) => one.at === this.#second));
      this.#meetConditions();
    }
  }

  /** The second that is counted next, true time. */
  get second(): number {
    return this.#second;
  }

  /** The time on the meter's own clock. */
  get clock(): number {
    return this.#second + this.#clockOffset;
  }

  get firmware(): string {
    return this.#firmware;
  }

  /** False during a power failure: a meter without power does not answer. */
  get isPowered(): boolean {
    return this.#conditions().powered;
  }

  /** What the meter measures at `second`. */
  get state(): State {
    return this.#stateUnder(this.#conditions());
  }

  /** Status word at `second`; bits of tampering stay until `resetTamper`. */
  get status(): number {
    return statusWord(this.state, this.#tamper);
  }

  /**
   * Counts everything before `to`.
   *
   * @throws {ModelError} "backwards" when `to` has passed, "not-whole" for a fraction of a second.
   */
  advance(to: number): void {
    if (!Number.isInteger(to)) throw new ModelError("not-whole");
    if (to < this.#second) throw new ModelError("backwards");
    while (this.#second < to) {
      const quarter = nextQuarter(this.clock) - this.#clockOffset;
      const near = this.#near(this.#second, Math.min(to, quarter));
      const edges = near.flatMap((one) => [one.at, endOf(one)]).filter((edge) => edge > this.#second);
      const end = Math.min(to, quarter, this.#tariffs.nextSwitch(this.#second), ...edges);
      this.#count(end, conditionsAt(this.#second, near));
      this.#second = end;
      if (end === quarter) this.#storeQuarter(this.clock);
      this.#meetMoments(near.filter((one) => one.at === end));
      this.#meetConditions();
    }
  }

  /**
   * Adds a disturbance to those of the schedule.
   *
   * @throws {ModelError} "backwards" when its beginning has passed.
   */
  raise(disturbance: Disturbance): void {
    if (disturbance.at < this.#second) throw new ModelError("backwards");
    this.#raised = [...this.#raised.filter((one) => endOf(one) >= this.#second), disturbance];
    if (disturbance.at > this.#second) return;
    this.#meetMoments([disturbance]);
    this.#meetConditions();
  }

  /** Clears the status bits of tampering, as a technician does after the inspection. What still holds is set again. */
  resetTamper(): void {
    this.#tamper = { magneticField: this.#noticed.magneticField, coverOpened: this.#noticed.coverOpen };
    this.#log("tamper-reset");
  }

  snapshot(): VirtualMeterSnapshot {
    return {
      second: this.#second,
      clockOffset: this.#clockOffset,
      firmware: this.#firmware,
      registers: this.registers.snapshot(),
      profile: this.profile.all(),
      events: this.events.all(),
      eventsDropped: this.events.dropped,
      flagsOfQuarter: [...this.#flags],
      tamper: { ...this.#tamper },
      noticed: this.#noticed,
      raised: this.#raised.filter((one) => endOf(one) >= this.#second),
    };
  }

  get #tariffs(): TariffClock {
    return this.#options.tariffs ?? singleTariff;
  }

  #near(from: number, to: number): readonly Disturbance[] {
    const scheduled = (this.#options.disturbances ?? undisturbed).touching(from, to);
    return this.#raised.length === 0 ? scheduled : [...scheduled, ...this.#raised];
  }

  #conditions(): Conditions {
    return conditionsAt(this.#second, this.#near(this.#second, this.#second));
  }

  #stateUnder(conditions: Conditions): State {
    const { household } = this.#options;
    const load = loadUnder(conditions, household.load(this.#second));
    return stateOf({
      second: this.#second,
      load,
      voltageMillivolts: voltagesUnder(conditions, household.voltages(this.#second, load)),
      frequencyMillihertz: frequencyMillihertz(this.#second),
      reversedField: conditions.reversedField,
    });
  }

  /** No tariff switch and no change of conditions lies between here and `end`. */
  #count(end: number, conditions: Conditions): void {
    if (!conditions.powered) return;
    const tariff = this.#tariffs.tariffAt(this.#second);
    for (const piece of this.#options.household.pieces(this.#second, end)) {
      this.registers.advance(loadUnder(conditions, piece.load), piece.to - piece.from, tariff);
    }
  }

  /** Only what the meter had noticed by now counts: a failure that begins at this second ends the quarter hour after it. */
  #storeQuarter(at: number): void {
    if (!this.#noticed.powered) return;
    this.profile.store({
      at,
      import: this.registers.milliwattSeconds("import"),
      export: this.registers.milliwattSeconds("export"),
      status: statusWord(this.#stateUnder(this.#noticed), this.#tamper),
      flags: [...this.#flags],
    });
    this.#flags.clear();
    for (const flag of flagsUnder(this.#noticed)) this.#flags.add(flag);
  }

  #meetMoments(begun: readonly Disturbance[]): void {
    for (const one of begun) {
      if (!this.#noticed.powered) continue;
      if (one.kind === "clock-set") this.#setClock(one.bySeconds);
      if (one.kind === "firmware-update") {
        this.#firmware = one.version;
        this.#flags.add("firmware-update");
        this.#log("firmware-updated", { version: one.version });
      }
    }
  }

  /** Set forward over the end of a quarter hour, the clock closes it; set back over one, it comes to that end twice. */
  #setClock(bySeconds: number): void {
    const quarter = nextQuarter(this.clock);
    this.#flags.add("clock-set");
    this.#clockOffset += bySeconds;
    if (this.clock >= quarter) {
      this.#storeQuarter(nextQuarter(this.clock) - quarterSeconds);
      this.#flags.add("clock-set"); // the quarter hour that begins is not a whole one either
    }
    this.#log("clock-set", { bySeconds });
  }

  #meetConditions(): void {
    const now = this.#conditions();
    for (const { event, phase } of eventsBetween(this.#noticed, now)) {
      this.#log(event, phase === undefined ? {} : { phase });
    }
    for (const flag of flagsUnder(now)) this.#flags.add(flag);
    if (now.powered) {
      this.#tamper.magneticField ||= now.magneticField;
      this.#tamper.coverOpened ||= now.coverOpen;
    }
    this.#noticed = now.powered ? now : { ...this.#noticed, powered: false };
  }

  #log(event: EventName, details: Omit<MeterEvent, "at" | "event"> = {}): void {
    this.events.record({ at: this.clock, event, ...details });
  }
}

function flagsUnder(conditions: Conditions): ProfileFlag[] {
  const flags: ProfileFlag[] = [];
  if (!conditions.powered) flags.push("power-failure");
  if (conditions.magneticField) flags.push("magnetic-field");
  if (conditions.coverOpen) flags.push("cover-open");
  return flags;
}

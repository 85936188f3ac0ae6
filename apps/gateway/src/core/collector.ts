/**
 * Values on their way in: from telegrams of a meter to decided slots in the store.
 *
 * In: telegrams, as pushed or out of the meter's memory, and when they came.  Out: slots kept; spans to ask the meter for.
 * Not here: the line and whose telegrams they are (adapters/meter), sealing (./courier).
 * A value counts as taken when the store has kept it; what was pushed and not kept before a power cut is asked from the
 * meter's memory afterwards, if the profile has a history.
 */

import { GatewayError } from "../errors.ts";
import type { Log, LogFields } from "../log.ts";
import { admit, neighbourOf, type Origin, type Surroundings } from "./admit.ts";
import { clockDeviates, liveValues, maxClockDeviationMs, memoryValues } from "./evaluate.ts";
import { missingByCount, missingByMemory, type Span, spansOf, undecided } from "./gaps.ts";
import type { MeterTelegram } from "./meter-telegram.ts";
import type { Clock, ValueStore } from "./ports.ts";
import type { Profile, SeriesKey } from "./profile.ts";
import type { SlotValue } from "./slot-value.ts";
import { firstLook, isSettled, lookAgain, type TimeKeeping } from "./time-keeper.ts";

export interface CollectorPorts {
  readonly store: ValueStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** How far the wall clock was set in this run, against the monotonic one, and what was decided meanwhile. */
interface Course {
  readonly steppedMs: number;
  readonly newest: Map<string, number>;
}

/** What was kept of a telegram, by profile. */
export type Kept = ReadonlyMap<string, number>;

export class Collector {
  readonly #profiles: readonly Profile[];
  readonly #ports: CollectorPorts;
  #time: TimeKeeping;
  /** Newest slot decided of each series, so that a telegram that fills none costs no query. */
  readonly #newest = new Map<string, number>();
  /** The same by what the clock had been set by in this run: a clock that was put right goes on where it was. */
  readonly #courses: Course[];
  /** What was told already: a fault that lasts is one line, not one a second. */
  readonly #told = new Set<string>();
  /** Slots that a meter was asked for in this run, and has said what it knows: it is not asked again. */
  readonly #answered = new Map<string, Set<number>>();

  constructor(profiles: readonly Profile[], ports: CollectorPorts) {
    this.#profiles = profiles;
    this.#ports = ports;
    this.#time = firstLook({ wallMs: ports.clock.wallMs(), monoMs: ports.clock.monoMs() });
    for (const series of ports.store.series()) {
      const newest = ports.store.newestSlot(series);
      if (newest !== undefined) this.#newest.set(keyOf(series), newest);
    }
    this.#courses = [{ steppedMs: 0, newest: new Map(this.#newest) }];
  }

  /** A telegram that the meter has just pushed. */
  live(meter: string, telegram: MeterTelegram): Kept {
    const receivedMs = this.#look();
    this.#tellClock(meter, telegram, receivedMs);
    if (!isSettled(this.#time)) return none;
    return this.#keep("live", (profile) => liveValues(profile, { meter, telegram, receivedMs }));
  }

  /**
   * The meter's answer to a question about its memory: all its rows.
   *
   * @param asked  The span of the question; the answer is complete for it.
   */
  memory(meter: string, rows: readonly MeterTelegram[], asked: Span): Kept {
    const receivedMs = this.#look();
    const newestRow = new Map<string, number>();
    const kept = this.#keep("memory", (profile) =>
      rows.flatMap((telegram) => {
        const values = memoryValues(profile, { meter, telegram, receivedMs });
        for (const value of values) {
          const key = keyOf(value);
          newestRow.set(key, Math.max(newestRow.get(key) ?? 0, value.slotMs));
        }
        return values;
      }),
    );
    this.#remember(meter, asked, Math.max(receivedMs - maxPeriodMs, ...newestRow.values()));
    return isSettled(this.#time) ? added(kept, this.#decideMissing(meter, asked, newestRow)) : kept;
  }

  /**
   * What to ask a meter's memory for: the slots of its load profiles that are open, back to the history of each profile and
   * over the gaps behind the oldest value kept. Nothing while the clock is not settled.
   *
   * @param meter  Undefined while nobody has said who it is: then the whole history.
   */
  openSpans(meter: string | undefined): readonly Span[] {
    const nowMs = this.#look();
    if (!isSettled(this.#time)) return [];
    const open = new Set<number>();
    for (const profile of this.#profiles) {
      if (profile.kind !== "total" || profile.historyMs === 0) continue;
      const known = meter === undefined ? [] : this.#seriesOf(profile, meter);
      const span = { fromMs: nowMs - profile.historyMs, toMs: nowMs };
      if (known.length === 0) for (const slot of undecided(profile.slots, new Set(), span)) open.add(slot);
      for (const series of known) for (const slot of this.#gapsOf(profile, series, span)) open.add(slot);
    }
    const answered = meter === undefined ? undefined : this.#answered.get(meter);
    for (const slot of answered ?? []) open.delete(slot);
    return spansOf(
      [...open].sort((a, b) => a - b),
      maxSpanMs,
    );
  }

  /** Closes slots of meters that cannot be asked, once enough came after them. */
  giveUp(meter: string): Kept {
    const nowMs = this.#look();
    if (!isSettled(this.#time)) return none;
    const kept = new Map<string, number>();
    for (const profile of this.#profiles) {
      if (profile.kind !== "total") continue;
      const enough = Math.ceil(Math.max(profile.historyMs, dayMs) / profile.slots.periodMs);
      for (const series of this.#seriesOf(profile, meter)) {
        const { store } = this.#ports;
        const fromMs = Math.max(store.floorMs(profile.name), nowMs - maxAskBackMs, store.oldestSlot(series) ?? nowMs);
        const span = { fromMs, toMs: nowMs };
        const { open, values } = this.#openSlots(profile, series, span);
        const missing = missingByCount(open, values, enough);
        this.#keepMissing(profile, series, missing, kept);
      }
    }
    return kept;
  }

  #keep(origin: Origin, valuesOf: (profile: Profile) => readonly SlotValue[]): Map<string, number> {
    const kept = new Map<string, number>();
    const admitted = new Map<string, SlotValue[]>();
    for (const profile of this.#profiles) {
      for (const value of valuesOf(profile).toSorted((a, b) => a.slotMs - b.slotMs)) {
        const key = keyOf(value);
        // The same question as in `admit`, without the store: most telegrams fill no slot.
        if (origin === "live" && value.slotMs <= (this.#newestFor(key) ?? -Infinity)) continue;
        const series = admitted.get(key) ?? [];
        admitted.set(key, series);
        if (series.at(-1)?.slotMs === value.slotMs) continue;
        const around = this.#around(value, origin, series.at(-1));
        const admission = admit(value, { origin, kind: profile.kind, around });
        if (admission.is === "refused") continue;
        if (admission.decreased) this.#ports.log("warn", "total-decreased", idOf(value));
        series.push(admission.value);
        kept.set(profile.name, (kept.get(profile.name) ?? 0) + 1);
      }
    }
    this.#store([...admitted.values()].flat());
    return kept;
  }

  /** @param before  The row of the same answer that was admitted before this one. */
  #around(value: SlotValue, origin: Origin, before: SlotValue | undefined): Surroundings {
    const { store } = this.#ports;
    const { previous, next } = store.neighbours(value, value.slotMs);
    const nearer =
      before !== undefined && before.slotMs > (previous?.slotMs ?? -Infinity) ? neighbourOf(before) : previous;
    return {
      newestMs: this.#newestFor(keyOf(value)),
      decided: store.isDecided(value, value.slotMs),
      floorMs: store.floorMs(value.profile),
      previous: nearer,
      next: origin === "live" ? undefined : next, // what lies ahead of now was dated by a clock that was wrong
    };
  }

  /**
   * The slot after which a pushed value is taken: the newest one, or, while the clock stands as it stood before, the newest
   * of then. So a clock that ran ahead for a day and was put right costs no day. One that stands as it never stood in this run
   * proves nothing.
   */
  #newestFor(key: string): number | undefined {
    return this.#courses[0]?.newest.get(key) ?? this.#newest.get(key);
  }

  #store(values: readonly SlotValue[]): void {
    if (values.length === 0) return;
    const added = this.#ports.store.keep(values);
    // Nothing comes between question and answer of a store: it is synchronous and has one user.
    if (added !== values.length) throw new GatewayError("unexpected-input", "a slot was decided twice");
    for (const value of values) {
      const key = keyOf(value);
      for (const newest of [this.#newest, this.#courses[0]?.newest]) {
        newest?.set(key, Math.max(newest.get(key) ?? -Infinity, value.slotMs));
      }
    }
  }

  #seriesOf(profile: Profile, meter: string): readonly SeriesKey[] {
    return this.#ports.store.series().filter((one) => one.profile === profile.name && one.meter === meter);
  }

  #openSlots(profile: Profile, series: SeriesKey, span: Span): { open: readonly number[]; values: readonly number[] } {
    const { values, missing } = this.#ports.store.decidedSlots(series, span);
    const decided = new Set([...values, ...missing]);
    return { open: undecided(profile.slots, decided, span), values };
  }

  /** Back to the oldest value, when it is older than the history; never behind the floor. */
  #gapsOf(profile: Profile, series: SeriesKey, { fromMs, toMs }: Span): readonly number[] {
    const { store } = this.#ports;
    const oldest = store.oldestSlot(series) ?? toMs;
    const span = { fromMs: Math.max(store.floorMs(profile.name), toMs - maxAskBackMs, Math.min(fromMs, oldest)), toMs };
    // A slot whose value may still come by itself is not asked for.
    return this.#openSlots(profile, series, span).open.filter((slot) => slot + profile.toleranceMs < toMs);
  }

  /** Slots up to there: a row of a later one may not have been written yet. */
  #remember(meter: string, asked: Span, untilMs: number): void {
    const answered = this.#answered.get(meter) ?? new Set();
    this.#answered.set(meter, answered);
    if (answered.size > maxAnswered) answered.clear();
    for (const { kind, historyMs, slots } of this.#profiles) {
      if (kind !== "total" || historyMs === 0) continue;
      for (const slot of slots.between(asked.fromMs - 1, Math.min(asked.toMs, untilMs))) answered.add(slot);
    }
  }

  #decideMissing(meter: string, asked: Span, newestRow: ReadonlyMap<string, number>): Map<string, number> {
    const kept = new Map<string, number>();
    for (const profile of this.#profiles) {
      for (const series of this.#seriesOf(profile, meter)) {
        const newestRowMs = newestRow.get(keyOf(series));
        const oldestMs = this.#ports.store.oldestSlot(series);
        if (newestRowMs === undefined || oldestMs === undefined) continue;
        const { open } = this.#openSlots(profile, series, {
          ...asked,
          fromMs: Math.max(asked.fromMs, this.#ports.store.floorMs(profile.name)),
        });
        this.#keepMissing(profile, series, missingByMemory(open, { asked, newestRowMs }, oldestMs), kept);
      }
    }
    return kept;
  }

  #keepMissing(profile: Profile, series: SeriesKey, slots: readonly number[], kept: Map<string, number>): void {
    if (slots.length === 0) return;
    const form = this.#ports.store.formOf(series);
    this.#store(
      slots.map((slotMs) => ({
        ...series,
        ...form,
        slotMs,
        capturedMs: slotMs,
        raw: undefined,
        status: undefined,
        quality: "missing",
      })),
    );
    this.#ports.log("warn", "slots-missing", {
      profile: series.profile,
      meter: series.meter,
      obis: series.obis,
      count: slots.length,
    });
    kept.set(profile.name, (kept.get(profile.name) ?? 0) + slots.length);
  }

  /** Looks at both clocks; a step is told, and makes what is dated by the wall clock wait. */
  #look(): number {
    const { clock, log } = this.#ports;
    const look = { wallMs: clock.wallMs(), monoMs: clock.monoMs() };
    const { next, stepMs } = lookAgain(this.#time, look);
    this.#time = next;
    if (stepMs !== 0) {
      this.#turnTo((this.#courses[0]?.steppedMs ?? 0) + stepMs);
      log("alarm", "clock-stepped", { stepMs: Math.round(stepMs) });
    }
    return look.wallMs;
  }

  /** The course that the clock is on goes first. */
  #turnTo(steppedMs: number): void {
    const at = this.#courses.findIndex((one) => Math.abs(one.steppedMs - steppedMs) <= maxClockDeviationMs);
    const [known] = at < 0 ? [] : this.#courses.splice(at, 1);
    this.#courses.unshift({ steppedMs, newest: known?.newest ?? new Map() });
    this.#courses.length = Math.min(this.#courses.length, maxCourses);
  }

  #tellClock(meter: string, telegram: MeterTelegram, receivedMs: number): void {
    const what = `clock ${meter}`;
    if (!clockDeviates(telegram.at?.epochMs, receivedMs)) this.#told.delete(what);
    else if (!this.#told.has(what)) {
      this.#told.add(what);
      this.#ports.log("warn", "meter-clock-deviates", { meter });
    }
  }
}

function keyOf({ profile, meter, obis }: SeriesKey): string {
  return `${profile} ${meter} ${obis}`;
}

function idOf({ profile, meter, obis, slotMs }: SlotValue): LogFields {
  return { profile, meter, obis, slot: new Date(slotMs).toISOString() };
}

function added(...parts: readonly Kept[]): Kept {
  const sum = new Map<string, number>();
  for (const part of parts) for (const [name, count] of part) sum.set(name, (sum.get(name) ?? 0) + count);
  return sum;
}

const none: Kept = new Map();
const dayMs = 86_400_000;
/** One question: a day of quarter hours, which every meter that keeps them answers at once. */
const maxSpanMs = dayMs;
/** Gaps older than this are not asked for: well within the time for which values are kept, so that none comes twice. */
const maxAskBackMs = 35 * dayMs;
/** No row of a load profile is written later than this after its slot. */
const maxPeriodMs = 2 * 900_000;
/** A clock that never comes to rest. */
const maxCourses = 8;
/** Slots of a hundred days. */
const maxAnswered = 9_600;

/**
 * Energy per quarter hour and per day from the totals of one register.
 *
 * In: totals as the head-end holds them, a day or days, the present.  Out: one slot per span, each with what is known.
 * Nothing is interpolated. A slot has energy exactly if both of its ends have a total; a day that is still running, or
 * that lacks an end, has the energy between its first and last total and says so.
 * Why differences here and not from the server: the totals are what was signed, so the page computes from them.
 */

import { type Instant, type LocalDay, type Quality, type ScaledValue, type Trust } from "@siegel/readings";

/** A total of the register, as displayed. */
export interface Total {
  readonly at: Instant;
  readonly value: ScaledValue;
  readonly quality: Quality;
  readonly trust: Trust;
  readonly blockId: string;
  /** The reader of the page changed it, to see the check fail. */
  readonly changed?: boolean;
}

/**
 * How good the energy of a slot is. Of the qualities the weaker of its two ends; besides:
 * late: over, and not here yet. future: not over. partial: between the first and last total within it, one end lacks.
 * decreased: the total fell, so that there is no energy to tell. before: the register had not delivered yet.
 */
export type SlotState = Quality | "late" | "future" | "partial" | "decreased" | "before";

/** What tells an absence from a loss. */
export interface Known {
  readonly now: Instant;
  /** First total that the register ever delivered. */
  readonly firstAt?: Instant | undefined;
}

export interface Slot {
  readonly start: Instant;
  readonly end: Instant;
  readonly state: SlotState;
  /** Exact, in the unit of the register; `undefined` in the states missing, late, future, before and decreased. */
  readonly energy: ScaledValue | undefined;
  /** Of a partial slot: the instants that the energy lies between. */
  readonly known: { readonly from: Instant; readonly to: Instant } | undefined;
  /** Not over yet. */
  readonly isRunning: boolean;
  readonly changed: boolean;
}

/** 92, 96 or 100 slots. */
export function quarterHours(day: LocalDay, totals: readonly Total[], when: Known): Slot[] {
  const bounds = [...day.quarterHours(), day.end];
  return slotsBetween(bounds, totals, when, false);
}

/** One slot per day. A day in progress, or without one of its ends, gives what is known of it. */
export function dayEnergies(days: readonly LocalDay[], totals: readonly Total[], when: Known): Slot[] {
  const bounds = [...days.map((day) => day.start), days.at(-1)!.end];
  return slotsBetween(bounds, totals, when, true);
}

function slotsBetween(bounds: readonly Instant[], totals: readonly Total[], when: Known, partly: boolean): Slot[] {
  const byInstant = new Map(totals.map((total) => [total.at.epochMs, total]));
  const newest = totals.findLast((total) => total.quality !== "missing")?.at.epochMs ?? Number.NEGATIVE_INFINITY;
  return bounds.slice(1).map((end, index) => {
    const start = bounds[index]!;
    const span = { start, end, isRunning: end.epochMs > when.now.epochMs };
    const [first, last] = [present(byInstant.get(start.epochMs)), present(byInstant.get(end.epochMs))];
    if (first !== undefined && last !== undefined) return { ...span, ...between(first, last, undefined) };
    const inside = partly ? totals.filter((total) => isWithin(total, start, end)) : [];
    const [from, to] = [inside[0], inside.at(-1)];
    if (from !== undefined && to !== undefined && from !== to) return { ...span, ...between(from, to, "partial") };
    return { ...span, state: absence(span, newest, when), energy: undefined, known: undefined, changed: false };
  });
}

function between(
  first: Total,
  last: Total,
  partial: "partial" | undefined,
): Pick<Slot, "state" | "energy" | "known" | "changed"> {
  const energy = last.value.minus(first.value);
  const changed = first.changed === true || last.changed === true;
  const known = partial && { from: first.at, to: last.at };
  if (energy.raw < 0) return { state: "decreased", energy: undefined, known, changed };
  return { state: partial ?? weaker(first.quality, last.quality), energy, known, changed };
}

function absence({ start, end }: Pick<Slot, "start" | "end">, newest: number, { now, firstAt }: Known): SlotState {
  if (end.epochMs > now.epochMs) return "future";
  if (firstAt !== undefined && start.epochMs < firstAt.epochMs) return "before";
  // What comes after the newest total may still be on its way; a hole before it will not fill by waiting.
  return end.epochMs > newest && now.since(end) < lateMs ? "late" : "missing";
}

function present(total: Total | undefined): Total | undefined {
  return total === undefined || total.quality === "missing" ? undefined : total;
}

function isWithin(total: Total, start: Instant, end: Instant): boolean {
  return total.quality !== "missing" && start.epochMs <= total.at.epochMs && total.at.epochMs <= end.epochMs;
}

/** The weaker of two qualities: valid, substituted, estimated, suspect, missing. */
export function weaker(a: Quality, b: Quality): Quality {
  return ranks.indexOf(a) >= ranks.indexOf(b) ? a : b;
}

const ranks: readonly Quality[] = ["valid", "substituted", "estimated", "suspect", "missing"];
/** A gateway without a connection delivers later; after a day we call it missing until it comes. */
const lateMs = 24 * 3_600_000;

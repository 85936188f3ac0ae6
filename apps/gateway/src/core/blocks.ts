/**
 * From decided slots to the day blocks of one delivery.
 *
 * In: values of one profile and meter that no delivery holds yet.  Out: blocks, and which values are in them.
 * A block is a run of neighbouring slots within one local day, in one unit, scaler and trust: so it says no more than the
 * meter did. An undecided slot ends a run of totals: it may still be filled, and then goes into a block of its own. A short
 * hole among samples is written as missing, since nothing can fill it any more (./admit); a long one ends the run.
 */

import { type DayBlock, encodeDayBlock, Instant, MeterId, ObisCode, runsOf, unitOfSymbol } from "@siegel/readings";
import { fromHex } from "@siegel/wire";
import type { Profile } from "./profile.ts";
import type { SlotValue } from "./slot-value.ts";

export interface Batch {
  readonly blocks: readonly Uint8Array[];
  readonly values: readonly SlotValue[];
}

/**
 * Blocks of the values, as many as one delivery takes; the rest is for the next one.
 *
 * @param values  Of one profile and meter, ascending by register and then slot.
 */
export function batchOf(profile: Profile, values: readonly SlotValue[]): Batch {
  const blocks: Uint8Array[] = [];
  const included: SlotValue[] = [];
  for (const run of runs(profile, values)) {
    if (blocks.length === maxBlocks) break;
    blocks.push(encodeDayBlock(dayBlock(profile, run)).slice());
    included.push(...run);
  }
  return { blocks, values: included };
}

function* runs(profile: Profile, values: readonly SlotValue[]): Generator<SlotValue[], void, void> {
  let run: SlotValue[] = [];
  for (const value of values) {
    const last = run.at(-1);
    if (last !== undefined && !goesOn(profile, last, value, run.length)) {
      yield run;
      run = [];
    }
    run.push(value);
  }
  if (run.length > 0) yield run;
}

function goesOn(profile: Profile, last: SlotValue, value: SlotValue, length: number): boolean {
  if (value.obis !== last.obis || length >= maxRun) return false;
  if (value.unit !== last.unit || value.scaler !== last.scaler || value.trust !== last.trust) return false;
  const skipped = (value.slotMs - last.slotMs) / profile.slots.periodMs - 1;
  const allowed = profile.kind === "sample" ? maxHole : 0;
  return (
    skipped <= allowed && Number.isInteger(skipped) && value.slotMs <= profile.slots.dayOf(last.slotMs).end.epochMs
  );
}

function dayBlock(profile: Profile, run: readonly SlotValue[]): DayBlock {
  const first = run[0]!; // `runs` makes none that is empty
  const { periodMs } = profile.slots;
  const count = (run.at(-1)!.slotMs - first.slotMs) / periodMs + 1;
  const bySlot: (SlotValue | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const value of run) bySlot[(value.slotMs - first.slotMs) / periodMs] = value;
  return {
    meter: MeterId.of(fromHex(first.meter)),
    obis: ObisCode.parse(first.obis),
    kind: profile.kind,
    unit: first.unit === undefined ? undefined : unitOfSymbol(first.unit),
    scaler: first.scaler,
    trust: first.trust,
    revision: 0,
    day: profile.slots.dayOf(first.slotMs),
    firstAt: Instant.ofEpochMs(first.slotMs),
    periodMs,
    values: bySlot.some((value) => typeof value?.raw === "bigint")
      ? bySlot.map((value) => (value?.raw === undefined ? undefined : BigInt(value.raw)))
      : Float64Array.from(bySlot, (value) => (value?.raw === undefined ? Number.NaN : Number(value.raw))),
    qualities: runsOf(bySlot.map((value) => value?.quality ?? "missing")),
    statuses: runsOf(bySlot.map((value) => value?.status)),
  };
}

/** The longest hole of samples that a block spans: a minute at one in a second, five minutes at one in five. */
const maxHole = 60;
/** Well below what a block holds, and some hundred kilobytes at most. */
const maxRun = 40_000;
/** Far below what a delivery may hold, so that its size stays below what a receiver takes. */
const maxBlocks = 64;

/**
 * Slots without a value: what to ask the meter for, and when a slot stays empty for good.
 *
 * In: the slots that are decided.  Out: spans to ask for; slots that are missing with certainty.
 * A slot of a load profile that is sealed as missing is decided and never filled again. So the mere passing of time never
 * makes one missing: a clock that jumps ahead proves nothing. Certain is only
 * - what the meter's own memory, asked for a span that holds the slot, has no row for, though it has a later row; or
 * - what as many later slots have values for as the profile has in its history: by then nobody asks any more. This is for
 *   meters that cannot be asked.
 * Until then the slot is left out of deliveries. Before the first value of a series nothing is missing: the meter was
 * not here. Samples have no memory behind them: a slot that was passed over is closed by the value after it (./admit).
 */

import type { Slots } from "./slots.ts";

export interface Span {
  readonly fromMs: number;
  /** Included. */
  readonly toMs: number;
}

/** Slots of the span that are not among the decided ones, ascending. */
export function undecided(slots: Slots, decided: ReadonlySet<number>, { fromMs, toMs }: Span): number[] {
  const open: number[] = [];
  for (const slot of slots.between(fromMs - 1, toMs)) if (!decided.has(slot)) open.push(slot);
  return open;
}

/**
 * The spans that hold these slots, none longer than a meter answers at once, with nothing asked for that is not needed.
 *
 * @param open     Ascending.
 * @param maxSpan  Longest span; a day of quarter hours is an answer of some kilobytes.
 */
export function spansOf(open: readonly number[], maxSpanMs: number): Span[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const slot of open) {
    const last = spans.at(-1);
    if (last !== undefined && slot - last.fromMs <= maxSpanMs) last.toMs = slot;
    else spans.push({ fromMs: slot, toMs: slot });
  }
  return spans;
}

/** What a meter's memory said about one register. */
export interface MemoryAnswer {
  readonly asked: Span;
  /** The newest row that it has of this register in the span. */
  readonly newestRowMs: number;
}

/** Open slots that the answer leaves empty for good. @param oldestMs  The first value of the series. */
export function missingByMemory(open: readonly number[], answer: MemoryAnswer, oldestMs: number): number[] {
  const { asked, newestRowMs } = answer;
  return open.filter((slot) => slot > oldestMs && slot >= asked.fromMs && slot <= asked.toMs && slot < newestRowMs);
}

/** Open slots that so many values came after that nobody asks for them any more. */
export function missingByCount(open: readonly number[], valuesMs: readonly number[], enough: number): number[] {
  const [oldestMs] = valuesMs;
  const giveUpBeforeMs = valuesMs.at(-enough);
  if (oldestMs === undefined || giveUpBeforeMs === undefined) return [];
  return open.filter((slot) => slot > oldestMs && slot < giveUpBeforeMs);
}

/**
 * Blocks of one register as one series: for each instant the value that counts.
 *
 * The highest revision counts; within one, a value before a missing slot, then what was stored first. A correction that
 * says "missing" withdraws the value. Nothing is computed: a value is shown as it was sealed, or is missing.
 */

import {
  type DayBlock,
  decodeDayBlock,
  instantAt,
  type Quality,
  qualityAt,
  type Trust,
  valueAt,
} from "@siegel/readings";

import type { StoredBlock } from "./blocks.ts";

export interface MergedValue {
  readonly atMs: number;
  /** Exact decimal; null = missing. */
  readonly value: string | null;
  readonly quality: Quality;
  readonly trust: Trust;
  readonly block: StoredBlock;
}

/**
 * Values with fromMs ≤ at ≤ toMs, ascending.
 *
 * @param blocks  Of one meter, register and kind, in the order in which they were stored. Erased ones give nothing.
 */
export function mergeBlocks(
  blocks: readonly StoredBlock[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): MergedValue[] {
  const chosen = new Map<number, MergedValue>();
  for (const stored of blocks) {
    if (stored.content === undefined) continue;
    const block = decodeDayBlock(stored.content.bytes);
    const [first, end] = slotsWithin(block, fromMs, toMs);
    for (let index = first; index < end; index++) {
      const value = valueOf(stored, block, index);
      const before = chosen.get(value.atMs);
      if (before === undefined || isBetter(value, before)) chosen.set(value.atMs, value);
    }
  }
  return [...chosen.values()].sort((a, b) => a.atMs - b.atMs);
}

/** The newest instant that has a value. */
export function newestOf(blocks: readonly StoredBlock[]): MergedValue | undefined {
  return mergeBlocks(blocks, { fromMs: -Infinity, toMs: Infinity }).findLast(({ value }) => value !== null);
}

/** Half-open range of slots. */
function slotsWithin(block: DayBlock, fromMs: number, toMs: number): readonly [first: number, end: number] {
  const { firstAt, periodMs, values } = block;
  const first = fromMs === -Infinity ? 0 : Math.max(0, Math.ceil((fromMs - firstAt.epochMs) / periodMs));
  const last = toMs === Infinity ? values.length - 1 : Math.floor((toMs - firstAt.epochMs) / periodMs);
  return [first, Math.min(values.length, last + 1)];
}

function valueOf(stored: StoredBlock, block: DayBlock, index: number): MergedValue {
  const value = valueAt(block, index);
  return {
    atMs: instantAt(block, index).epochMs,
    value: value === undefined ? null : value.toString(),
    quality: qualityAt(block, index),
    trust: block.trust,
    block: stored,
  };
}

function isBetter(one: MergedValue, other: MergedValue): boolean {
  if (one.block.revision !== other.block.revision) return one.block.revision > other.block.revision;
  return one.value !== null && other.value === null;
}

/**
 * What becomes of a verified delivery and of each of its blocks. Pure: facts in, decision out.
 *
 * A value's key is (meter, register, kind, profile, instant, revision). The first receipted value of a key stays for ever;
 * a second one that says the same is a repetition, one that says something else is a contradiction and is shown to nobody.
 * A slot that is missing takes no key: a gap can be filled later. A correction has a revision of its own and so another key;
 * which revision is shown is ./merge's. Why the profile: TAF 7 puts a reading on its quarter hour, TAF 14 shows the same
 * register second by second, and the two may differ in the last digit without anybody being wrong.
 */

import type { QuarantineCode } from "@siegel/contract";
import { type DayBlock, decodeDayBlock, instantAt, qualityAt, type ScaledValue, valueAt } from "@siegel/readings";
import { equalBytes } from "@siegel/wire";

import type { StoredBlock } from "./blocks.ts";

/** What the store knows of a delivery's number. */
export interface KnownNumber {
  readonly hash: Uint8Array;
}

/** Of a number that was used. again: the same delivery. reused: another one under a number that was receipted. */
export function judgeNumber(hash: Uint8Array, known: KnownNumber): "again" | "reused" {
  return equalBytes(hash, known.hash) ? "again" : "reused";
}

export type BlockVerdict =
  | { readonly is: "stored" }
  /** Says what is known already: its values are there, nothing is stored. */
  | { readonly is: "repeated" }
  | { readonly is: "quarantined"; readonly code: QuarantineCode };

export interface BlockCase {
  readonly block: DayBlock;
  readonly deliveryKind: "measured" | "correction";
  /** Whether the registry has this meter at the gateway that signed. */
  readonly isRegistered: boolean;
  /** Stored blocks of the same meter, register, kind and profile that share a span of time with it. */
  readonly neighbours: readonly Neighbour[];
}

export type Neighbour = Pick<StoredBlock, "revision" | "unit" | "firstAtMs" | "lastAtMs" | "periodMs" | "content">;

export function judgeBlock({ block, deliveryKind, isRegistered, neighbours }: BlockCase): BlockVerdict {
  if (!isRegistered) return quarantined("unregistered-meter");
  if (deliveryKind === "correction" ? block.revision === 0 : block.revision !== 0) return quarantined("wrong-revision");
  const rivals = neighbours.filter(({ revision }) => revision === block.revision);
  if (rivals.length === 0) return { is: "stored" };
  const present = presentSlots(block);
  if (
    rivals.some((rival) => rival.content === undefined && [...present.keys()].some((atMs) => isSlotOf(rival, atMs)))
  ) {
    return quarantined("overlaps-erased");
  }
  const known = knownValues(rivals, block);
  let repeated = 0;
  for (const [atMs, slot] of present) {
    const before = known.get(atMs);
    if (before === undefined) continue;
    if (!isSame(slot, before)) return quarantined("contradiction");
    repeated++;
  }
  return present.size > 0 && repeated === present.size ? { is: "repeated" } : { is: "stored" };
}

interface Slot {
  readonly value: ScaledValue;
  readonly quality: string;
  readonly unit: string | undefined;
}

function presentSlots(block: DayBlock, fromMs = -Infinity, toMs = Infinity): Map<number, Slot> {
  const slots = new Map<number, Slot>();
  for (let index = 0; index < block.values.length; index++) {
    const atMs = instantAt(block, index).epochMs;
    if (atMs < fromMs || atMs > toMs) continue;
    const value = valueAt(block, index);
    if (value !== undefined) slots.set(atMs, { value, quality: qualityAt(block, index), unit: block.unit?.symbol });
  }
  return slots;
}

/** Values of the neighbours in the block's span; two of them never differ in one, or the later would be in quarantine. */
function knownValues(rivals: readonly Neighbour[], block: DayBlock): Map<number, Slot> {
  const known = new Map<number, Slot>();
  const [fromMs, toMs] = [block.firstAt.epochMs, instantAt(block, block.values.length - 1).epochMs];
  for (const { content } of rivals) {
    if (content === undefined) continue;
    for (const [atMs, slot] of presentSlots(decodeDayBlock(content.bytes), fromMs, toMs)) known.set(atMs, slot);
  }
  return known;
}

/** Whether the instant lies on the grid of a block whose values are gone. */
function isSlotOf({ firstAtMs, lastAtMs, periodMs }: Neighbour, atMs: number): boolean {
  return atMs >= firstAtMs && atMs <= lastAtMs && (atMs - firstAtMs) % periodMs === 0;
}

function isSame(a: Slot, b: Slot): boolean {
  return a.value.equals(b.value) && a.quality === b.quality && a.unit === b.unit;
}

function quarantined(code: QuarantineCode): BlockVerdict {
  return { is: "quarantined", code };
}

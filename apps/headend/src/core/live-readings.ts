/** What of a commit is shown live: the newest value of each block as measured. Corrections are of the past: the page reloads. */

import type { CurrentValue } from "@siegel/contract";
import { Instant } from "@siegel/readings";

import type { BlockFacts, StoredBlock } from "./blocks.ts";
import { type MergedValue, newestOf } from "./merge.ts";

/** By meter, in the order of the blocks. */
export function liveReadings(
  stored: readonly (BlockFacts & { readonly bytes: Uint8Array })[],
): ReadonlyMap<string, readonly CurrentValue[]> {
  const byMeter = new Map<string, CurrentValue[]>();
  for (const { bytes, ...facts } of stored) {
    if (facts.revision > 0) continue;
    const block: StoredBlock = { ...facts, content: { bytes, salt: noSalt } };
    const newest = newestOf([block]);
    const current = newest === undefined ? undefined : currentOf(newest);
    if (current === undefined) continue;
    byMeter.set(facts.meter, [...(byMeter.get(facts.meter) ?? []), current]);
  }
  return byMeter;
}

/** Undefined for a slot without value. */
export function currentOf({ atMs, value, quality, trust, block }: MergedValue): CurrentValue | undefined {
  if (value === null) return undefined;
  const { obis, unit, blockId } = block;
  return { obis, value, unit: unit ?? null, at: Instant.ofEpochMs(atMs).toString(), quality, trust, blockId };
}

const noSalt = new Uint8Array(0);

/** What the page displays of each sealed block, gathered from the lanes of a day. */

import type { MeterDetail } from "@siegel/contract";

import type { Lane } from "../core/profile.ts";
import type { ShownBlock, ShownValue } from "./messages.ts";

/**
 * One entry per block and register, oldest first. The total at the beginning of the day belongs to a block of the day
 * before: without it the first quarter hour has no energy, so it is checked, too.
 */
export function shownBlocks({ id: meter, gateway }: Meter, lanes: readonly Lane[]): ShownBlock[] {
  return lanes.flatMap(({ obis, unit, totals }) => {
    const byBlock = new Map<string, ShownValue[]>();
    for (const { at, value, quality, blockId } of totals) {
      const text = quality === "missing" ? null : value.toString();
      const values = byBlock.get(blockId) ?? [];
      values.push({ atMs: at.epochMs, value: text, quality });
      byBlock.set(blockId, values);
    }
    return [...byBlock].map(([blockId, values]) => ({
      blockId,
      meter,
      obis,
      unit,
      gateway: gateway?.name ?? null,
      values,
    }));
  });
}

type Meter = Pick<MeterDetail, "id" | "gateway">;

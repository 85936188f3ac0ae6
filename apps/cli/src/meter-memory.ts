/**
 * What a virtual meter remembers between two runs: its birth, its counters, its quarter hours. One file.
 *
 * A memory that is lost or damaged is no harm to a lab: the meter is born again, and says so. One of another meter is refused.
 */

import { renameSync, writeFileSync } from "node:fs";
import { readSmallFile, SourceError } from "@siegel/channel";
import type { VirtualMeterSnapshot } from "@siegel/lab-meters";
import { CommandError, exitCode } from "./exit.ts";

export interface MeterMemory {
  readonly version: 1;
  readonly seed: number;
  readonly photovoltaics: boolean;
  /** First second of its life, seconds since 1970 UTC. */
  readonly bornAt: number;
  readonly snapshot?: VirtualMeterSnapshot;
}

/**
 * The memory in a file; `undefined` when there is none.
 *
 * @throws {CommandError} When it is of another meter, or cannot be read.
 */
export function loadMemory(path: string, meter: Pick<MeterMemory, "seed" | "photovoltaics">): MeterMemory | undefined {
  let text: string;
  try {
    text = new TextDecoder().decode(readSmallFile(path, { maxBytes: maxMemoryBytes }));
  } catch (cause) {
    if (cause instanceof SourceError && cause.code === "no-such-file") return undefined;
    throw new CommandError(exitCode.usage, `the memory ${path} cannot be read; move it away, or give another file`, {
      cause,
    });
  }
  const memory = parsed(text);
  if (memory === undefined) return undefined;
  if (memory.seed === meter.seed && memory.photovoltaics === meter.photovoltaics) return memory;
  throw new CommandError(
    exitCode.usage,
    `${path} is the memory of another meter; give its --seed and --pv, or another file`,
  );
}

export function saveMemory(path: string, memory: MeterMemory): void {
  const text = JSON.stringify(memory, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function parsed(text: string): MeterMemory | undefined {
  try {
    const value: unknown = JSON.parse(text, (_, field: unknown) =>
      typeof field === "string" && /^-?\d+n$/.test(field) ? BigInt(field.slice(0, -1)) : field,
    );
    if (typeof value !== "object" || value === null || !("version" in value) || value.version !== 1) return undefined;
    return value as MeterMemory; // written by us whole; a file that somebody else wrote is his own meter
  } catch {
    return undefined; // cut short by a crash: born again
  }
}

/** Two years of quarter hours take about 5 MB. */
const maxMemoryBytes = 64 << 20;

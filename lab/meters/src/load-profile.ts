/**
 * The quarter-hour memory: what the counters showed at each quarter hour, and what happened in it.
 *
 * An entry bears the moment at which its quarter hour ended and the counters of that moment; a consumer of the profile
 * subtracts neighbours. A quarter hour that ended without voltage has no entry, and the next one says so.
 * Quarter hours on the wall and in UTC are the same in every zone whose offset is a multiple of a quarter of an hour.
 */

import { Ring } from "./ring.ts";

export const quarterSeconds = 900;

/** What makes an entry less than an ordinary one. */
export type ProfileFlag = "power-failure" | "clock-set" | "magnetic-field" | "cover-open" | "firmware-update";

export interface ProfileEntry {
  /** End of the quarter hour as the meter's own clock shows it, seconds since 1970 UTC. */
  readonly at: number;
  /** Counter 1.8.0 in mWs. */
  readonly import: bigint;
  /** Counter 2.8.0 in mWs. */
  readonly export: bigint;
  /** Status word at that moment. */
  readonly status: number;
  /** In the order in which they were raised, each once. */
  readonly flags: readonly ProfileFlag[];
}

export class LoadProfile {
  readonly #entries: Ring<ProfileEntry>;

  /** @param capacity  Entries held; 960 is ten days. */
  constructor(capacity: number, entries: Iterable<ProfileEntry> = []) {
    this.#entries = new Ring(capacity, entries);
  }

  store(entry: ProfileEntry): void {
    this.#entries.push(entry);
  }

  /** All entries, oldest stored first. */
  all(): ProfileEntry[] {
    return this.#entries.toArray();
  }
}

/** The first end of a quarter hour after this second. */
export function nextQuarter(second: number): number {
  return (Math.floor(second / quarterSeconds) + 1) * quarterSeconds;
}

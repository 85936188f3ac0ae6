/** A store in memory that fails when it is told to, before or after it kept the octets. */

import type { ModuleStore } from "../../src/index.ts";

export class MemoryStore implements ModuleStore {
  kept: Uint8Array | undefined;
  saves = 0;
  /** The very octets that were handed over last. */
  lent: Uint8Array | undefined;
  fails: "never" | "before" | "after" = "never";

  load(): Uint8Array | undefined {
    return this.kept === undefined ? undefined : Uint8Array.from(this.kept);
  }

  save(state: Uint8Array): void {
    this.saves++;
    this.lent = state;
    if (this.fails === "before") throw new Error("disk full");
    this.kept = Uint8Array.from(state);
    if (this.fails === "after") throw new Error("no answer from the disk");
  }
}

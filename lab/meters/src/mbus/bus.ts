/**
 * A bus of virtual meters: all hear the master, and who answers at once talks over the others.
 *
 * In: bytes of a master.  Out: bytes that the master hears.
 * Two answers at the same time are combined octet by octet as the line would: whoever sends a 0 bit wins.
 */

import type { WiredSlave } from "@siegel/mbus";

export class MbusBus {
  readonly slaves: readonly WiredSlave[];

  constructor(slaves: readonly WiredSlave[]) {
    this.slaves = slaves;
  }

  /** What the master hears after these bytes: one answer, several talked over each other, or nothing. */
  push(bytes: Uint8Array): Uint8Array {
    const answers = this.slaves.flatMap((slave) => slave.push(bytes.slice()));
    return collided(answers);
  }

  /** The line paused. */
  pause(): void {
    for (const slave of this.slaves) slave.pause();
  }
}

/** What is heard of answers that begin at the same moment. */
export function collided(answers: readonly Uint8Array[]): Uint8Array {
  const heard = new Uint8Array(Math.max(0, ...answers.map(({ length }) => length))).fill(0xff);
  for (const answer of answers) for (const [at, byte] of answer.entries()) heard[at]! &= byte;
  return heard;
}

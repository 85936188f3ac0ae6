/**
 * A virtual meter on a wired bus: bytes of the master in, bytes of the answer out.
 *
 * In: the line cut anywhere, its pauses.  Out: answers.  Not here: what to answer (./slave), sockets and clocks.
 */

import { WiredFramer } from "../framing/wired/framer.ts";
import { usualBaud } from "../session/baud.ts";
import { newSlave, type Slave, type SlaveDevice, slaveStep } from "./slave.ts";

export class WiredSlave {
  readonly #device: SlaveDevice;
  readonly #framer = new WiredFramer();
  #state: Slave;

  /** @param options  `primaryAddress` 0 to 250, 0 unless told; `baud` 2400 unless told. */
  constructor(device: SlaveDevice, options: { readonly primaryAddress?: number; readonly baud?: number } = {}) {
    this.#device = device;
    this.#state = newSlave({ primaryAddress: options.primaryAddress ?? 0, baud: options.baud ?? usualBaud });
  }

  get primaryAddress(): number {
    return this.#state.primaryAddress;
  }

  get selected(): boolean {
    return this.#state.at === "selected";
  }

  /** The speed at which it listens now. Bytes that come at another one are noise to it: the caller sees to that. */
  get baud(): number {
    return this.#state.baud;
  }

  /** Takes what the master sent; the answers, in order, usually one or none. */
  push(bytes: Uint8Array): Uint8Array[] {
    const answers: Uint8Array[] = [];
    for (const event of this.#framer.push(bytes)) {
      if (event.kind !== "frame") continue;
      const { next, answer } = slaveStep(this.#state, { on: "frame", frame: event.frame }, this.#device);
      this.#state = next;
      if (answer !== undefined) answers.push(answer);
    }
    return answers;
  }

  /** The line paused: what came of a frame is given up, so that the next one is heard. */
  pause(): void {
    this.#framer.flush();
  }

  /** No good frame came for a minute or two: a new speed that nobody uses is taken back. */
  quiet(): void {
    this.#state = slaveStep(this.#state, { on: "quiet" }, this.#device).next;
  }
}

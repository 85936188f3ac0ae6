/**
 * The air between meters and receivers: it loses, repeats, reorders and spoils telegrams, all from one seed.
 *
 * In: frames as they are sent, at their moments.  Out: what a receiver hears, when.
 * Not here: who sends what. A repeated telegram is what repeaters and drive-by recordings make; to whoever keeps no counters it
 * looks like a new one. One that is spoiled has a wrong bit: with checksums nobody hears it, without them it is a forgery.
 */

import { Random } from "../random.ts";

export interface RadioFaults {
  /** Probabilities, 0 to 1; 0 unless told. */
  readonly loss?: number;
  readonly repeat?: number;
  /** A bit is changed on the way. */
  readonly damage?: number;
  /** Longest delay of a telegram, in ms; 0 unless told: then the order stays. */
  readonly delayMs?: number;
  /** How much later a repetition may come, in ms; 5,000 unless told. */
  readonly repeatWithinMs?: number;
}

export interface Heard {
  readonly atMs: number;
  readonly frame: Uint8Array;
  /** How often this telegram was heard before. */
  readonly copy: number;
  readonly damaged: boolean;
}

export class Radio {
  readonly #random: Random;
  readonly #faults: RadioFaults;
  #sent = 0;
  #underWay: (Heard & { readonly order: number })[] = [];

  constructor(seed: number | string, faults: RadioFaults = {}) {
    this.#random = Random.of(seed).fork("radio");
    this.#faults = faults;
  }

  /** Telegrams that were sent and not heard yet, copies counted. */
  get underWay(): number {
    return this.#underWay.length;
  }

  /** A telegram leaves its antenna. What becomes of it hangs on the seed and on how many were sent before. */
  send(frame: Uint8Array, atMs: number): void {
    const { loss = 0, repeat = 0, damage = 0, delayMs = 0, repeatWithinMs = 5_000 } = this.#faults;
    const draw = this.#random.fork(this.#sent++);
    let copy = 0;
    const travel = (later: number): void => {
      if (draw.chance(loss)) return;
      const damaged = draw.chance(damage);
      const heard = { atMs: atMs + later + draw.next() * delayMs, copy: copy++, damaged };
      this.#underWay.push({ ...heard, frame: damaged ? spoiled(frame, draw) : frame.slice(), order: this.#sent });
    };
    travel(0);
    if (draw.chance(repeat)) travel(draw.next() * repeatWithinMs);
  }

  /** What is heard until then, in the order of arrival. */
  heardUntil(atMs: number): Heard[] {
    const now = this.#underWay.filter((one) => one.atMs <= atMs);
    this.#underWay = this.#underWay.filter((one) => one.atMs > atMs);
    return now
      .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)
      .map(({ frame, atMs: at, copy, damaged }) => ({ frame, atMs: at, copy, damaged }));
  }
}

function spoiled(frame: Uint8Array, draw: Random): Uint8Array {
  const changed = frame.slice();
  if (changed.length > 0) changed[draw.whole(0, changed.length - 1)]! ^= 1 << draw.whole(0, 7);
  return changed;
}

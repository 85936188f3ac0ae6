/**
 * Input number k of a target: a good input with a few faults, the same for the same seed and number on every machine.
 *
 * Why no state between inputs: any crash can be made again from two numbers, and a run can go on where it stopped.
 */

import type { FuzzTarget } from "./types.ts";

/** Makes the inputs of one target. */
export class InputMaker {
  readonly #seeds: readonly Uint8Array[];
  readonly #dictionary: readonly Uint8Array[];
  readonly #maxBytes: number;
  readonly #runSeed: number;

  constructor(target: FuzzTarget, runSeed: number) {
    this.#seeds = target.seeds();
    this.#dictionary = target.dictionary ?? [];
    this.#maxBytes = target.maxBytes ?? 1 << 16;
    this.#runSeed = runSeed;
    if (this.#seeds.length === 0) throw new Error(`${target.name} has no seeds`);
  }

  /** Input number `index`, from 0. */
  make(index: number): Uint8Array {
    const random = new Random(this.#runSeed, index);
    let bytes: Uint8Array = random.pick(this.#seeds).slice();
    // Mostly one or two faults: with more, the first check refuses the input and nothing behind it is reached.
    for (let left = 1 + Math.min(random.below(4), random.below(8)); left > 0; left--)
      bytes = this.#fault(bytes, random);
    return bytes.length > this.#maxBytes ? bytes.subarray(0, this.#maxBytes) : bytes;
  }

  #fault(bytes: Uint8Array, random: Random): Uint8Array {
    if (bytes.length === 0) return Uint8Array.of(random.below(256));
    const at = random.below(bytes.length);
    const count = 1 + random.below(Math.min(bytes.length - at, 1 << random.below(8)));
    switch (random.below(10)) {
      case 0:
        bytes[at]! ^= 1 << random.below(8);
        return bytes;
      case 1:
        bytes[at] = random.below(256);
        return bytes;
      case 2:
        bytes[at] = random.pick(boundaries);
        return bytes;
      case 3:
        bytes[at]! += random.below(2) === 0 ? 1 : 255;
        return bytes;
      case 4:
        return splice(bytes, at, 0, random.bytes(count));
      case 5:
        return splice(bytes, at, count, none);
      case 6: // A block a second time, here or elsewhere.
        return splice(bytes, random.below(bytes.length + 1), 0, bytes.slice(at, at + count));
      case 7: // The beginning of this one and the end of another.
        return splice(bytes, at, bytes.length, tailOf(random.pick(this.#seeds), random));
      case 8:
        return splice(bytes, at, random.below(2) * count, this.#word(random));
      default:
        bytes.fill(random.pick(boundaries), at, at + count);
        return bytes;
    }
  }

  #word(random: Random): Uint8Array {
    return this.#dictionary.length === 0 ? random.bytes(2) : random.pick(this.#dictionary);
  }
}

/** 32-bit numbers from run and index: the mixing of splitmix32, whose outputs of neighbouring states do not resemble. */
class Random {
  #state: number;

  constructor(runSeed: number, index: number) {
    // An index above 2^32 uses its high part too.
    this.#state = (mix(runSeed) ^ mix(index >>> 0) ^ mix(Math.floor(index / 2 ** 32) + 0x5bd1)) >>> 0;
  }

  /** 0 … limit − 1. The bias of the remainder is below 2^-16 for what is asked here. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0;
    return mix(this.#state) % limit;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}

function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0_aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a_2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

function splice(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  const rest = bytes.subarray(at + removed);
  const all = new Uint8Array(at + added.length + rest.length);
  all.set(bytes.subarray(0, at));
  all.set(added, at);
  all.set(rest, at + added.length);
  return all;
}

function tailOf(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(random.below(bytes.length + 1));
}

const none = new Uint8Array(0);
/** Where signs, lengths and terminators change. */
const boundaries = [0x00, 0x01, 0x10, 0x1a, 0x1b, 0x20, 0x40, 0x7f, 0x80, 0x81, 0x8f, 0xfe, 0xff];

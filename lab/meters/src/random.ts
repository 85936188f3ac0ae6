/**
 * A seeded generator whose streams do not disturb each other.
 *
 * In: a seed and a path of names.  Out: numbers that depend on nothing else, on every machine.
 * Not here: randomness for keys or nonces (crypto). These numbers can be predicted by anyone who knows the seed.
 * Why forks: what an appliance draws must not change when another one is added, and a day must be drawn without
 * drawing the days before it. So a fork depends on the path of names only, never on how much was drawn before.
 * Source: xoshiro128** 1.1 (Blackman, Vigna 2018); keys are mixed with the finaliser of MurmurHash3 (Appleby).
 */

export class Random {
  readonly #keyA: number;
  readonly #keyB: number;
  #state: Uint32Array | undefined; // made on the first draw: many forks only use `at`

  private constructor(keyA: number, keyB: number) {
    this.#keyA = keyA;
    this.#keyB = keyB;
  }

  /** The generator of this seed. Equal seeds give equal numbers; `1` and `"1"` are different seeds. */
  static of(seed: number | string): Random {
    return new Random(0x5349_4547, 0x454c_2020).fork(seed);
  }

  /** An independent generator, the same for the same name however much was drawn from this one. */
  fork(name: number | string): Random {
    let a = mix(this.#keyA ^ (typeof name === "number" ? 0x6e75_6d00 : 0x7374_7200));
    let b = this.#keyB;
    const absorb = (word: number) => {
      a = mix(a ^ word);
      b = mix((b + Math.imul(word, 0x9e37_79b9)) ^ a);
    };
    if (typeof name === "number") {
      absorb(name | 0);
      absorb(Math.floor(name / 2 ** 32) | 0);
      absorb(Math.floor((name % 1) * 2 ** 32) | 0);
    } else for (let index = 0; index < name.length; index++) absorb(name.charCodeAt(index));
    return new Random(a, b);
  }

  /** The number in [0, 1) at this place of an endless table: no state, the same answer every time. */
  at(index: number): number {
    return mix((mix(index ^ this.#keyA) + this.#keyB) ^ Math.floor(index / 2 ** 32)) / 2 ** 32;
  }

  /** The next number in [0, 1), a multiple of 2^-32. */
  next(): number {
    this.#state ??= Uint32Array.of(
      mix(this.#keyA + 1),
      mix(this.#keyB + 2),
      mix((this.#keyA ^ this.#keyB) + 3),
      mix(this.#keyA - this.#keyB) | 1, // the all-zero state is the only one that never leaves itself
    );
    return xoshiro128(this.#state) / 2 ** 32;
  }

  /** Even in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Even over the integers low … high, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next());
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Bell-shaped around `mean`, never further than 3.5 `deviation` away: habits vary, they do not explode. */
  around(mean: number, deviation: number): number {
    const sum = this.next() + this.next() + this.next() + this.next(); // mean 2, variance 1/3
    return mean + deviation * (sum - 2) * Math.sqrt(3);
  }
}

/** One step of xoshiro128** on its four words. Result: 32 bits, unsigned. */
export function xoshiro128(state: Uint32Array): number {
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
  const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
  const third = s2 ^ s0;
  const fourth = s3 ^ s1;
  state[0] = s0 ^ fourth;
  state[1] = s1 ^ third;
  state[2] = third ^ (s1 << 9);
  state[3] = rotateLeft(fourth, 11);
  return result;
}

/** A bijection of 32-bit words in which every bit of the result hangs on every bit of the argument. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

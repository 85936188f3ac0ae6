/** How much work is taken at once: so many at work, so many waiting, the others are told to come back. */

export interface AdmissionLimits {
  readonly atWork: number;
  readonly waiting: number;
}

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #queue: (() => void)[] = [];
  #atWork = 0;
  #whenIdle: (() => void)[] = [];

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get atWork(): number {
    return this.#atWork;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** The work's result, or "busy" at once when nobody may wait any more. */
  async run<T>(work: () => Promise<T>): Promise<T | "busy"> {
    if (this.#atWork >= this.#limits.atWork) {
      if (this.#queue.length >= this.#limits.waiting) return "busy";
      await new Promise<void>((go) => this.#queue.push(go)); // the place is handed over, `#atWork` stays
    } else this.#atWork++;
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next !== undefined) next();
      else if (--this.#atWork === 0) for (const tell of this.#whenIdle.splice(0)) tell();
    }
  }

  /** When nothing is at work and nothing waits. */
  idle(): Promise<void> {
    if (this.#atWork === 0) return Promise.resolve();
    return new Promise((tell) => this.#whenIdle.push(tell));
  }
}

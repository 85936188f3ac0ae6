/**
 * Whether the wall clock was set: it moved against one that never is.
 *
 * In: both clocks, looked at again and again.  Out: how far it was set since the last look, and whether it has rested for six hours.
 * Why it matters here: what is erased by a clock that ran ahead does not come back when somebody puts it right.
 */

export class ClockWatch {
  readonly #wallMs: () => number;
  readonly #monoMs: () => number;
  #offsetMs: number;
  #restlessUntilMs = -Infinity;

  constructor({ wallMs, monoMs }: { readonly wallMs: () => number; readonly monoMs: () => number }) {
    this.#wallMs = wallMs;
    this.#monoMs = monoMs;
    this.#offsetMs = wallMs() - monoMs();
  }

  /** Milliseconds by which it was set; 0 for what a time service does slowly. */
  look(): number {
    const monoMs = this.#monoMs();
    const offsetMs = this.#wallMs() - monoMs;
    const stepMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (Math.abs(stepMs) <= toleratedMs) return 0;
    this.#restlessUntilMs = monoMs + restMs;
    return stepMs;
  }

  get hasRested(): boolean {
    return this.#monoMs() >= this.#restlessUntilMs;
  }
}

/** As the gateway has it: 3 % of a quarter of an hour. */
const toleratedMs = 27_000;
/** Long enough for somebody to hear the alarm; a machine that sleeps every night is set every morning, and has to erase, too. */
const restMs = 6 * 3_600_000;

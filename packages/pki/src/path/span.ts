/**
 * The time in which a judgement stays what it is: narrowed by everything that it rests on.
 *
 * In milliseconds since 1970, UTC, both ends within. Whatever depends on the instant must narrow it: what forgets to, makes
 * an answer live too long.
 */

export class Span {
  #fromMs = -Infinity;
  #toMs = Infinity;

  get fromMs(): number {
    return this.#fromMs;
  }

  get toMs(): number {
    return this.#toMs;
  }

  within(fromMs: number, toMs: number): void {
    this.#fromMs = Math.max(this.#fromMs, fromMs);
    this.#toMs = Math.min(this.#toMs, toMs);
  }
}

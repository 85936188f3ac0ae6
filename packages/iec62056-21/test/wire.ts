/** A line between a reader and a virtual meter in one process, which can echo and damage. */

import type { MeterInput, MeterSession } from "../src/server/meter.ts";
import type { Line } from "../src/session/run.ts";
import { text } from "./telegrams.ts";

export interface WireOptions {
  /** What the reader writes comes back to it. */
  readonly echoes?: boolean;
  /** Whether the meter's n-th message (from 0, identification included) arrives with a bit changed. */
  readonly damage?: (count: number) => boolean;
}

export class Wire implements Line {
  /** Everything that was written to the meter. */
  toMeter = "";
  readonly log: string[] = [];
  readonly speeds: number[] = [];
  readonly #meter: MeterSession | undefined;
  readonly #options: WireOptions;
  readonly #waiting: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #messages = 0;
  #expected: { text: string; done: () => void } | undefined;

  constructor(meter: MeterSession | undefined, options: WireOptions = {}) {
    this.#meter = meter;
    this.#options = options;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.toMeter += text(bytes);
    this.log.push(`write ${text(bytes)}`);
    await Promise.resolve();
    if (this.#options.echoes === true) this.fromMeter(bytes.slice());
    this.#tellMeter({ on: "bytes", bytes: bytes.slice() });
    if (this.#expected !== undefined && this.toMeter.endsWith(this.#expected.text)) this.#expected.done();
  }

  setSpeed(baud: number): Promise<void> {
    this.speeds.push(baud);
    this.log.push(`speed ${baud}`);
    return Promise.resolve();
  }

  /** Resolves once the reader's last words are these. */
  written(last: string): Promise<void> {
    if (this.toMeter.endsWith(last)) return Promise.resolve();
    return new Promise((done) => (this.#expected = { text: last, done }));
  }

  fromMeter(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *chunks(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    signal?.addEventListener("abort", () => this.end(), { once: true });
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #tellMeter(input: MeterInput): void {
    for (const effect of this.#meter?.step(input) ?? []) {
      if (effect.do !== "send") continue;
      const bytes = effect.bytes.slice();
      if (this.#options.damage?.(this.#messages++) === true && bytes.length > 4 && bytes[0] !== 0x2f) bytes[3]! ^= 1;
      this.fromMeter(bytes);
      this.#tellMeter({ on: "sent" });
    }
  }
}

/** The beginning of an input, kept for whoever has to say why nothing decoded. Copied, for a chunk may be large. */

import { concatBytes } from "@siegel/wire";

export class Sample {
  readonly #pieces: Uint8Array[] = [];
  #readBytes = 0;

  push(chunk: Uint8Array): void {
    if (this.#readBytes < maxSampleBytes) this.#pieces.push(chunk.slice(0, maxSampleBytes - this.#readBytes));
    this.#readBytes += chunk.length;
  }

  /** All of it in one. */
  get bytes(): Uint8Array {
    return concatBytes(...this.#pieces);
  }

  /** Whether nothing was read at all. */
  get isEmpty(): boolean {
    return this.#readBytes === 0;
  }

  /** Whether the input went on beyond it. */
  get isBeginningOnly(): boolean {
    return this.#readBytes > maxSampleBytes;
  }
}

const maxSampleBytes = 65_536;

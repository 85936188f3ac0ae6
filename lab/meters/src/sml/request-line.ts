/**
 * One line into the meter: bytes of requests cut anywhere in, answers out, one when it is asked for.
 *
 * A stranger at the line costs little: requests wait as they came, and become answers only when the line takes them;
 * who sends more than a stated amount of what is no request can be given up. Responses, an echo of our own pushes for
 * example, are no requests.
 */

import { SmlFramer } from "@siegel/sml";
import type { SmlMeter } from "./sml-meter.ts";

export class RequestLine {
  readonly #meter: SmlMeter;
  readonly #framer = new SmlFramer({ maxFileBytes: maxRequestBytes });
  readonly #waiting: Uint8Array[] = [];
  #garbageBytes = 0;

  constructor(meter: SmlMeter) {
    this.#meter = meter;
  }

  /** Whether more garbage came since the last request than a bad line explains. */
  get isGivenUp(): boolean {
    return this.#garbageBytes > maxGarbageBytes;
  }

  /** @param chunk  What came; may be written to again. The caller stops reading while answers cannot be taken. */
  push(chunk: Uint8Array): void {
    for (const event of this.#framer.push(chunk.slice())) {
      if (event.kind === "file") this.#waiting.push(event.payload.slice());
      else this.#garbageBytes += event.byteLength;
    }
  }

  /** The next answer as it goes on the line; none when no request waits. */
  nextAnswer(): Uint8Array | undefined {
    for (let payload = this.#waiting.shift(); payload !== undefined; payload = this.#waiting.shift()) {
      const answer = this.#meter.answer(payload);
      this.#garbageBytes = answer === undefined ? this.#garbageBytes + payload.length : 0;
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

/** The longest request is some hundred bytes long. */
const maxRequestBytes = 8_192;
const maxGarbageBytes = 65_536;

/** Lets the meter answer on one pair of streams: reads on only while the answers can be taken. */

import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { RequestLine } from "./request-line.ts";
import type { SmlMeter } from "./sml-meter.ts";

export interface Line {
  readonly from: Readable;
  readonly to: Writable;
  /** Told after each answer. */
  readonly answered?: () => void;
  /** Told when nothing but garbage comes. Who has it not listens on. */
  readonly givenUp?: () => void;
}

/** On a connection: answers go to who asked only; who sends garbage without end is cut. */
export function answerOver(meter: SmlMeter): (socket: Socket) => void {
  return (socket) => answerOn(meter, { from: socket, to: socket, givenUp: () => socket.destroy() });
}

export function answerOn(meter: SmlMeter, { from, to, answered, givenUp }: Line): void {
  const line = new RequestLine(meter);
  const goOn = () => {
    while (to.writable && !to.writableNeedDrain) {
      const answer = line.nextAnswer();
      if (answer === undefined) break;
      to.write(answer);
      answered?.();
    }
    if (line.isGivenUp) givenUp?.();
    if (to.writableNeedDrain) from.pause();
    else from.resume();
  };
  to.on("drain", goOn);
  from.on("data", (chunk: Uint8Array) => {
    line.push(chunk);
    goOn();
  });
}

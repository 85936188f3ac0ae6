/** M-Bus among the protocols of `siegel read`. */

import type { Protocol } from "../protocol.ts";
import { MbusReader, type Take } from "./reader.ts";

export const mbusProtocol = protocol("mbus", "mbus", "68 L L 68 … 16, a frame of the wired M-Bus");
export const wmbusProtocol = protocol("wmbus", "wmbus", "a radio frame with length, control field and address");
/** Text with a frame in each line, whichever kind: stands for both where nobody said which. */
export const mbusLines = protocol("mbus or wmbus", "lines", "lines of text with a frame of M-Bus in each");

function protocol(name: string, take: Take, sign: string): Protocol {
  return {
    name,
    sign,
    certainty: ({ certainty }) => certainty,
    open: (options) => new MbusReader(take, options),
  };
}

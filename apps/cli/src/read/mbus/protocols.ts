/** M-Bus among the protocols of `siegel read`. */

import type { Protocol } from "../protocol.ts";
import { MbusReader } from "./reader.ts";

const wire = "68 L L 68 … 16, a frame of the wired M-Bus";
const radio = "a radio frame with length, control field and address";
export const mbusProtocol = protocol("mbus", wire, (options) => new MbusReader("mbus", options));
export const wmbusProtocol = protocol("wmbus", radio, (options) => new MbusReader("wmbus", options));

/** Where nobody said which: octets of each, and text with a frame in each line, whichever kind. */
export const mbusGuesses: readonly Protocol[] = [
  protocol("mbus", wire, (options) => new MbusReader("mbus", options, "octets")),
  protocol(
    "mbus or wmbus",
    "lines of text with a frame of M-Bus in each",
    (options) => new MbusReader("lines", options),
  ),
  protocol("wmbus", radio, (options) => new MbusReader("wmbus", options, "octets")),
];

function protocol(name: string, sign: string, open: Protocol["open"]): Protocol {
  return { name, sign, certainty: ({ certainty }) => certainty, open };
}

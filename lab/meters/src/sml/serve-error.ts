/** Why a virtual or a recorded meter cannot be served. */

import { type Blame, MeterError } from "@siegel/wire";

export const serveErrorCodes = {
  "nothing-to-serve": "a meter is served on a port, on a pseudo terminal, or on both",
  "bad-speed": "the speed is a positive number, where 1 is real time, and an interval at least 1 ms",
  "no-telegram": "no whole SML file with values is in the capture",
  "no-pseudo-terminal":
    "a pseudo terminal needs the commands `script` (util-linux), `sh`, `stty`, `tty` and `cat`; without them serve on a port",
} as const;

export type ServeErrorCode = keyof typeof serveErrorCodes;

export class ServeError extends MeterError {
  override readonly name = "ServeError";
  override readonly blame: Blame;
  override readonly code: ServeErrorCode;

  constructor(code: ServeErrorCode, options?: { cause?: unknown }) {
    super(`${code}: ${serveErrorCodes[code]}`, options);
    this.code = code;
    this.blame = blames[code] ?? "caller";
  }
}

const blames: Partial<Record<ServeErrorCode, Blame>> = { "no-pseudo-terminal": "environment", "no-telegram": "peer" };

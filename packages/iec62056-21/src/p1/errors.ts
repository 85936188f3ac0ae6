/** Why an encrypted P1 telegram was not opened. Codes are stable. */

import { type Blame, MeterError } from "@siegel/wire";

export const p1SecurityErrorCodes = {
  "no-key": "the telegram is encrypted, and there is no key for this meter",
  "authentication-failed": "the tag does not hold: another key, or somebody changed the telegram",
  replayed: "the frame counter is not above the last one: the telegram was seen before, or is older",
  "unsupported-protection": "the telegram is protected in another way than encrypted and authenticated",
} as const;

export type P1SecurityErrorCode = keyof typeof p1SecurityErrorCodes;

/** An encrypted telegram that is not believed. Neither content nor key is in the message. */
export class P1SecurityError extends MeterError {
  override readonly name = "P1SecurityError";
  override readonly blame: Blame;
  override readonly code: P1SecurityErrorCode;

  constructor(code: P1SecurityErrorCode) {
    // As with errors of decoding: a stranger decides how often one is made, and a stack trace is dear.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${code}: ${p1SecurityErrorCodes[code]}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.blame = code === "no-key" ? "caller" : "peer";
  }
}

/** Why a dialogue with a meter ended without what was asked for. Codes are stable. */

import { type Blame, MeterError } from "@siegel/wire";

export const sessionErrorCodes = {
  "no-answer": "the meter does not answer: check head, cable, address and speed",
  "answer-broke-off": "the meter began to answer and stopped",
  "bad-checksum": "the answer came damaged every time it was asked for",
  "no-programming-mode": "the meter sends its data and does not enter programming mode",
  "password-refused": "the meter refuses the password",
  refused: "the meter refuses the command",
  "broken-off": "the meter signed off",
  "too-long": "the answer is longer than allowed",
  "unexpected-answer": "the meter sends what does not belong here",
} as const;

export type SessionErrorCode = keyof typeof sessionErrorCodes;

/** The end of a dialogue. `meterText` is what the meter said, `ER03` for example; it is no part of the message. */
export class SessionError extends MeterError {
  override readonly name = "SessionError";
  override readonly blame: Blame;
  override readonly code: SessionErrorCode;
  readonly meterText: string | undefined;

  constructor(code: SessionErrorCode, meterText?: string) {
    super(`${code}: ${sessionErrorCodes[code]}`);
    this.code = code;
    this.blame = code === "no-answer" ? "environment" : "peer";
    this.meterText = meterText;
  }
}

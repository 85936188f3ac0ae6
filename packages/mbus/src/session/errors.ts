/** Why something asked on a wired bus did not come about. */

import { type Blame, MeterError } from "@siegel/wire";

export const busErrorCodes = {
  "no-answer": "nobody answered, however often it was asked",
  "garbled-answer": "only damaged answers came, however often it was asked",
  ambiguous: "more than one meter answers to this address",
  "baud-refused": "the meter does not answer at the new speed; it was asked at the old one again and answers there",
  "baud-lost": "the meter answers neither at the new speed nor at the old one",
  aborted: "it was called off",
  busy: "the bus is in use: one question at a time",
  unexpected: "an answer came that nobody waited for",
  "bad-job": "no meter has such an address, or no line such a speed",
  "no-baud-switch": "this line cannot change its speed",
  "line-closed": "the line ended while an answer was awaited",
} as const;

export type BusErrorCode = keyof typeof busErrorCodes;

export class BusError extends MeterError {
  override readonly name = "BusError";
  override readonly blame: Blame;
  override readonly code: BusErrorCode;

  constructor(code: BusErrorCode, options?: { cause?: unknown }) {
    super(`${code}: ${busErrorCodes[code]}`, options);
    this.code = code;
    this.blame = blames[code] ?? "peer";
  }
}

const blames: Partial<Record<BusErrorCode, Blame>> = {
  aborted: "caller",
  busy: "caller",
  "bad-job": "caller",
  "no-baud-switch": "environment",
  "line-closed": "environment",
  unexpected: "bug",
};

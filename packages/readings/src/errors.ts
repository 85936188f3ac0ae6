/** The errors of this room: a text or number that is not what it claims to be. */

import { type Blame, MeterError } from "@siegel/wire";

/** Why a text or a number was refused. Codes are stable. */
export const readingErrorCodes = {
  "not-an-obis-code": "an OBIS code is six groups from 0 to 255, written A-B:C.D.E*F",
  "not-a-number": "a decimal number is digits with at most one point",
  "not-exact": "the result cannot be written exactly with this scaler",
  "out-of-range": "the number is outside of what can be represented",
  "not-a-meter-id":
    "a meter id is 1 to 64 octets; its label is medium, three letters, production block and eight digits",
  "not-a-maker-code": "a maker code is three letters from A to Z",
  "not-an-instant": "an instant is written as in RFC 3339, with an offset",
  "not-a-day": "a day is written YYYY-MM-DD and stands in the calendar",
  "no-such-day": "the time zone skipped this day",
  "out-of-order": "readings must ascend in time, one for an instant",
  "mixed-series": "a reading has another register, meter or unit than its series",
  "not-on-grid": "the instant is no slot of this day",
  "unknown-zone": "this time zone is not in the tz database of the runtime",
} as const;

export type ReadingErrorCode = keyof typeof readingErrorCodes;

/** A value that this room cannot represent. The text itself never enters the message. */
export class ReadingError extends MeterError {
  override readonly name = "ReadingError";
  override readonly blame: Blame = "caller";
  override readonly code: ReadingErrorCode;

  constructor(code: ReadingErrorCode, options?: { cause?: unknown }) {
    super(`${code}: ${readingErrorCodes[code]}`, options);
    this.code = code;
  }
}

/** Why a command is not sent. Codes are stable. */

import { MeterError } from "@siegel/wire";

export const downlinkErrorCodes = {
  "counter-exhausted": "the counter to this meter is at its end; it needs another key",
  "command-used": "a command of this id was made before",
  expired: "the command's time is over",
  "wrong-key-version": "the exchange is for another version than the meter's next",
  "exchange-under-way": "a key exchange with this meter has begun and is not over",
  "outbox-full": "as many commands wait for this meter, or for all, as are kept",
  "not-a-command": "an application reset, a clock or records with actions are commands; this is none",
} as const;
export type DownlinkErrorCode = keyof typeof downlinkErrorCodes;

export class DownlinkError extends MeterError {
  override readonly name = "DownlinkError";
  override readonly blame = "caller";
  override readonly code: DownlinkErrorCode;

  constructor(code: DownlinkErrorCode) {
    super(`${code}: ${downlinkErrorCodes[code]}`);
    this.code = code;
  }
}

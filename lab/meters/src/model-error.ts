/** Misuse of the virtual meter by the program that drives it. */

import { type Blame, MeterError } from "@siegel/wire";

export const modelErrorCodes = {
  "not-whole": "power, seconds and moments are whole numbers, seconds not negative",
  "too-much": "one piece of load is above the exact integers",
  "scaler-out-of-range": "a reading's scaler lies between -6 and 6",
  "no-capacity": "a memory holds at least one entry",
  backwards: "the virtual meter runs forwards only",
  "not-a-household": "1 to 6 people live between the polar circles, under a roof of 0 W or more",
  "not-a-time": "a time of day lies in 0 … 86 399 seconds, and the two differ",
} as const;

export type ModelErrorCode = keyof typeof modelErrorCodes;

export class ModelError extends MeterError {
  override readonly name = "ModelError";
  override readonly blame: Blame = "caller";
  override readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode) {
    super(`${code}: ${modelErrorCodes[code]}`);
    this.code = code;
  }
}

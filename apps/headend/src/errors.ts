/** Why a head-end does not start or does not go on: one line for whoever runs it, a stable code for programs. */

import { type Blame, MeterError } from "@siegel/wire";

export const headendErrorCodes = {
  "bad-config": "caller",
  "data-of-another-version": "caller",
  "not-our-data": "caller",
  "data-in-use": "environment",
  "data-not-writable": "environment",
  "port-in-use": "environment",
  "port-not-allowed": "environment",
  "not-personalised": "caller",
  "bad-certificates": "caller",
  "no-trust": "caller",
  "module-failed": "environment",
  "route-not-in-contract": "bug",
  "store-inconsistent": "bug",
} as const satisfies Record<string, Blame>;

export type HeadendErrorCode = keyof typeof headendErrorCodes;

/** The message is one line that says what to do. It names files and fields of the configuration, never keys or readings. */
export class HeadendError extends MeterError {
  override readonly name = "HeadendError";
  override readonly code: HeadendErrorCode;
  override readonly blame: Blame;

  constructor(code: HeadendErrorCode, what: string, options?: { cause?: unknown }) {
    super(what, options);
    this.code = code;
    this.blame = headendErrorCodes[code];
  }
}

/** The code of an error of ours or of the system, for logs: never its text, which may quote what it was about. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : typeof error;
}

/** Why a gateway does not start or does not go on: one line for whoever runs it, a stable code for programs. */

import { type Blame, MeterError } from "@siegel/wire";

export const gatewayErrorCodes = {
  "bad-config": "caller",
  "data-of-another-version": "caller",
  "not-our-data": "caller",
  "data-in-use": "environment",
  "data-not-writable": "environment",
  "store-failed": "environment",
  "not-personalised": "caller",
  "bad-certificates": "caller",
  "no-trust": "caller",
  "module-failed": "environment",
  /** A slot would go into a second delivery. */
  "already-sealed": "bug",
  "unexpected-input": "bug",
} as const satisfies Record<string, Blame>;

export type GatewayErrorCode = keyof typeof gatewayErrorCodes;

/** The message is one line that says what to do. It names files and fields of the configuration, never keys or readings. */
export class GatewayError extends MeterError {
  override readonly name = "GatewayError";
  override readonly code: GatewayErrorCode;
  override readonly blame: Blame;

  constructor(code: GatewayErrorCode, what: string, options?: { cause?: unknown }) {
    super(what, options);
    this.code = code;
    this.blame = gatewayErrorCodes[code];
  }
}

/** The code of an error of ours or of the system, for logs: never its text, which may quote what it was about. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : typeof error;
}

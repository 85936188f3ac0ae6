/**
 * Why bytes cannot be had, whose turn it is, and what a person can do about it.
 *
 * In: what the operating system says (an errno, or a text of the serial port's driver).  Out: one stable code.
 * Not here: the codes (./codes), the advice itself (./hints).
 */

import { type Blame, MeterError } from "@siegel/wire";

import { type SourceErrorCode, sourceErrorCodes } from "./codes.ts";
import { hintFor } from "./hints.ts";

/** A source cannot be opened, read or written. */
export class SourceError extends MeterError {
  override readonly name = "SourceError";
  override readonly code: SourceErrorCode;
  override readonly blame: Blame;
  /** Whether a later try may succeed with nobody doing anything. */
  readonly passing: boolean;
  /** Which source: its address or description, as the user wrote it. */
  readonly source: string;
  /** One sentence on what to do, or empty. */
  readonly hint: string;

  constructor(code: SourceErrorCode, source: string, options: { cause?: unknown; hint?: string } = {}) {
    const { blame, passing, says } = sourceErrorCodes[code];
    const hint = options.hint ?? hintFor(code, source);
    super(`${source}: ${says}${hint === "" ? "" : `. ${hint}`}`, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.blame = blame;
    this.passing = passing;
    this.source = source;
    this.hint = hint;
  }
}

/** What an operating system's error means for this source. One of ours is passed on as it is. */
export function sourceErrorOf(cause: unknown, source: string): SourceError {
  if (cause instanceof SourceError) return cause;
  return new SourceError(codeOfErrno[errnoOf(cause)] ?? "io-failed", source, { cause });
}

/** The same for an open line: whatever the system calls it, the line is no more. */
export function lineErrorOf(cause: unknown, source: string): SourceError {
  return cause instanceof SourceError ? cause : new SourceError("line-lost", source, { cause });
}

/** `ENOENT` and the like, from the error, or from the first of several (a host with more than one address). */
function errnoOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof AggregateError ? errnoOf(cause.errors[0]) : "";
}

const codeOfErrno: Readonly<Record<string, SourceErrorCode>> = {
  ENOENT: "no-such-file",
  ENOTDIR: "no-such-file",
  ENAMETOOLONG: "no-such-file",
  ELOOP: "no-such-file",
  EISDIR: "is-a-directory",
  EACCES: "permission-denied",
  EPERM: "permission-denied",
  EBUSY: "device-busy",
  ENOTTY: "not-a-serial-port",
  ENOTFOUND: "host-unknown",
  EAI_AGAIN: "host-unknown",
  EHOSTUNREACH: "host-unreachable",
  ENETUNREACH: "host-unreachable",
  ENETDOWN: "host-unreachable",
  ECONNREFUSED: "connection-refused",
  ETIMEDOUT: "timed-out",
  ECONNRESET: "line-lost",
  EPIPE: "line-lost",
  EIO: "line-lost",
  ENODEV: "line-lost",
  ENXIO: "not-readable", // a socket's name in the file system
};

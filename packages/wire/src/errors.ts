/**
 * The errors of every codec room, and whose turn it is when one happens.
 *
 * Codes are stable: tests, alarms and programs key on them, never on the text. An error names a code, a field path
 * and a byte offset; bytes, readings and keys never enter it, so that it may be logged anywhere.
 */

/** Who has to change something so that this stops happening. Decides alarm, log level and HTTP status. */
export type Blame = "peer" | "caller" | "environment" | "bug";

/** Base of every error that Siegel raises on purpose. */
export abstract class MeterError extends Error {
  abstract readonly code: string;
  abstract readonly blame: Blame;
}

/** Why bytes from a peer were refused. */
export const decodeErrorCodes = {
  truncated: "the bytes end before the field does",
  "too-long": "a length is above the stated maximum",
  "bad-checksum": "a checksum does not match",
  "bad-framing": "escape, fill or end marker is not where it must be",
  "wrong-type": "a field of another type stands here",
  "wrong-length": "a field or list has another length than the standard says",
  "out-of-range": "a number is outside of what its field allows",
  "unknown-tag": "a choice carries a tag that the standard does not define",
  "trailing-bytes": "bytes are left after the last field",
  "nested-too-deep": "lists or trees are nested deeper than the limit",
  "not-canonical": "the same content has another, only valid encoding",
  deviation: "a known departure from the standard, refused in strict mode",
  "unsupported-version": "the format is recognised, its version is not handled",
} as const;

export type DecodeErrorCode = keyof typeof decodeErrorCodes;

/** Where in a message: field path in the standard's words, and byte offset in the input. */
export interface Where {
  readonly path: string;
  readonly offset: number;
}

/** Bytes from a peer that do not follow the format. Carries the place, never the bytes themselves. */
export class DecodeError extends MeterError {
  override readonly name = "DecodeError";
  override readonly blame: Blame = "peer";
  override readonly code: DecodeErrorCode;
  readonly where: Where;

  constructor(code: DecodeErrorCode, where: Where, options?: { cause?: unknown }) {
    // The place in the message says more than the place in our code, and a stack trace would cost more than decoding:
    // a stranger could make us spend our time on it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(
      `${code} at byte ${where.offset}${where.path === "" ? "" : ` in ${where.path}`}: ${decodeErrorCodes[code]}`,
      options,
    );
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.where = where;
  }

  /** The same error, seen from the field that contains it: `.unit` within `valList[3]` is `valList[3].unit`. */
  within(field: string): DecodeError {
    const where = { path: joinPath(field, this.where.path), offset: this.where.offset };
    return new DecodeError(this.code, where, this.cause === undefined ? undefined : { cause: this.cause });
  }
}

/** Why a value of ours cannot be written. */
export type EncodeErrorCode = "out-of-range" | "too-long" | "wrong-length" | "wrong-type";

/** A value that the format cannot carry: the caller's mistake. */
export class EncodeError extends MeterError {
  override readonly name = "EncodeError";
  override readonly blame: Blame = "caller";
  override readonly code: EncodeErrorCode;
  readonly path: string;

  constructor(code: EncodeErrorCode, path = "") {
    super(`${code}${path === "" ? "" : ` in ${path}`}: the format cannot carry this value`);
    this.code = code;
    this.path = path;
  }

  within(field: string): EncodeError {
    return new EncodeError(this.code, joinPath(field, this.path));
  }
}

function joinPath(outer: string, inner: string): string {
  if (inner === "" || outer === "") return outer + inner;
  return inner.startsWith("[") ? outer + inner : `${outer}.${inner}`;
}

/** Numbers that writer and reader of a day block share. Meaning: docs/formats/day-block.md. */

import type { Quality, SeriesKind, Trust } from "../reading.ts";

export const formatByte = 0xdb;
export const formatVersion = 1;

/** Codes of the flags byte are the positions in these lists: they must never be reordered. */
export const kindCodes: readonly SeriesKind[] = ["total", "interval", "sample"];
export const trustCodes: readonly Trust[] = ["clear", "encrypted", "authenticated", "signed"];
export const qualityCodes: readonly Quality[] = ["valid", "suspect", "estimated", "substituted", "missing"];

export const kindMask = 0b0000_0011;
export const trustShift = 2;
/** A revision other than 0 follows. */
export const revisedFlag = 0b0001_0000;
/** More than one run of quality: runs carry their length. */
export const qualityRunsFlag = 0b0010_0000;
/** More than one run of status: runs carry their length. */
export const statusRunsFlag = 0b0100_0000;
/** Times are in milliseconds, not in seconds. */
export const millisecondsFlag = 0b1000_0000;

/** Place of a unit that has no DLMS code: its symbol follows. DLMS calls this code "other unit". */
export const otherUnitCode = 254;

/** A day starts less than this from UTC midnight of its date, and its length differs less than this from 24 hours. */
export const daySeconds = 86_400;

/** State of the residual code before the first residual. */
export const firstAverage = 2048;
/** A residual counts in the average at most like this: one jump does not spoil the code of the next values. */
export const averageCap = 2 ** 28 - 1;
/** Residuals from −2^29 to 2^29 − 1 are coded in 32-bit arithmetic; others in bigints, with the same result. */
export const fastLimit = 2 ** 29;

export const minRaw = -(2n ** 63n);
export const maxRaw = 2n ** 64n - 1n;
export const maxStatus = 2n ** 64n - 1n;
export const maxRevision = 2 ** 31 - 1;
/** Last day that can be written: 9998-12-31, the last of a `LocalDay`. */
export const maxEpochDay = 2_932_531;
/** Longest period, and latest first slot: the longest day. */
export const maxPeriodMs = 172_800_000;

/**
 * A telegram of IEC 62056-21 or P1 as the rest of Siegel sees it: parallel to that of SML.
 *
 * Not here: how a read-out (./read-out.ts) or a P1 telegram (../p1/telegram.ts) becomes one.
 */

import type { Instant, MeterId, ObisCode, Reading, Trust, Unit } from "@siegel/readings";
import type { DataDeviation } from "../messages/data-set.ts";

/** What a person or program should know about a telegram that decoded. */
export interface TelegramWarning {
  readonly code: WarningCode;
  /** The object it is about. */
  readonly obis?: ObisCode;
}

export type WarningCode =
  | DataDeviation
  /** The checksum or block check is another: something on the way was changed, values may be wrong. */
  | "bad-checksum"
  /** A meter of this kind sends a checksum, and there is none. */
  | "missing-checksum"
  /** The checksum is X.25, as Holley meters send it. */
  | "x25-checksum"
  /** The checksum holds once LF is CR LF again. */
  | "line-ends"
  /** Opened without looking at its tag, as the caller asked: whoever has the line may have made it. */
  | "not-authenticated"
  /** A time of the meter lies outside of the calendar. */
  | "clock-not-set"
  /** The meter's error register is not zero. */
  | "error-register"
  /** A unit that nobody knows: the value stands without one. */
  | "unknown-unit";

/** One value of an object. An object with several groups or parts gives several. */
export interface TelegramValue {
  /** The id as the meter writes it. */
  readonly id: string;
  /** Place among the values of its object, from 0. */
  readonly index: number;
  /** `undefined` when the id is no OBIS code. */
  readonly obis: ObisCode | undefined;
  /** `undefined` without a code, or when the meter sent no value. */
  readonly reading: Reading | undefined;
  /** The value as written, without its unit. */
  readonly text: string;
  /** The unit; `undefined` when there is none or nobody knows it. */
  readonly unit: Unit | undefined;
  readonly trust: Trust;
}

export interface Telegram {
  readonly meter: MeterId | undefined;
  /** The meter's clock; `undefined` when it does not say. */
  readonly at: Instant | undefined;
  readonly values: readonly TelegramValue[];
  /** The lowest of its values. */
  readonly trust: Trust;
  readonly warnings: readonly TelegramWarning[];
  /** The line by which the meter introduced itself, without CR LF; "" when there was none. */
  readonly header: string;
}

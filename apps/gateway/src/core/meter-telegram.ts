/** What the core takes of a telegram, whatever protocol it came in: readings by register, and the meter's clock. */

import type { Instant, ObisCode, Reading } from "@siegel/readings";

export interface MeterTelegram {
  /** The meter's clock; undefined when it has none that can be read. */
  readonly at: Instant | undefined;
  readonly values: readonly {
    readonly obis: ObisCode;
    /** Undefined when the meter sent the object without a value. */
    readonly reading: Reading | undefined;
  }[];
}

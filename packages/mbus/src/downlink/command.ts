/**
 * Commands to a meter, as data, and the records that carry them.
 *
 * In: what is wanted.  Out: CI and content.  Not here: protection (./authenticated-downlink.ts), when it is sent (./outbox.ts).
 * Why each has an id and an end: a MAC says who wants it, not that he wants it now. A command is made into one telegram once,
 * and after its end it is not sent any more.
 * Source: EN 13757-3 (FD 1F, FD 17, FD 24 to 27, action VIFEs), EN 13757-7 (CI 6C, 6D). The values of the breaker and valve are
 * from memory of DSMR P2, the layout of CI 6C and 6D is from memory of EN 13757-7.
 */

import type { Instant } from "@siegel/readings";
import { EncodeError } from "@siegel/wire";

export type MeterAction =
  | { readonly do: "breaker" | "valve"; readonly to: "closed" | "open" | "released" }
  /** The meter's clock, in its own zone: the caller converts. Years 2000 to 2127. */
  | { readonly do: "set-clock"; readonly local: LocalClock }
  /** Signed; at most 24 bits. */
  | { readonly do: "shift-clock"; readonly seconds: number }
  /** 1 to 65,535 of the unit. */
  | { readonly do: "transmission-interval"; readonly every: number; readonly unit: "s" | "min" | "h" | "d" }
  | { readonly do: "clear-errors" };

export interface LocalClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export interface Command {
  /** Given by whoever ordered it; used once. 1 to 64 characters. */
  readonly id: string;
  readonly action: MeterAction;
  /** From here on it is not sent any more. */
  readonly expires: Instant;
}

/** CI with a long header, and content. @throws {EncodeError} "out-of-range". */
export function messageOf(action: MeterAction): { readonly ci: number; readonly content: Uint8Array } {
  switch (action.do) {
    case "breaker":
    case "valve":
      return { ci: command, content: Uint8Array.of(0x01, 0xfd, 0x1f, { closed: 0, open: 1, released: 2 }[action.to]) };
    case "set-clock":
      return { ci: 0x6c, content: Uint8Array.of(setNow, ...dateTime(action.local)) };
    case "shift-clock": {
      const { seconds } = action;
      if (!Number.isInteger(seconds) || Math.abs(seconds) > 0x7f_ffff) throw new EncodeError("out-of-range", "seconds");
      return { ci: 0x6d, content: Uint8Array.of(setNow, seconds, seconds >> 8, seconds >> 16) };
    }
    case "transmission-interval": {
      const { every } = action;
      if (!Number.isInteger(every) || every < 1 || every > 0xffff) throw new EncodeError("out-of-range", "every");
      const vif = 0x24 + ["s", "min", "h", "d"].indexOf(action.unit);
      return { ci: command, content: Uint8Array.of(0x02, 0xfd, vif, every, every >> 8) };
    }
    case "clear-errors":
      // Flags of eight bits, action "clear" (07): the mask of all.
      return { ci: command, content: Uint8Array.of(0x01, 0xfd, 0x97, 0x07, 0xff) };
  }
}

/** Type I without its first flags: second, minute, hour, date G; zeros for week day and daylight saving. */
function dateTime({ year, month, day, hour, minute, second }: LocalClock): Uint8Array {
  const checks = [
    year >= 2000 && year <= 2127,
    month >= 1 && month <= 12,
    day >= 1 && day <= 31,
    hour >= 0 && hour <= 23,
    minute >= 0 && minute <= 59,
    second >= 0 && second <= 59,
    [year, month, day, hour, minute, second].every(Number.isInteger),
  ];
  if (checks.includes(false)) throw new EncodeError("out-of-range", "local");
  const short = year - 2000;
  return Uint8Array.of(second, minute, hour, ((short & 0x07) << 5) | day, ((short >> 3) << 4) | month, 0);
}

const command = 0x5b;
/** TC field: absolute or relative, to be taken over at once. */
const setNow = 0x00;

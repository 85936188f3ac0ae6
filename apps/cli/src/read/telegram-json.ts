/**
 * What `siegel read --format json` prints: one object a line. Other programs are built on it; it is a contract.
 *
 * The same shape serves every protocol: a protocol's reader makes it, the table is drawn from it.
 */

import type { Trust } from "@siegel/readings";

/** A telegram that decoded. */
export interface TelegramJson {
  readonly protocol: string;
  /** First byte of the telegram in the input. */
  readonly offset: number;
  readonly meter: { readonly id: string; readonly label?: string } | null;
  /** The meter's clock, RFC 3339 UTC; null when it has none. */
  readonly at: string | null;
  /** The lowest of its values. */
  readonly trust: Trust;
  readonly values: readonly ValueJson[];
  readonly warnings: readonly { readonly code: string; readonly obis?: string }[];
  /** What a device answered instead of values. */
  readonly attention?: { readonly code: string; readonly text: string };
}

export interface ValueJson {
  readonly obis?: string;
  /** The object as the meter names it, where that is no OBIS code. */
  readonly id?: string;
  readonly name?: string;
  /** The exact decimal meant; a boolean; null when the meter sent the object without a value. */
  readonly value?: string | boolean | null;
  readonly unit?: string;
  /** The integer as on the wire, before scaler and sign repair. */
  readonly raw?: string;
  readonly scaler?: number;
  /** What is a text and no number. */
  readonly text?: string;
  readonly function?: string;
  readonly storage?: number;
  readonly tariff?: number;
  readonly subunit?: number;
  /** The meter that measured, where it is another than that of the telegram. */
  readonly meter?: { readonly id: string; readonly label?: string };
  /** Octets in hex. */
  readonly bytes?: string;
  /** Status bits in hex. */
  readonly status?: string;
  /** Present where it differs from the telegram's. */
  readonly at?: string;
  /** Present where the values of a telegram differ. */
  readonly trust?: Trust;
}

/** A telegram that did not decode. */
export interface ErrorJson {
  readonly protocol: string;
  readonly offset: number;
  readonly error: {
    readonly code: string;
    /** The field, in the standard's words. */
    readonly path: string;
    /** The byte of the input where it shows. */
    readonly at?: number;
  };
}

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
  readonly warnings: readonly { readonly code: string; readonly obis?: string; readonly reason?: string }[];
  /** Wired M-Bus: where on the bus it answered. */
  readonly primaryAddress?: number;
  /** What the maker's bits of the status say. */
  readonly states?: readonly string[];
  /** The description of this kind of meter that was applied. */
  readonly description?: string;
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
  /** What the value says, where it is a state of a described meter. */
  readonly states?: readonly string[];
  /** Of an element of a profile: the meter's local time that it belongs to, without zone. */
  readonly date?: string;
  /** "invalid": the meter says that its clock cannot be trusted. */
  readonly clock?: string;
  /** What the meter says is wrong with this record. */
  readonly error?: string;
  /** Present where it differs from the telegram's. */
  readonly at?: string;
  /** Present where the values of a telegram differ. */
  readonly trust?: Trust;
}

/** A telegram that did not decode. */
export interface ErrorJson {
  readonly protocol: string;
  readonly offset: number;
  /** Whose telegram it is, where that stands outside of what did not decode. */
  readonly meter?: { readonly id: string; readonly label?: string };
  readonly error: {
    readonly code: string;
    /** The field, in the standard's words. */
    readonly path: string;
    /** The byte of the input where it shows. */
    readonly at?: number;
  };
}

/**
 * The form of a decoder for what a maker writes in no standard's form.
 *
 * A decoder is a pure function of octets: it reads no clock and no other telegram, throws on nothing, and its work is bounded by
 * the length of the octets, which the link bounds to a few hundred. What it does not recognise it leaves: `undefined`.
 */

import type { MeterAddress } from "../framing/wireless/address.ts";
import type { RecordList } from "../records/record.ts";
import type { FoundValue } from "./value.ts";

export interface DecoderInput {
  /** Application data: what follows the transport header, or the CI where there is none. Opened, if it was sealed. */
  readonly content: Uint8Array;
  /** As the description reads it: version and type in their places. */
  readonly address: MeterAddress;
  readonly ci: number;
  readonly status: number | undefined;
  /** The records in the content; none where the CI is the maker's. */
  readonly records: RecordList;
  /** The radio frame without checksums, from L; absent on the wire. Obfuscations take parts of it as their start. */
  readonly frame: Uint8Array | undefined;
  /** The meter's keys, for makers that encrypt in a place of their own. Cannot be read, only used. */
  readonly keys: readonly DecoderKey[];
}

/** What a decoder may do with a key. */
export interface DecoderKey {
  /** @param octets  A multiple of 16. */
  decryptCbc(vector: Uint8Array, octets: Uint8Array): Uint8Array;
}

export interface Decoded {
  readonly values: readonly FoundValue[];
  readonly states?: readonly string[];
  /** The application data as the standard has it: the telegram is read from it, `values` are not looked at. */
  readonly octets?: Uint8Array;
  /** The status octet, where the maker's form has one. */
  readonly status?: number | undefined;
  /** A key of the meter's opened them: nobody else could read them, and anybody could have changed them. */
  readonly isDecrypted?: boolean;
  /** The records were a misreading of private octets: only `values` count. */
  readonly replacesRecords?: boolean;
}

export type Decoder = (input: DecoderInput) => Decoded | undefined;

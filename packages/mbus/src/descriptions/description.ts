/**
 * What a description says of a kind of meter, where the generic meaning of its records is wrong or does not suffice.
 *
 * In: nothing.  Out: types. All of it is data that JSON can carry; code is named, never contained (`decoder`).
 * Not here: finding one (./catalogue), reading JSON (./load), applying it (./refine).
 * Why data: people have meters that we do not, and want values without a new release. A description adds a meter with a
 * file, and can do no more than name, scale and cut: it cannot loop, reach out or read another meter's octets.
 */

import type { MbusFunction } from "../records/record.ts";

export interface MeterDescription {
  /** Stable: `apator-162`. Small letters, digits and hyphens. */
  readonly id: string;
  /** For a person: maker and model. */
  readonly title: string;
  readonly match: readonly MeterMatch[];
  /** What single records mean; the first rule that fits a record is taken. */
  readonly records?: readonly RecordRule[];
  /** Values cut from the maker's data (after DIF 0F or 1F). */
  readonly data?: readonly FieldRule[];
  /** Values cut from application data that is the maker's as a whole (CI A0 to B7). */
  readonly content?: readonly FieldRule[];
  /** Texts for bits 5-7 (and others, if the maker uses them) of the status octet of the transport header. */
  readonly status?: States;
  /** Name of a built-in decoder for what is not made of records. */
  readonly decoder?: string;
  /** The maker hides octets in its own way under a header of the standard: the decoder is asked when nothing opens it. */
  readonly hides?: boolean;
  /**
   * Keys, in hex, that every meter of the kind leaves the factory with. Everybody has them: a person's reader tries them when
   * there is no other, with the warning "default-key"; a gateway does not.
   */
  readonly factoryKeys?: readonly string[];
  /** What this rests on, when that is little: shown in the documentation, never hidden. */
  readonly doubt?: string;
  /** Made by us, no telegram of a real meter. A description without an example fails the tests. */
  readonly examples: readonly Example[];
}

/** All parts that are given must fit. */
export interface MeterMatch {
  /** Three letters each. */
  readonly makers: readonly string[];
  readonly versions?: readonly NumberOrRange[];
  readonly types?: readonly NumberOrRange[];
  /** CI of the application data. */
  readonly ci?: readonly NumberOrRange[];
  /** The maker writes version and type before the number in the address: `M2 V T ID4`. */
  readonly address?: "version-first";
}

/** A number, or both ends of a range, ends included. */
export type NumberOrRange = number | readonly [from: number, to: number];

export interface RecordRule {
  /** Every part that is given must fit. */
  readonly when: RecordCondition;
  readonly name?: string;
  /** Of the value after scaling. An empty text takes the unit away. */
  readonly unit?: string;
  /** The number is multiplied by `factor` (1 unless told) and by 10^`exponent` (0 unless told). */
  readonly factor?: number;
  readonly exponent?: number;
  readonly storage?: number;
  readonly tariff?: number;
  readonly subunit?: number;
  readonly function?: MbusFunction;
  /** The data is to be read anew, as this; the scale of the VIF is not applied then. */
  readonly reads?: FieldType;
  readonly states?: States;
  /** The record itself is no value of its own. */
  readonly hide?: boolean;
  /** More values, cut from the record's data. */
  readonly fields?: readonly FieldRule[];
}

export interface RecordCondition {
  /** DIF to last VIFE, hex. */
  readonly header?: string;
  /** VIF to last VIFE, hex, whatever the DIF. */
  readonly vib?: string;
  /** Name that the record has without description. */
  readonly name?: string;
  readonly function?: MbusFunction;
  readonly storage?: NumberOrRange;
  readonly tariff?: NumberOrRange;
  readonly subunit?: NumberOrRange;
}

export type FieldType = "unsigned" | "signed" | "bcd" | "float" | "date" | "text" | "octets";

/** One value at a place in octets. */
export interface FieldRule {
  readonly name: string;
  readonly at: number;
  readonly length: number;
  /** "unsigned" unless told. A date has 2, 3, 4 or 6 octets. */
  readonly type?: FieldType;
  /** "low" unless told: the octet that comes first is the lowest. */
  readonly first?: "low" | "high";
  /** Only these bits of an unsigned number: number of the lowest, and how many. */
  readonly bits?: readonly [first: number, count: number];
  readonly factor?: number;
  readonly exponent?: number;
  readonly unit?: string;
  /** Numbers that mean "no value". */
  readonly absent?: readonly number[];
  readonly storage?: number;
  readonly tariff?: number;
  readonly subunit?: number;
  readonly function?: MbusFunction;
  readonly states?: States;
  /** The same field `count` times, `step` octets apart; storage rises by `storageStep` (1 unless told). */
  readonly repeat?: { readonly count: number; readonly step: number; readonly storageStep?: number };
}

/** Texts for bits that are set, and for numbers under a mask. */
export interface States {
  /** Number of the bit, and what it says when it is set. */
  readonly bits?: Readonly<Record<string, string>>;
  readonly numbers?: readonly { readonly mask: number; readonly texts: Readonly<Record<string, string>> }[];
}

/** A telegram made by us and what it must give. */
export interface Example {
  /** A frame of the wire (68…), or of the radio without checksums. */
  readonly telegram: string;
  /** Full frames that come before, for compact ones. */
  readonly preceding?: readonly string[];
  /** Hex; for telegrams that are sealed. */
  readonly key?: string;
  /** Values that must be among those that come out: name, number or text, unit, storage. */
  readonly values: readonly ExampleValue[];
  /** Texts of the transport header's status. */
  readonly states?: readonly string[];
}

export interface ExampleValue {
  readonly name: string;
  /** A number as decimal text, a date, or a text. */
  readonly value: string;
  readonly unit?: string;
  readonly storage?: number;
  readonly tariff?: number;
  readonly subunit?: number;
  readonly function?: MbusFunction;
  readonly states?: readonly string[];
}

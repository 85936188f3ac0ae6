/** Values of one register over time, and how to ask for them. */

import { type Static, Type } from "typebox";

import {
  BlockKey,
  DateText,
  DecimalText,
  exactly,
  InstantText,
  KindWord,
  MeterKey,
  ObisText,
  orNull,
  QualityWord,
  TrustWord,
  UnitText,
} from "./words.ts";

/** Values with from ≤ at ≤ to: a day of totals needs both of its ends. */
export const SeriesQuery = exactly("SeriesQuery", {
  obis: ObisText,
  from: InstantText,
  to: InstantText,
  /** Where one register delivers several kinds. Default: the kind that has delivered last. */
  kind: Type.Optional(KindWord),
});
export type SeriesQuery = Static<typeof SeriesQuery>;

export const SeriesValue = exactly("SeriesValue", {
  at: InstantText,
  /** Null exactly if quality is "missing": a slot that was expected and has no value. Never 0. */
  value: orNull(DecimalText),
  quality: QualityWord,
  trust: TrustWord,
  blockId: BlockKey,
});
export type SeriesValue = Static<typeof SeriesValue>;

/** A block that gave at least one of the values. */
export const SeriesSegment = exactly("SeriesSegment", {
  blockId: BlockKey,
  day: DateText,
  from: InstantText,
  to: InstantText,
  period_s: Type.Number(),
  /** 0 as measured; a correction has a higher one and hides the values it replaces. */
  revision: Type.Integer({ minimum: 0 }),
  trust: TrustWord,
  /** How many of `values` are from this block. */
  count: Type.Integer({ minimum: 1 }),
});
export type SeriesSegment = Static<typeof SeriesSegment>;

export const Series = exactly("Series", {
  meter: MeterKey,
  obis: ObisText,
  unit: UnitText,
  kind: KindWord,
  /** Digits behind the point that every value of the answer has room for: values are multiples of 10^scaler. */
  scaler: Type.Integer(),
  /** Null when blocks of different periods are in the answer, or none. */
  period_s: orNull(Type.Number()),
  segments: Type.Array(SeriesSegment),
  values: Type.Array(SeriesValue),
});
export type Series = Static<typeof Series>;

/** Longest range of one request. */
export const maxSeriesDays = 35;
/** Most values of one answer; a register read every few seconds has more in 35 days and is asked for in parts. */
export const maxSeriesValues = 100_000;

/** First line of the CSV form; one line a value, RFC 4180, empty value = missing. */
export const csvHeader = "at,value,unit,quality,trust,block_id";

/** What a value is, whose, when, how much and how good: the words that every room from the meter to the bill shares. */

export { ReadingError, type ReadingErrorCode, readingErrorCodes } from "./errors.ts";
export { companyOfMaker, makerOfNumber, numberOfMaker } from "./flag-makers.ts";
export { Instant } from "./instant.ts";
export { billingZone, LocalDay, offsetAt, quarterHourMs } from "./local-day.ts";
export { MeterId, type MeterIdForm } from "./meter-id.ts";
export { ObisCode, type ObisDefaults } from "./obis.ts";
export {
  type BooleanReading,
  lowestTrust,
  type NumberReading,
  type OctetsReading,
  qualities,
  type Quality,
  type Reading,
  type Series,
  type SeriesKind,
  seriesKinds,
  type TextReading,
  type Trust,
  trustLevels,
} from "./reading.ts";
export { ScaledValue } from "./scaled-value.ts";
export { allUnits, codeOfUnit, type Unit, unitOfCode, unitOfSymbol } from "./unit.ts";
export {
  type DayBlock,
  type DaySpan,
  type DayValues,
  instantAt,
  maxDayValues,
  qualityAt,
  type Run,
  runsOf,
  statusAt,
  valueAt,
} from "./day-block/block.ts";
export { decodeDayBlock } from "./day-block/decode.ts";
export { encodeDayBlock } from "./day-block/encode.ts";
export { dayBlockOf, type DayGrid, quarterHourGrid, seriesOf } from "./day-block/series.ts";
export { groupsOfObis, nameOfObis, type ObisGroup } from "./obis-names/names.ts";
export type { Language } from "./obis-names/words.ts";

/** M-Bus, wired and wireless: bytes to frames to records to readings and back (EN 13757-2, -3, -4, -7; OMS). */

export { dateText, type MbusDate } from "./records/dates.ts";
export { decodeRecords, type RecordOptions } from "./records/decode.ts";
export {
  encodeRecords,
  type HeaderFields,
  recordHeader,
  type VibFields,
  vibOf,
  type WritableRecord,
} from "./records/encode.ts";
export type { Direction } from "./records/header.ts";
export { type CompactProfile, expandProfile, type ProfileMode, type ProfileValue } from "./records/profile.ts";
export type {
  Coding,
  MbusFunction,
  MbusRecord,
  RecordError,
  RecordHeader,
  RecordList,
  RecordValue,
  SkipCode,
} from "./records/record.ts";
export type { RecordAction, VifModifier } from "./records/vife-tables.ts";

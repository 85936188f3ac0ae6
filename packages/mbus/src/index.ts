/** M-Bus, wired and wireless: bytes to frames to records to readings and back (EN 13757-2, -3, -4, -7; OMS). */

export type { DumpLine } from "./dump/line.ts";
export { annotateRecords, type RecordsPlace } from "./dump/records.ts";
export { annotateWired } from "./dump/wired.ts";
export { type BinaryForm } from "./framing/dongle/binary.ts";
export { type DongleEvent, type DongleForm, type DongleOptions, DongleStream } from "./framing/dongle/stream.ts";
export type { DongleTelegram, StatedCrc } from "./framing/dongle/telegram.ts";
export { type ApplicationError, applicationErrors } from "./framing/wired/application-errors.ts";
export { type ControlField, controlOctet, controlOf, type WiredFunction } from "./framing/wired/c-field.ts";
export {
  decodeWiredFrame,
  encodeWiredFrame,
  type LongFrame,
  longFrame,
  primaryAddresses,
  type WiredFrame,
} from "./framing/wired/frame.ts";
export { type WiredEvent, WiredFramer } from "./framing/wired/framer.ts";
export { mbusValueJson, type MbusValueJson } from "./meaning/json.ts";
export { nameOfRecord } from "./meaning/names.ts";
export { mediumOfDevice, obisOfRecord } from "./meaning/obis.ts";
export { type StatusWarningCode, type TplStatus, tplStatus } from "./meaning/status.ts";
export {
  type MbusTelegram,
  type MbusValue,
  type MbusWarning,
  type MbusWarningCode,
  type Protection,
  telegramOf,
  type TelegramParts,
} from "./meaning/telegram.ts";
export {
  type CompactFrame,
  compactFrameOf,
  type ExpandedFrame,
  expandCompactFrame,
  type FormatFrame,
  formatFrameOf,
  headersOf,
  parseCompactFrame,
  parseFormatFrame,
  signatureOf,
} from "./records/compact.ts";
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
export { decodeFixed, encodeFixed, type FixedData, type FixedMedium, recordsOfFixed } from "./records/fixed.ts";
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
export { type Slave, type SlaveDevice, slaveStep, type SlaveTelegram } from "./server/slave.ts";
export { WiredSlave } from "./server/wired-slave.ts";
export {
  addressText as secondaryAddressText,
  anyMeter,
  encodeSecondaryAddress,
  type SecondaryAddress,
  type SelectionMask,
} from "./session/address.ts";
export { type BusLine, BusMaster, type BusMasterOptions, type BusTimer } from "./session/driver.ts";
export { BusError, type BusErrorCode, busErrorCodes } from "./session/errors.ts";
export type { Job, Progress, Result, Target } from "./session/master.ts";
export type { FoundMeter, SearchOptions } from "./session/search.ts";
export { AnswerError, type AnswerOptions, AnswerReader, joinedTelegram } from "./wired-answer.ts";
export { MbusStream, type MbusStreamEvent, type MbusStreamObserver } from "./wired-stream.ts";

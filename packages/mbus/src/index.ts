/** M-Bus, wired and wireless: bytes to frames to records to readings and back (EN 13757-2, -3, -4, -7; OMS). */

export { AuthenticatedDownlink, type DownlinkFields, type DownlinkKey } from "./downlink/authenticated-downlink.ts";
export { type Command, type LocalClock, type MeterAction, messageOf } from "./downlink/command.ts";
export { DownlinkError, type DownlinkErrorCode, downlinkErrorCodes } from "./downlink/errors.ts";
export { FreshCounters } from "./downlink/fresh-counter.ts";
export {
  decodeKeyTransfer,
  encodeKeyTransfer,
  KeyExchange,
  type KeyExchangeState,
  type KeyTransfer,
  keyTransferCi,
} from "./downlink/key-exchange.ts";
export {
  type CommandIdStore,
  type CommandOutcome,
  Outbox,
  type OutboxEffect,
  type OutboxOptions,
} from "./downlink/outbox.ts";
export { dutyOf, isListening, sessionEnd } from "./downlink/window.ts";
export { builtInCatalogue, catalogueWith, describe } from "./descriptions/built-in.ts";
export { Catalogue, type DescribedMeter } from "./descriptions/catalogue.ts";
export { builtInDescriptions } from "./descriptions/data/index.ts";
export type {
  Example,
  ExampleValue,
  FieldRule,
  FieldType,
  MeterDescription,
  MeterMatch,
  NumberOrRange,
  RecordCondition,
  RecordRule,
  States,
} from "./descriptions/description.ts";
export {
  DescriptionError,
  type DescriptionErrorCode,
  descriptionErrorCodes,
  parseDescriptions,
} from "./descriptions/load.ts";
export type { DumpLine } from "./dump/line.ts";
export { annotateRecords, type RecordsPlace } from "./dump/records.ts";
export { annotateWired } from "./dump/wired.ts";
export { annotateWireless, type WirelessDumpOptions } from "./dump/wireless.ts";
export { type BinaryForm } from "./framing/dongle/binary.ts";
export { readLine as readReceiverLine } from "./framing/dongle/line.ts";
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
export {
  addressOfMeterId,
  addressText,
  type MeterAddress,
  meterIdOf,
  sameAddress,
} from "./framing/wireless/address.ts";
export { type CutEvent, WirelessCutter } from "./framing/wireless/cutter.ts";
export {
  type FormatOptions,
  type PlainFrame,
  unwrapFrame,
  type WirelessFormat,
  wirelessFormats,
  wrapFrame,
} from "./framing/wireless/formats.ts";
export { type HexLine, HexLines } from "./framing/wireless/hex-lines.ts";
export {
  control as wirelessControl,
  controlMeaning,
  linkFrame,
  type LinkHeader,
  linkHeaderOf,
  withFrameCount,
} from "./framing/wireless/link.ts";
export { decodeThreeOfSix, encodeThreeOfSix } from "./framing/wireless/three-of-six.ts";
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
export { type CiKind, type CiMeaning, ciMeaning } from "./messages/ci.ts";
export { type Ell, type Listening, listening } from "./messages/ell.ts";
export type { ReassemblyLimits } from "./messages/reassembly.ts";
export { encodeTpl, type Tpl, tplAt, type TplFields } from "./messages/tpl.ts";
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
export { expandProfile, type ProfileValue } from "./records/profile.ts";
export type {
  Coding,
  MbusFunction,
  MbusRecord,
  RecordHeader,
  RecordList,
  RecordValue,
  SkipCode,
} from "./records/record.ts";
export type { RecordAction, VifModifier } from "./records/vife-tables.ts";
export { type Expanded, FormatCache, type FormatStore, type StoredFormat } from "./security/format-cache.ts";
export {
  Keyring,
  KeyringError,
  type KeyringErrorCode,
  keyringErrorCodes,
  type KnownMeter,
} from "./security/keyring.ts";
export { Mode13Link, type Mode13Options } from "./security/mode13-link.ts";
export { modeNames } from "./security/modes.ts";
export {
  type OpenedTelegram,
  type OpenerOptions,
  type Opening,
  type RefusedTelegram,
  TelegramOpener,
} from "./security/open.ts";
export type { PolicyFloor } from "./security/policy.ts";
export { isPublishedKey } from "./security/published-keys.ts";
export { type CounterSlot, type CounterStore, MemoryCounterStore, ReplayGuard, slotText } from "./security/replay.ts";
export { type Protect, sealFragments, sealMessage, type Telegram, withEll } from "./security/seal.ts";
export { type OpenWarning, openWarnings, type RefusalCode, refusals, type Verdict } from "./security/verdict.ts";
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
export { OpeningError, type WmbusEvent, type WmbusOptions, WmbusStream } from "./stream.ts";
export { AnswerError, type AnswerOptions, AnswerReader, joinedTelegram } from "./wired-answer.ts";
export { MbusStream, type MbusStreamEvent, type MbusStreamObserver } from "./wired-stream.ts";

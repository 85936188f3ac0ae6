/** IEC 62056-21 and P1: bytes to data sets to readings and back; reader and meter as state machines. */

export { type Guess, looksLikeD0, looksLikeP1 } from "./detect.ts";
export { annotateD0, annotateP1, type DumpLine } from "./dump/annotate.ts";
export { blockCheck } from "./framing/block-check.ts";
export {
  blockMessage,
  breakMessage,
  type Command,
  commandMessage,
  identificationMessage,
  optionSelectMessage,
  requestMessage,
} from "./framing/frames.ts";
export { type Block, D0Framer, type D0FramerOptions, type D0Frame, type Lines } from "./framing/framer.ts";
export {
  baudOf,
  type Identification,
  identificationLineOf,
  modeOf,
  type OptionSelect,
  parseIdentification,
  parseRequest,
  type ProtocolMode,
} from "./framing/identification.ts";
export { withEvenParity, withoutParity } from "./framing/parity.ts";
export { centralEuropeMinutes, instantOfLocal, localTextOf } from "./meaning/local-time.ts";
export { codeOfId, type ReadOutOptions, telegramOfReadOut } from "./meaning/read-out.ts";
export { type Telegram, type TelegramValue, type TelegramWarning, type WarningCode } from "./meaning/telegram.ts";
export {
  type DataBlock,
  type DataDeviation,
  type DataSet,
  dataSetsOf,
  decodeData,
  encodeData,
  textOfDataSet,
} from "./messages/data-set.ts";
export { groupOfPart, type Part, partsOfGroup } from "./messages/group.ts";
export { type P1Checksum } from "./p1/checksum.ts";
export { encodeP1, type P1Content } from "./p1/encode.ts";
export {
  countersInMemory,
  luxembourgAuthenticationKey,
  type Opened,
  openSealed,
  type P1Counters,
  type P1Key,
  type P1Keys,
  sealTelegram,
} from "./p1/encrypted.ts";
export { P1SecurityError, type P1SecurityErrorCode, p1SecurityErrorCodes } from "./p1/errors.ts";
export { type P1Event, type P1Frame, P1Framer, type P1FramerOptions, type P1Sealed } from "./p1/framer.ts";
export { type P1Object, type P1Objects, readObjects } from "./p1/objects.ts";
export { P1Stream, type P1StreamEvent, type P1StreamOptions } from "./p1/stream.ts";
export { type P1Device, type P1Options, type P1Telegram, type PowerFailure, telegramOfP1 } from "./p1/telegram.ts";
export {
  type D0Device,
  type MeterEffect,
  type MeterInput,
  type MeterOptions,
  MeterSession,
  type Register,
} from "./server/meter.ts";
export { type MeterState } from "./server/table.ts";
export { SessionError, type SessionErrorCode, sessionErrorCodes } from "./session/errors.ts";
export {
  type Answer,
  type ReaderEffect,
  type ReaderInput,
  type ReaderOptions,
  ReaderSession,
  type ReaderTimes,
  standardTimes,
} from "./session/reader.ts";
export { type Line, type Programming, readOut, type RunOptions, type Timer, withProgramming } from "./session/run.ts";
export { type ReaderState } from "./session/table.ts";
export { type D0Observer, D0Stream, type D0StreamEvent, type D0StreamOptions } from "./stream.ts";

/** SML, Smart Message Language: bytes to frames to messages to readings and back, with the signatures of meters. */

export { causes, type Certainty, type DiagnosisCode } from "./diagnosis/causes.ts";
export { diagnose, type Diagnosis, type DiagnosisInput } from "./diagnosis/diagnose.ts";
export { annotateCapture, annotatePayload, type DumpLine } from "./dump/annotate.ts";
export {
  type DamagedFrame,
  type Frame,
  type FrameEvent,
  type FramerOptions,
  type Noise,
  SmlFramer,
} from "./framing/framer.ts";
export { wrapFile } from "./framing/wrap.ts";
export { type MeterStatus, meterStatus, type StatusFlag, statusFlags } from "./meaning/status.ts";
export { repairedSign } from "./meaning/sign.ts";
export {
  type Telegram,
  telegramsOf,
  type TelegramValue,
  type TelegramWarning,
  type WarningCode,
} from "./meaning/telegram.ts";
export { instantOf } from "./meaning/time.ts";
export {
  type Attention,
  attention,
  type AttentionCode,
  attentionCodes,
  attentionNumber,
  attentionOf,
} from "./messages/attention.ts";
export * from "./messages/bodies.ts";
export * from "./messages/entries.ts";
export { decodeFile, encodeFile, type FileOptions, type SmlFile } from "./messages/file.ts";
export { abortOnError, type MessageBody, type SmlMessage } from "./messages/message.ts";
export { LocalTimestamp, SmlTime } from "./messages/time.ts";
export * from "./messages/value.ts";
export { answerFile, type Credentials, type Refusal, type SmlDevice } from "./server/answer.ts";
export { type Asker, type Outcome, outcomesOf, type ProfileQuestion, RequestFile } from "./session/requests.ts";
export { SignatureError, type SignatureErrorCode, signatureErrorCodes } from "./signature/errors.ts";
export { type Curve, type LayoutName } from "./signature/layouts.ts";
export { type ListSigner, signList } from "./signature/sign.ts";
export { type SignatureVerifier, SignedByMeter } from "./signature/verify.ts";
export { SmlStream, type StreamEvent, type StreamObserver, type StreamOptions } from "./stream.ts";
export { type Tlv } from "./tlv/generic.ts";
export { type Deviation, type DeviationCode, type EncodingStyle } from "./tlv/reader.ts";

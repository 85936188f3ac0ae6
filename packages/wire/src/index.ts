/** Bytes in and out: cursor with limits, checksums, declared codecs, errors that name the place. */

export { concatBytes, equalBytes, fromHex, indexOfBytes, toHex } from "./bytes.ts";
export {
  type Codec,
  decodeAll,
  type FieldList,
  fieldList,
  type Fields,
  type Infer,
  type InferFields,
  int64LE,
  int8,
  layout,
  octetsOf,
  type OptionalCodec,
  uint,
  uintLE,
  zeroPadded,
} from "./codec.ts";
export { type Crc16, crc16Arc, crc16En13757, crc16Kermit, crc16X25 } from "./crc16.ts";
export {
  type Blame,
  DecodeError,
  type DecodeErrorCode,
  decodeErrorCodes,
  EncodeError,
  type EncodeErrorCode,
  MeterError,
  type Where,
} from "./errors.ts";
export { ByteReader, type FieldObserver, type ReaderOptions } from "./reader.ts";
export { ByteWriter } from "./writer.ts";

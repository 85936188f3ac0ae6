/** Blocks to declare ASN.1 structures with, strict in DER. */

export { any } from "./any.ts";
export {
  choice,
  type CountLimits,
  encapsulated,
  explicit,
  implicit,
  optional,
  type OptionalDer,
  sequence,
  sequenceOf,
  setOf,
  withDefault,
  type WithRaw,
  withRaw,
} from "./constructed.ts";
export { decodeDer, type DecodeDerOptions, type Der, encodeDer, type Tagged } from "./der.ts";
export { oid } from "./oid.ts";
export { fromPem, toPem } from "./pem.ts";
export {
  bitString,
  type Bits,
  boolean,
  enumerated,
  integer,
  namedBits,
  nullValue,
  octetBits,
  octetString,
  smallInteger,
} from "./primitives.ts";
export { DerReader } from "./reader.ts";
export { ia5String, printableString, type TextLimits, utf8String } from "./strings.ts";
export { generalizedTime, time } from "./time.ts";

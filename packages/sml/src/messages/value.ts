/**
 * SML_Value and SML_Status: implicit choices, the TL field alone says which alternative it is.
 *
 * Integers keep the width they had on the wire: sign repair (../meaning) needs it, and so does writing the same bytes.
 * Source: SML 1.04, `SML_Value`, `SML_ListType`, `SML_Status`.
 */

import { EncodeError, type Infer } from "@siegel/wire";
import { choice, sequence, signed, type SmlCodec, unsigned } from "../tlv/blocks.ts";
import { type SmlReader, tlvType } from "../tlv/reader.ts";
import { SmlTime } from "./time.ts";

/** Manufacturer's status bits: kept as sent, judged in ../meaning. */
export interface SmlStatus {
  readonly byteLength: number;
  readonly bits: number | bigint;
}

export const SmlStatus: SmlCodec<SmlStatus> = {
  name: "SML_Status",
  read(reader) {
    const start = reader.at;
    reader.expect(tlvType.unsigned);
    const byteLength = reader.length;
    if (byteLength < 1 || byteLength > 8) throw reader.error("wrong-length", start);
    return { byteLength, bits: reader.unsignedValue() };
  },
  write: (writer, status) => writer.integer(tlvType.unsigned, status.bits, status.byteLength),
};

export interface SmlInteger {
  readonly type: "signed" | "unsigned";
  /** Bytes on the wire, 1 to 8. */
  readonly byteLength: number;
  readonly value: number | bigint;
}

export interface SmlOctets {
  readonly type: "octets";
  readonly value: Uint8Array;
}

export interface SmlBoolean {
  readonly type: "boolean";
  readonly value: boolean;
}

/** What a value can be that is no list. */
export type SmlSimpleValue = SmlInteger | SmlOctets | SmlBoolean;
export type SmlValue = SmlSimpleValue | { readonly type: "list"; readonly value: SmlListType };

export const SmlSimpleValue: SmlCodec<SmlSimpleValue> = {
  name: "SML_SimpleValue",
  read(reader) {
    const start = reader.at;
    reader.tl();
    return simpleValue(reader, start);
  },
  write(writer, value) {
    switch (value.type) {
      case "signed":
        return writer.integer(tlvType.signed, value.value, value.byteLength);
      case "unsigned":
        return writer.integer(tlvType.unsigned, value.value, value.byteLength);
      case "octets":
        return writer.octets(value.value);
      case "boolean":
        writer.tl(tlvType.boolean, 1);
        return writer.u8(value.value ? 1 : 0);
      default:
        throw new EncodeError("wrong-type");
    }
  },
};

function simpleValue(reader: SmlReader, start: number): SmlSimpleValue {
  const byteLength = reader.length;
  switch (reader.type) {
    case tlvType.octets:
      if (byteLength > maxOctets) throw reader.error("too-long", start);
      return { type: "octets", value: reader.take(byteLength) };
    case tlvType.boolean:
      if (byteLength !== 1) throw reader.error("wrong-length", start);
      return { type: "boolean", value: reader.u8() !== 0 };
    case tlvType.signed:
      if (byteLength < 1 || byteLength > 8) throw reader.error("wrong-length", start);
      return { type: "signed", byteLength, value: reader.signedValue() };
    case tlvType.unsigned:
      if (byteLength < 1 || byteLength > 8) throw reader.error("wrong-length", start);
      return { type: "unsigned", byteLength, value: reader.unsignedValue() };
    default:
      throw reader.error("wrong-type", start);
  }
}

/** Since 1.04: a value together with when and in what state it was taken. */
export const TimestampedValue = sequence("SML_TimestampedValue", {
  timestamp: SmlTime,
  status: SmlStatus,
  simpleValue: SmlSimpleValue,
});

/** Unit and power of ten as a COSEM attribute gives them. */
export const ScalerUnit = sequence("SML_CosemScalerUnit", { scaler: signed(8), unit: unsigned(8) });

export const CosemValue = choice("SML_CosemValue", { scalerUnit: [1, ScalerUnit] });

/** Since 1.04: a value that is a list. */
export const SmlListType = choice("SML_ListType", {
  smlTime: [1, SmlTime],
  timestampedValue: [2, TimestampedValue],
  cosemValue: [3, CosemValue],
});
export type SmlListType = Infer<typeof SmlListType>;

export const SmlValue: SmlCodec<SmlValue> = {
  name: "SML_Value",
  read(reader) {
    const start = reader.at;
    reader.tl();
    if (reader.type !== tlvType.list) return simpleValue(reader, start);
    reader.at = start;
    return { type: "list", value: SmlListType.read(reader) };
  },
  write(writer, value) {
    if (value.type === "list") SmlListType.write(writer, value.value);
    else SmlSimpleValue.write(writer, value);
  },
};

/** Longest octet string as a value: a public key or a certificate of a meter fits. */
const maxOctets = 8192;

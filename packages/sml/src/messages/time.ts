/**
 * SML_Time: second index of the meter, UTC, or local time with its offsets. Source: SML 1.04, `SML_Time`.
 *
 * A second index counts the meter's running time and is never a date. Two known deviations are read as what they are:
 * Holley DTZ541 sends the second index without the choice around it; FROETEC ZG22 sends the three fields of a local
 * time under the tag of another alternative.
 */

import { type Infer, EncodeError } from "@siegel/wire";
import { sequence, signed, type SmlCodec, unsigned } from "../tlv/blocks.ts";
import { type SmlReader, tlvType } from "../tlv/reader.ts";

/** Local = timestamp + (localOffset + seasonTimeOffset) · 60. */
export const LocalTimestamp = sequence("SML_TimestampLocal", {
  timestamp: unsigned(32), //        Unix seconds, UTC
  localOffset: signed(16), //        minutes east of UTC
  seasonTimeOffset: signed(16), //   minutes added in summer
});
export type LocalTimestamp = Infer<typeof LocalTimestamp>;

/** Whether a place on earth has these offsets: 12 hours west to 14 hours east, in summer at most two hours more. */
export function isPlausibleOffset({ localOffset, seasonTimeOffset }: LocalTimestamp): boolean {
  return localOffset >= -720 && localOffset <= 840 && seasonTimeOffset >= -60 && seasonTimeOffset <= 120;
}

export type SmlTime =
  /** Seconds of the meter's running time. `bare` is Holley's form without the choice. */
  | { readonly kind: "secIndex"; readonly value: number; readonly bare?: true }
  /** Unix seconds, UTC. */
  | { readonly kind: "timestamp"; readonly value: number }
  | { readonly kind: "localTimestamp"; readonly value: LocalTimestamp };

const timeTag = { secIndex: 1, timestamp: 2, localTimestamp: 3 } as const;

export const SmlTime: SmlCodec<SmlTime> = {
  name: "SML_Time",
  read(reader) {
    const start = reader.at;
    reader.tl();
    if (reader.type === tlvType.unsigned) return bareTime(reader, start);
    if (reader.type !== tlvType.list) throw reader.error("wrong-type", start);
    if (reader.length !== 2) throw reader.error("wrong-length", start);
    const tagAt = reader.at;
    const tag = unsigned8.read(reader);
    if (tag === timeTag.localTimestamp) return { kind: "localTimestamp", value: LocalTimestamp.read(reader) };
    if (tag !== timeTag.secIndex && tag !== timeTag.timestamp) throw reader.error("unknown-tag", tagAt);
    if ((reader.peek() & 0xf0) === 0x70) {
      reader.deviation("local-time-tag", tagAt);
      return { kind: "localTimestamp", value: LocalTimestamp.read(reader) };
    }
    return { kind: tag === timeTag.secIndex ? "secIndex" : "timestamp", value: unsigned32.read(reader) };
  },
  write(writer, time) {
    if (time.kind === "secIndex" && time.bare) return unsigned32.write(writer, time.value);
    writer.tl(tlvType.list, 2);
    unsigned8.write(writer, timeTag[time.kind]);
    switch (time.kind) {
      case "secIndex":
      case "timestamp":
        return unsigned32.write(writer, time.value);
      case "localTimestamp":
        return LocalTimestamp.write(writer, time.value);
      default:
        throw new EncodeError("wrong-type");
    }
  },
};

function bareTime(reader: SmlReader, start: number): SmlTime {
  if (reader.length < 1 || reader.length > 4) throw reader.error("wrong-length", start);
  reader.deviation("bare-time", start);
  if (reader.length < 4) reader.style.integers = "minimal";
  return { kind: "secIndex", value: reader.uint(reader.length), bare: true };
}

const unsigned8 = unsigned(8);
const unsigned32 = unsigned(32);

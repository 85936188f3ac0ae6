/**
 * SML message: what stands around every body, and its checksum.
 *
 * List of six: transactionId, groupNo, abortOnError, body, checksum, end mark. The checksum is compared as a number:
 * its first byte may be missing when it is zero (ISKRA MT691, DrNeuhaus), and early Holley DTZ541 use Kermit,
 * which stands in the other byte order.
 * Source: SML 1.04, `SML_Message`.
 */

import { crc16Kermit, crc16X25, DecodeError, EncodeError, fieldList, type Infer } from "@siegel/wire";
import { octets, unsigned } from "../tlv/blocks.ts";
import { anyElement, type Tlv } from "../tlv/generic.ts";
import { endOfMessage, type SmlReader, tlvType } from "../tlv/reader.ts";
import type { SmlWriter } from "../tlv/writer.ts";
import { type BodyKind, messageBodies } from "./bodies.ts";

/** What to do with the messages that follow when one fails. Source: SML 1.04, `abortOnError`. */
export const abortOnError = { goOn: 0x00, skipToNextGroup: 0x01, finishGroup: 0x02, stop: 0xff } as const;

export type MessageBody =
  | { [K in BodyKind]: { readonly kind: K; readonly value: Infer<(typeof messageBodies)[K][1]> } }[BodyKind]
  /** A tag that the standard does not define: kept whole, so that the rest of the file is not lost. */
  | { readonly kind: "UnknownBody"; readonly tag: number; readonly value: Tlv };

export interface SmlMessage {
  /** Ties a response to its request. */
  readonly transactionId: Uint8Array;
  /** Messages of a group may be executed in any order; groups in sequence. */
  readonly groupNo: number;
  readonly abortOnError: number;
  readonly body: MessageBody;
}

const head = fieldList({ transactionId: octets(), groupNo: unsigned(8), abortOnError: unsigned(8) });

/** Reads one message from its list field to its end mark. */
export function readMessage(reader: SmlReader): SmlMessage {
  const start = reader.at;
  const { observer } = reader;
  reader.expect(tlvType.list);
  if (reader.length !== 6) throw reader.error("wrong-length", start);
  const { transactionId, groupNo, abortOnError: onError } = head.read(reader);
  let field = "messageBody";
  try {
    const bodyAt = reader.at;
    const kind = readKind(reader);
    if (typeof kind === "string") field = kind;
    observer?.begin(field, bodyAt);
    const body = readBody(reader, kind);
    observer?.end(body, reader.at);
    field = "crc16";
    observer?.begin(field, reader.at);
    const kindOfChecksum = readChecksum(reader, start);
    observer?.end(kindOfChecksum, reader.at);
    field = "endOfSmlMsg";
    observer?.begin(field, reader.at);
    if (reader.u8() !== endOfMessage) throw reader.error("wrong-type", reader.at - 1);
    observer?.end(undefined, reader.at);
    return { transactionId, groupNo, abortOnError: onError, body };
  } catch (error) {
    throw error instanceof DecodeError ? error.within(field) : error;
  }
}

/** The body's kind; its tag where the standard defines none. */
function readKind(reader: SmlReader): BodyKind | number {
  const start = reader.at;
  reader.expect(tlvType.list);
  if (reader.length !== 2) throw reader.error("wrong-length", start);
  const tagAt = reader.at;
  const tag = readTag(reader);
  const kind = kindOfTag.get(tag);
  if (kind === undefined) reader.deviation("unknown-body", tagAt);
  return kind ?? tag;
}

function readBody(reader: SmlReader, kind: BodyKind | number): MessageBody {
  if (typeof kind === "number") return { kind: "UnknownBody", tag: kind, value: anyElement.read(reader) };
  // The table pairs each kind with its own codec, which the compiler cannot follow through an index.
  return { kind, value: messageBodies[kind][1].read(reader) } as MessageBody;
}

/** Declared as Unsigned32; one to four bytes occur. */
function readTag(reader: SmlReader): number {
  const start = reader.at;
  reader.expect(tlvType.unsigned);
  if (reader.length < 1 || reader.length > 4) throw reader.error("wrong-length", start);
  const { length } = reader;
  const tag = reader.uint(length);
  if (tag <= 0xffff) reader.style.bodyTagBytes = length > 2 ? 4 : 2; // a larger one leaves no choice
  return tag;
}

function readChecksum(reader: SmlReader, start: number): "x25" | "kermit" {
  const end = reader.at;
  reader.expect(tlvType.unsigned);
  if (reader.length < 1 || reader.length > 2) throw reader.error("wrong-length", end);
  const stored = reader.uint(reader.length);
  if (reader.at - end === 2) reader.style.shortChecksum = true;
  const crc = crc16X25.of(reader.bytes, start, end);
  if (stored === (((crc & 0xff) << 8) | (crc >> 8))) return "x25";
  if (stored !== crc16Kermit.of(reader.bytes, start, end)) throw reader.error("bad-checksum", end);
  reader.deviation("kermit-checksum", end);
  return "kermit";
}

/** Writes one message with its checksum and end mark. */
export function writeMessage(writer: SmlWriter, message: SmlMessage): void {
  const start = writer.length;
  writer.tl(tlvType.list, 6);
  head.write(writer, message);
  writer.tl(tlvType.list, 2);
  const { body } = message;
  const tag = body.kind === "UnknownBody" ? body.tag : messageBodies[body.kind][0];
  writer.integer(tlvType.unsigned, tag, tag > 0xffff ? 4 : writer.style.bodyTagBytes);
  try {
    if (body.kind === "UnknownBody") anyElement.write(writer, body.value);
    else messageBodies[body.kind][1].write(writer, body.value as never); // paired by the type MessageBody
  } catch (error) {
    throw error instanceof EncodeError ? error.within(body.kind) : error;
  }
  const crc = crc16X25.of(writer.written(start));
  const stored = ((crc & 0xff) << 8) | (crc >> 8);
  writer.integer(tlvType.unsigned, stored, writer.style.shortChecksum && stored < 0x100 ? 1 : 2);
  writer.u8(endOfMessage);
}

const kindOfTag = new Map<number, BodyKind>(
  Object.entries(messageBodies).map(([kind, [tag]]) => [tag, kind as BodyKind]), // its own keys
);

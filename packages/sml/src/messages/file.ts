/**
 * SML file: the messages of one transport frame. Source: SML 1.04, `SML_File`.
 *
 * Lenient: a message that does not decode is reported with its place and the others are kept; the file may lack its
 * open or close message. Strict: the first departure from the standard refuses the whole file.
 */

import { DecodeError, type FieldObserver } from "@siegel/wire";
import { skipElements } from "../tlv/generic.ts";
import { type Deviation, type EncodingStyle, endOfMessage, SmlReader, tlvType } from "../tlv/reader.ts";
import { SmlWriter } from "../tlv/writer.ts";
import { readMessage, type SmlMessage, writeMessage } from "./message.ts";
import { readOrdinaryMessage } from "./ordinary-message.ts";

export interface FileOptions {
  /** Refuse what the standard does not allow, instead of noting it. */
  readonly strict?: boolean;
  /** Deepest nesting of trees and lists; 16 unless told. */
  readonly maxDepth?: number;
  /** Told of every field, for dumps; the hot path is not taken then. */
  readonly observer?: FieldObserver | undefined;
}

export interface SmlFile {
  readonly messages: readonly SmlMessage[];
  /** Place of each message in the file; one that could not be read has a place, too. */
  readonly places: readonly number[];
  /** Messages that could not be read; never any in strict mode. Offsets count in the payload. */
  readonly errors: readonly DecodeError[];
  /** What the meter does otherwise than the standard says. */
  readonly deviations: readonly Deviation[];
  /** How this file was encoded where the standard leaves a choice; `encodeFile` with it gives the same bytes. */
  readonly style: EncodingStyle;
}

/**
 * Reads the messages of one payload.
 *
 * @param payload  As `SmlFramer` gives it: escapes and fill removed.
 * @throws {DecodeError} In strict mode, at the first departure from the standard.
 */
export function decodeFile(payload: Uint8Array, options: FileOptions = {}): SmlFile {
  const reader = new SmlReader(payload, options);
  const messages: SmlMessage[] = [];
  const places: number[] = [];
  const errors: DecodeError[] = [];
  let closed = false;
  while (reader.remaining > 0) {
    const start = reader.at;
    if (reader.peek() === endOfMessage) {
      reader.deviation("stray-zeros", start);
      while (reader.peek() === endOfMessage) reader.at++;
      continue;
    }
    try {
      reader.observer?.begin(`messages[${messages.length + errors.length}]`, start);
      const message = readOrdinaryMessage(reader) ?? readMessage(reader);
      reader.observer?.end(message, reader.at);
      const { kind } = message.body;
      if (closed || (isOpen(kind) && start > 0)) reader.deviation("misplaced-message", start);
      closed = isClose(kind);
      places.push(messages.length + errors.length);
      messages.push(message);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const placed = error.within(`messages[${messages.length + errors.length}]`);
      if (reader.strict) throw placed;
      errors.push(placed);
      if (!skipMessage(reader, start)) break;
    }
  }
  checkOrder(reader, messages, errors);
  return { messages, places, errors, deviations: reader.deviations, style: reader.style };
}

/** Writes the messages of one file; `wrapFile` makes the bytes on the line of it. */
export function encodeFile(messages: readonly SmlMessage[], style: Partial<EncodingStyle> = {}): Uint8Array {
  const writer = new SmlWriter(style);
  for (const message of messages) writeMessage(writer, message);
  return writer.toBytes();
}

/** Moves behind the message that begins at `start`, by its grammar alone. Returns false where even that fails. */
function skipMessage(reader: SmlReader, start: number): boolean {
  const skipper = new SmlReader(reader.bytes);
  skipper.at = start;
  try {
    skipper.expect(tlvType.list);
    if (skipper.length !== 6) return false;
    skipElements(skipper, 5);
    if (skipper.u8() !== endOfMessage) return false;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
  reader.at = skipper.at;
  return true;
}

/** A file opens with its Open and ends with its Close; what was damaged is not missed twice. */
function checkOrder(reader: SmlReader, messages: readonly SmlMessage[], errors: readonly DecodeError[]): void {
  if (errors.length > 0) return;
  const first = messages[0]?.body.kind;
  const last = messages.at(-1)?.body.kind;
  if (!isOpen(first)) reader.deviation("missing-open", 0);
  if (!isClose(last)) reader.deviation("missing-close", reader.end);
}

function isOpen(kind: string | undefined): boolean {
  return kind === "PublicOpenRequest" || kind === "PublicOpenResponse";
}

function isClose(kind: string | undefined): boolean {
  return kind === "PublicCloseRequest" || kind === "PublicCloseResponse";
}

/**
 * An annotated dump: every byte of an input with its field and its meaning, as far as the grammar reaches.
 *
 * In: a capture, or the payload of one file without transport.  Out: lines in the order of the bytes; each byte stands
 * in exactly one of them.  Not here: how a line is printed.
 * The fields come from the same declarations that decode: whatever decodes is explained, and where decoding stops the
 * dump says why and shows the rest undivided.
 */

import type { DecodeError, FieldObserver } from "@siegel/wire";
import { type Frame, type FrameEvent, SmlFramer } from "../framing/framer.ts";
import { decodeFile } from "../messages/file.ts";
import { meaningOf } from "./meaning-of.ts";

/** One line of the dump. */
export interface DumpLine {
  /** First byte, counted in the whole input. */
  readonly offset: number;
  /** The field's own bytes, those of its children excluded. */
  readonly bytes: Uint8Array;
  /** 0 for the parts of the transport, one more for each level. */
  readonly depth: number;
  /** In the standard's words. */
  readonly field: string;
  /** For a person; empty where the name says it all. */
  readonly meaning: string;
  /** Present where the input departs from the format. */
  readonly error?: { readonly code: string; readonly path: string };
}

/** Dumps a capture: the transport's parts, and the messages of every file, good or damaged. */
export function annotateCapture(input: Uint8Array): readonly DumpLine[] {
  const framer = new SmlFramer({ maxFileBytes: Math.max(65_536, input.length) });
  const events = [...framer.push(input), ...framer.flush()];
  return events.flatMap((event) => annotateEvent(input, event));
}

/** Dumps bytes that are SML messages without transport. */
export function annotatePayload(payload: Uint8Array): readonly DumpLine[] {
  return new PayloadDump(payload, (at) => at, payload).lines();
}

function annotateEvent(input: Uint8Array, event: FrameEvent): readonly DumpLine[] {
  const { offset } = event;
  switch (event.kind) {
    case "noise":
      return [{ offset, bytes: event.bytes, depth: 0, field: "noise", meaning: "belongs to no file" }];
    case "file":
      return [
        start(input, offset),
        ...new PayloadDump(event.payload, event.streamOffset, input).lines(),
        ...end(input, event),
      ];
    case "damaged": {
      const { code, where } = event.error;
      const error = { code, path: where.path };
      const meaning = event.error.message;
      if (code === "unsupported-version")
        return [{ offset, bytes: event.bytes, depth: 0, field: "start", meaning, error }];
      const payload = event.bytes.subarray(8, Math.max(8, event.byteLength - (code === "truncated" ? 0 : 8)));
      const rest = event.bytes.subarray(8 + payload.length);
      return [
        start(input, offset),
        ...new PayloadDump(payload, (at) => offset + 8 + at, input).lines(),
        { offset: offset + event.byteLength - rest.length, bytes: rest, depth: 0, field: "end", meaning, error },
      ];
    }
  }
}

function start(input: Uint8Array, offset: number): DumpLine {
  const bytes = input.subarray(offset, offset + 8);
  return { offset, bytes, depth: 0, field: "start", meaning: "SML transport, version 1" };
}

function end(input: Uint8Array, frame: Frame): readonly DumpLine[] {
  const after = frame.offset + frame.byteLength;
  const fill = input[after - 3]!;
  const line = (from: number, to: number, field: string, meaning: string): DumpLine => {
    return { offset: from, bytes: input.subarray(from, to), depth: 0, field, meaning };
  };
  const kind =
    frame.checksum === "x25" ? "CRC-16/X.25, holds" : "CRC-16/Kermit, holds (a fault of early Holley meters)";
  const fillLine = fill === 0 ? [] : [line(after - 8 - fill, after - 8, "fill", "to a multiple of four bytes")];
  return [
    ...fillLine,
    line(after - 8, after - 2, "end", `${fill} fill ${fill === 1 ? "byte" : "bytes"}`),
    line(after - 2, after, "checksum", kind),
  ];
}

interface OpenField {
  readonly field: string;
  readonly at: number;
  readonly line: number;
}

/** Follows the decoder through a payload and notes each field with its own bytes. */
class PayloadDump implements FieldObserver {
  readonly #payload: Uint8Array;
  readonly #inputOffset: (payloadAt: number) => number;
  readonly #input: Uint8Array;
  readonly #lines: {
    at: number;
    depth: number;
    field: string;
    meaning: string;
    error?: NonNullable<DumpLine["error"]>;
  }[] = [];
  readonly #open: OpenField[] = [];

  constructor(payload: Uint8Array, inputOffset: (payloadAt: number) => number, input: Uint8Array) {
    this.#payload = payload;
    this.#inputOffset = inputOffset;
    this.#input = input;
  }

  begin(field: string, at: number): void {
    // A field that failed was never closed; its message ends where the next begins.
    if (field.startsWith("messages[")) this.#open.length = 0;
    this.#open.push({ field, at, line: this.#lines.length });
    this.#lines.push({ at, depth: this.#open.length, field, meaning: "" });
  }

  end(value: unknown): void {
    const closed = this.#open.pop();
    const line = closed === undefined ? undefined : this.#lines[closed.line];
    if (line !== undefined) line.meaning = meaningOf(line.field, value);
  }

  lines(): readonly DumpLine[] {
    if (this.#payload.length === 0) return [];
    const { errors } = decodeFile(this.#payload, { observer: this });
    this.#place(errors);
    if (this.#lines[0]?.at !== 0) this.#lines.unshift({ at: 0, depth: 1, field: "bytes", meaning: "no SML message" });
    return this.#lines.map(({ at, ...line }, index) => {
      const next = this.#lines[index + 1]?.at ?? this.#payload.length;
      const offset = this.#inputOffset(at);
      const until = next === this.#payload.length ? this.#inputOffset(next - 1) + 1 : this.#inputOffset(next);
      return { ...line, offset, bytes: this.#input.subarray(offset, Math.max(offset, until)) };
    });
  }

  /**
   * Puts each error on the line of the byte where it was found. Lines and errors are in the order of the bytes: one pass
   * for all of them, since a hostile file can have as many errors as messages.
   */
  #place(errors: readonly DecodeError[]): void {
    let index = 0;
    for (const error of errors) {
      const { code, where } = error;
      while (index + 1 < this.#lines.length && this.#lines[index + 1]!.at <= where.offset) index++;
      const line = this.#lines[index];
      if (line === undefined) return;
      line.error = { code, path: where.path };
      line.meaning = error.message;
    }
  }
}

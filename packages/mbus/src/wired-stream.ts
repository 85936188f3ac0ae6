/**
 * The answers of a wired bus, read: bytes in, cut anywhere; telegrams and errors out, in the order of the stream.
 *
 * In: a capture of a bus, what a converter hands on, or what is overheard.  Out: what the meters said.
 * Not here: asking (./session): this listens. Telegrams of one readout come one by one; a master joins them.
 * What masters say and bare acknowledgements carry no values: "empty".
 */

import { Instant } from "@siegel/readings";
import { DecodeError } from "@siegel/wire";
import { controlOf, fromMaster } from "./framing/wired/c-field.ts";
import { type WiredEvent, WiredFramer } from "./framing/wired/framer.ts";
import type { WiredFrame } from "./framing/wired/frame.ts";
import type { MbusTelegram } from "./meaning/telegram.ts";
import { OpeningError } from "./stream.ts";
import { AnswerError, type AnswerOptions, AnswerReader } from "./wired-answer.ts";

/** What the stream said, at the offset where it said it. */
export type MbusStreamEvent =
  | {
      readonly kind: "telegram";
      readonly offset: number;
      readonly primaryAddress: number;
      readonly telegram: MbusTelegram;
    }
  /** A damaged frame, an answer that does not decode or may not be opened, or an error or alarm that the meter reports. */
  | {
      readonly kind: "error";
      readonly offset: number;
      readonly error: DecodeError | OpeningError | AnswerError;
      readonly path: string;
    }
  /** A whole frame that carries no values. */
  | { readonly kind: "empty"; readonly offset: number }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

/** What stands between bytes and telegrams, for diagnosis and dumps. */
export interface MbusStreamObserver {
  frame?(event: WiredEvent): void;
}

export class MbusStream {
  readonly #framer = new WiredFramer();
  readonly #reader: AnswerReader;
  readonly #observer: MbusStreamObserver;

  constructor(options: AnswerOptions = {}, observer: MbusStreamObserver = {}) {
    this.#reader = new AnswerReader(options);
    this.#observer = observer;
  }

  /** Bytes held back because a frame may still be going on. */
  get pendingBytes(): number {
    return this.#framer.pendingBytes;
  }

  /** Takes the next bytes; the chunk must not be written to again. @param now  When they came: only fragments need it. */
  push(chunk: Uint8Array, now: Instant = noTime): MbusStreamEvent[] {
    return this.#framer.push(chunk).map((event) => this.#read(event, now));
  }

  /** The stream ended or paused: a frame under way is reported as cut. */
  flush(now: Instant = noTime): MbusStreamEvent[] {
    return this.#framer.flush().map((event) => this.#read(event, now));
  }

  #read(event: WiredEvent, now: Instant): MbusStreamEvent {
    const { kind, offset } = event;
    if (kind === "noise") return { kind, offset, byteLength: event.byteLength };
    this.#observer.frame?.(event);
    if (kind === "damaged") return { kind: "error", offset, error: event.error, path: event.error.where.path };
    return this.#frame(event.frame, offset, now);
  }

  #frame(frame: WiredFrame, offset: number, now: Instant): MbusStreamEvent {
    if (frame.kind === "acknowledge" || frame.kind === "short" || fromMaster(frame.c)) return { kind: "empty", offset };
    if (controlOf(frame.c)?.function !== "RSP_UD") {
      const error = new DecodeError("unknown-tag", { path: "C", offset: offset + 4 });
      return { kind: "error", offset, error, path: "C" };
    }
    try {
      const telegram = this.#reader.read(frame, now);
      if (telegram === undefined) return { kind: "empty", offset };
      return { kind: "telegram", offset, primaryAddress: frame.a, telegram };
    } catch (error) {
      if (error instanceof AnswerError || error instanceof OpeningError)
        return { kind: "error", offset, error, path: "" };
      if (!(error instanceof DecodeError)) throw error;
      const { code, where } = error;
      const inStream = new DecodeError(code, { path: where.path, offset: offset + afterCi + where.offset });
      return { kind: "error", offset, error: inStream, path: where.path };
    }
  }
}

const noTime = Instant.ofEpochMs(0);
/** Offset of the first octet after the CI in a frame. */
const afterCi = 7;

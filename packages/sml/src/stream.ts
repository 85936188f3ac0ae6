/**
 * A meter's line, read: bytes in, cut anywhere; telegrams and errors out, in the order of the stream.
 *
 * This is the one call from wire to readings: framing, both checksums, grammar, the meter's signature if its key is
 * known, meaning. Each step can be had alone, too; nothing here adds a check of its own.
 */

import { DecodeError } from "@siegel/wire";
import { type DamagedFrame, type Frame, type FramerOptions, SmlFramer } from "./framing/framer.ts";
import type { TelegramWarning } from "./meaning/telegram.ts";
import { type Telegram, telegramsOf } from "./meaning/telegram.ts";
import { decodeFile, type FileOptions, type SmlFile } from "./messages/file.ts";
import { SignatureError } from "./signature/errors.ts";
import { type SignatureVerifier, SignedByMeter } from "./signature/verify.ts";

export interface StreamOptions extends FramerOptions, FileOptions {
  /** The meter's public key. A list that is signed must verify with it; in strict mode every list must be signed. */
  readonly key?: SignatureVerifier | undefined;
}

/** What the stream said, at the offset where it said it. */
export type StreamEvent =
  | { readonly kind: "telegram"; readonly offset: number; readonly telegram: Telegram }
  /** A damaged file, a message that does not decode, or a signature that does not hold. */
  | {
      readonly kind: "error";
      readonly offset: number;
      readonly error: DecodeError | SignatureError;
      readonly path: string;
    }
  /** A whole file that carries no values: requests, or Open and Close alone. */
  | { readonly kind: "empty"; readonly offset: number }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

/** What stands between bytes and telegrams, for diagnosis and dumps. */
export interface StreamObserver {
  frame?(frame: Frame | DamagedFrame): void;
  file?(file: SmlFile, frame: Frame): void;
}

export class SmlStream {
  readonly #framer: SmlFramer;
  readonly #options: StreamOptions;
  readonly #observer: StreamObserver;

  constructor(options: StreamOptions = {}, observer: StreamObserver = {}) {
    this.#framer = new SmlFramer(options);
    this.#options = options;
    this.#observer = observer;
  }

  /** Bytes held back because a file may still be going on. */
  get pendingBytes(): number {
    return this.#framer.pendingBytes;
  }

  /** Takes the next bytes; see `SmlFramer.push` for who owns them. */
  push(chunk: Uint8Array): StreamEvent[] {
    return this.#framer.push(chunk).flatMap((event) => this.#read(event));
  }

  /** The stream ended or paused: a file under way is reported as cut. */
  flush(): StreamEvent[] {
    return this.#framer.flush().flatMap((event) => this.#read(event));
  }

  #read(event: ReturnType<SmlFramer["push"]>[number]): StreamEvent[] {
    const { kind, offset } = event;
    if (kind === "noise") return [{ kind, offset, byteLength: event.byteLength }];
    this.#observer.frame?.(event);
    if (kind === "damaged") return [errorAt(offset, event.error, event.error.where.path)];
    let file: SmlFile;
    try {
      file = decodeFile(event.payload, this.#options);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return [errorAt(offset, inStream(error, event), error.where.path)];
    }
    this.#observer.file?.(file, event);
    const kermit: TelegramWarning[] = event.checksum === "kermit" ? [{ code: "kermit-checksum" }] : [];
    return this.#telegrams(file, event, kermit);
  }

  #telegrams(file: SmlFile, frame: Frame, extra: readonly TelegramWarning[]): StreamEvent[] {
    const { offset } = frame;
    const events: StreamEvent[] = file.errors.map((error) => errorAt(offset, inStream(error, frame), error.where.path));
    const evidence: SignedByMeter[] = [];
    const refused = new Set<number>();
    for (const [index, { body }] of file.messages.entries()) {
      if (body.kind !== "GetListResponse" || this.#options.key === undefined) continue;
      try {
        evidence.push(SignedByMeter.verify(body.value, this.#options.key));
      } catch (error) {
        if (!(error instanceof SignatureError)) throw error;
        if (error.code === "not-signed" && this.#options.strict !== true) continue;
        refused.add(index);
        events.push(errorAt(offset, error, `messages[${file.places[index]}].GetListResponse.listSignature`));
      }
    }
    const kept = { deviations: file.deviations, messages: file.messages.filter((_, index) => !refused.has(index)) };
    const keyGiven = this.#options.key !== undefined;
    for (const [index, telegram] of telegramsOf(kept, evidence, { keyGiven }).entries()) {
      const warnings = index === 0 ? [...extra, ...telegram.warnings] : telegram.warnings;
      events.push({ kind: "telegram", offset, telegram: { ...telegram, warnings } });
    }
    return events.length === 0 ? [{ kind: "empty", offset }] : events;
  }
}

function errorAt(offset: number, error: DecodeError | SignatureError, path: string): StreamEvent {
  return { kind: "error", offset, error, path };
}

/** The same error with its offset in the stream instead of the payload. */
function inStream(error: DecodeError, frame: Frame): DecodeError {
  return new DecodeError(error.code, { path: error.where.path, offset: frame.streamOffset(error.where.offset) });
}

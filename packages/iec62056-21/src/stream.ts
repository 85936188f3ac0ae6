/**
 * A D0 line or capture, read: bytes in, cut anywhere; telegrams and errors out, in the order of the stream.
 *
 * For whoever listens: a meter that pushes, a dump, a dialogue of others. Whoever asks a meter uses ./session.
 * Lenient reading shows data whose block check does not hold, with a warning; strict reading refuses them.
 */

import { concatBytes, DecodeError } from "@siegel/wire";
import { type Block, D0Framer, type D0FramerOptions, type D0Frame, type Lines } from "./framing/framer.ts";
import { identificationLineOf } from "./framing/identification.ts";
import { type ReadOutOptions, telegramOfReadOut } from "./meaning/read-out.ts";
import type { Telegram, WarningCode } from "./meaning/telegram.ts";
import { type DataBlock, decodeData } from "./messages/data-set.ts";

export interface D0StreamOptions extends D0FramerOptions, ReadOutOptions {
  /** Refuse what is changed, cut, or outside of the grammar. */
  readonly strict?: boolean;
}

export type D0StreamEvent =
  | { readonly kind: "telegram"; readonly offset: number; readonly telegram: Telegram }
  | { readonly kind: "error"; readonly offset: number; readonly error: DecodeError; readonly path: string }
  /** A whole message that carries no data: a request, a command, an acknowledgement. */
  | { readonly kind: "empty"; readonly offset: number }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

/** What stands between bytes and telegrams, for dumps. */
export interface D0Observer {
  frame?(frame: D0Frame): void;
}

export class D0Stream {
  readonly #framer: D0Framer;
  readonly #options: D0StreamOptions;
  readonly #observer: D0Observer;
  #header = "";
  /** Whether the next block answers a command: then it is a few data sets without `!`. */
  #afterCommand = false;
  /** Parts of an answer whose last part is still to come. */
  #parts: Block[] = [];

  constructor(options: D0StreamOptions = {}, observer: D0Observer = {}) {
    this.#framer = new D0Framer(options);
    this.#options = options;
    this.#observer = observer;
  }

  /** Bytes held back because a message may still be going on. */
  get pendingBytes(): number {
    return this.#framer.pendingBytes + this.#partBytes();
  }

  /** @param chunk  Belongs to the stream from now on. */
  push(chunk: Uint8Array): D0StreamEvent[] {
    return this.#framer.push(chunk).flatMap((frame) => this.#read(frame));
  }

  /** The stream ended or paused: what is under way is read as it stands, or reported as cut. */
  flush(): D0StreamEvent[] {
    const events = this.#framer.flush().flatMap((frame) => this.#read(frame));
    return [...events, ...this.#dropParts()];
  }

  #read(frame: D0Frame): D0StreamEvent[] {
    this.#observer.frame?.(frame);
    const { kind, offset } = frame;
    switch (kind) {
      case "noise":
        return [{ kind, offset, byteLength: frame.byteLength }];
      case "damaged":
        return [errorAt(offset, frame.error)];
      case "wake-up":
        return [];
      case "ack":
      case "nak":
        return [];
      case "request":
      case "option":
      case "identification":
        this.#header = kind === "identification" ? identificationLineOf(frame.identification) : "";
        this.#afterCommand = kind === "option" && frame.option.mode !== "read-out";
        return [...this.#dropParts(), { kind: "empty", offset }];
      case "command":
        this.#afterCommand = true;
        if (frame.check === "good") return [{ kind: "empty", offset }];
        return [errorAt(offset, badCheck(frame.offset + frame.byteLength - 1))];
      case "block":
        return this.#block(frame);
      case "lines":
        return this.#lines(frame);
    }
  }

  #block(block: Block): D0StreamEvent[] {
    const { offset, byteLength, check, end } = block;
    if (check === "bad" && this.#options.strict === true) {
      this.#parts = [];
      return [errorAt(offset, badCheck(offset + byteLength - 1))];
    }
    if (end === "more" && this.#partBytes() <= maxPartBytes) {
      this.#parts.push(block);
      return [];
    }
    const parts = [...this.#parts, block];
    this.#parts = [];
    const data = decodeData(parts.length === 1 ? block.data : concatBytes(...parts.map((part) => part.data)));
    const isEnded = !data.deviations.includes("missing-end-mark");
    if (end === "cut" && (this.#options.strict === true || !isEnded)) return [cutAt(offset, byteLength)];
    const warnings: WarningCode[] = [];
    if (parts.some((part) => part.check === "bad")) warnings.push("bad-checksum");
    if (parts.some((part) => part.check === "absent")) warnings.push("missing-checksum");
    return this.#telegram(parts[0]!.offset, data, warnings, this.#afterCommand);
  }

  #lines({ data, offset, byteLength, end }: Lines): D0StreamEvent[] {
    const header = this.#header;
    const block = decodeData(data);
    if (block.lines.length === 0) return [{ kind: "noise", offset, byteLength }];
    if (end === "cut" && (this.#options.strict === true || block.deviations.includes("open-group"))) {
      return [cutAt(offset, byteLength)];
    }
    const events = this.#telegram(offset, block, [], false, header);
    this.#header = "";
    return events;
  }

  #telegram(
    offset: number,
    data: DataBlock,
    warnings: readonly WarningCode[],
    isAnswer: boolean,
    header = this.#header,
  ): D0StreamEvent[] {
    // The answer to a command is no read-out: it has no line `!`.
    const deviations = data.deviations.filter((code) => !(isAnswer && code === "missing-end-mark"));
    if (this.#options.strict === true && (deviations.length > 0 || warnings.length > 0)) {
      return [errorAt(offset, new DecodeError("deviation", { path: deviations[0] ?? "block", offset }))];
    }
    if (data.lines.length === 0) return [{ kind: "empty", offset }];
    const telegram = telegramOfReadOut({ lines: data.lines, deviations }, header, this.#options, warnings);
    return [{ kind: "telegram", offset, telegram }];
  }

  #partBytes(): number {
    return this.#parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Parts whose last one never came. */
  #dropParts(): D0StreamEvent[] {
    const [first] = this.#parts;
    if (first === undefined) return [];
    const byteLength = this.#partBytes();
    this.#parts = [];
    return [cutAt(first.offset, byteLength)];
  }
}

function cutAt(offset: number, byteLength: number): D0StreamEvent {
  return errorAt(offset, new DecodeError("truncated", { path: "block", offset: offset + byteLength }));
}

function badCheck(offset: number): DecodeError {
  return new DecodeError("bad-checksum", { path: "blockCheck", offset });
}

function errorAt(offset: number, error: DecodeError): D0StreamEvent {
  return { kind: "error", offset, error, path: error.where.path };
}

/** Of all parts of one answer. */
const maxPartBytes = 2 ** 20;

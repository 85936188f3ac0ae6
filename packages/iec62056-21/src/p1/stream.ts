/**
 * A P1 line, read: bytes in, cut anywhere; telegrams and errors out, in the order of the stream.
 *
 * This is the one call from wire to readings: framing, checksum, opening, meaning. Each step can be had alone, too.
 * Lenient reading prints a telegram whose checksum does not hold, with a warning; strict reading refuses it, as a gateway
 * has to. What stands inside an encrypted frame has to be one whole telegram, with a checksum that holds when the tag was
 * not looked at.
 */

import { DecodeError } from "@siegel/wire";
import type { WarningCode } from "../meaning/telegram.ts";
import { countersInMemory, openSealed, type P1Counters, type P1Keys } from "./encrypted.ts";
import { P1SecurityError } from "./errors.ts";
import { type P1Event, type P1Frame, P1Framer, type P1FramerOptions, type P1Sealed } from "./framer.ts";
import { type P1Options, type P1Telegram, telegramOfP1 } from "./telegram.ts";

export interface P1StreamOptions extends P1FramerOptions, P1Options {
  /** Refuse what is changed, cut, or without the checksum that its version has. */
  readonly strict?: boolean;
  /** Keys of meters that encrypt. With them in strict mode a plain telegram is refused: it would be a way around them. */
  readonly keys?: P1Keys | undefined;
  /** Where the last counters are kept; in memory unless told. */
  readonly counters?: P1Counters | undefined;
}

export type P1StreamEvent =
  | { readonly kind: "telegram"; readonly offset: number; readonly telegram: P1Telegram }
  | {
      readonly kind: "error";
      readonly offset: number;
      readonly error: DecodeError | P1SecurityError;
      readonly path: string;
    }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

export class P1Stream {
  readonly #framer: P1Framer;
  readonly #options: P1StreamOptions;
  readonly #counters: P1Counters;

  constructor(options: P1StreamOptions = {}) {
    this.#framer = new P1Framer(options);
    this.#options = options;
    this.#counters = options.counters ?? countersInMemory();
  }

  /** Bytes held back because a telegram may still be going on. */
  get pendingBytes(): number {
    return this.#framer.pendingBytes;
  }

  /** @param chunk  Belongs to the stream from now on. */
  push(chunk: Uint8Array): P1StreamEvent[] {
    return this.#framer.push(chunk).map((event) => this.#read(event));
  }

  /** The stream ended or paused: a telegram under way is read as it stands, or reported as cut. */
  flush(): P1StreamEvent[] {
    return this.#framer.flush().map((event) => this.#read(event));
  }

  #read(event: P1Event): P1StreamEvent {
    const { kind, offset } = event;
    switch (kind) {
      case "noise":
        return { kind, offset, byteLength: event.byteLength };
      case "damaged":
        return errorAt(offset, event.error);
      case "sealed":
        return this.#open(event);
      case "telegram": {
        const refused = this.#refusal(event, "clear");
        if (refused !== undefined) return errorAt(offset, refused);
        return { kind, offset, telegram: telegramOfP1(event, this.#options) };
      }
    }
  }

  #open(sealed: P1Sealed): P1StreamEvent {
    const { offset } = sealed;
    try {
      const { telegram, trust } = openSealed(sealed.bytes, this.#options.keys ?? noKeys, this.#counters);
      const frame = onlyFrame(telegram);
      const isProven = trust === "authenticated";
      // Behind a tag that nobody looked at, the telegram's own checksum is all that tells a right key from a wrong one.
      const isWhole = frame !== undefined && (isProven || frame.checksum === "good" || frame.checksum === "x25");
      if (!isWhole) {
        if (!isProven) return errorAt(offset, new P1SecurityError("authentication-failed"));
        return errorAt(offset, new DecodeError("wrong-type", { path: "telegram", offset }));
      }
      const refused = this.#refusal({ ...frame, offset }, trust);
      if (refused !== undefined) return errorAt(offset, refused);
      const warnings: WarningCode[] = isProven ? [] : ["not-authenticated"];
      return { kind: "telegram", offset, telegram: telegramOfP1(frame, this.#options, { trust, warnings }) };
    } catch (error) {
      if (error instanceof P1SecurityError || error instanceof DecodeError) return errorAt(offset, error);
      throw error;
    }
  }

  /** Why a telegram is not read; `undefined` for one that is. */
  #refusal(frame: P1Frame, trust: P1Telegram["trust"]): DecodeError | P1SecurityError | undefined {
    const { offset, mark, bytes, checksum, byteLength } = frame;
    const isCut = mark >= bytes.length;
    const end = offset + byteLength;
    if (isCut && (this.#options.strict === true || !endsWithObject(bytes) || hasVersion(bytes))) {
      return new DecodeError("truncated", { path: "telegram", offset: end });
    }
    if (this.#options.strict !== true) return undefined;
    if (bytes.indexOf(open) < 0) return new DecodeError("truncated", { path: "telegram", offset: end });
    if (this.#options.keys !== undefined && trust === "clear") return new P1SecurityError("unsupported-protection");
    if (checksum === "absent") {
      return hasVersion(bytes) ? new DecodeError("bad-checksum", { path: "checksum", offset: end }) : undefined;
    }
    return checksum === "good" ? undefined : new DecodeError("bad-checksum", { path: "checksum", offset: end });
  }
}

/** The one telegram that these octets are. */
function onlyFrame(bytes: Uint8Array): P1Frame | undefined {
  const framer = new P1Framer({ maxTelegramBytes: bytes.length + 1 });
  const [first, ...more] = [...framer.push(bytes), ...framer.flush()];
  return first?.kind === "telegram" && more.length === 0 && first.offset === 0 ? first : undefined;
}

/** Whether the last line is whole: a telegram without `!` is then one of those that never send it. */
function endsWithObject(bytes: Uint8Array): boolean {
  let at = bytes.length - 1;
  while (at >= 0 && (bytes[at] === cr || bytes[at] === lf)) at--;
  return bytes[at] === close;
}

/** Whether the telegram names its version, as all do that have a checksum. */
function hasVersion(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(open); at >= 0; at = bytes.indexOf(open, at + 1)) {
    if (versionIds.some((id) => id.every((octet, index) => bytes[at - id.length + index] === octet))) return true;
  }
  return false;
}

function errorAt(offset: number, error: DecodeError | P1SecurityError): P1StreamEvent {
  return { kind: "error", offset, error, path: error instanceof DecodeError ? error.where.path : "" };
}

const noKeys: P1Keys = () => undefined;
const versionIds = ["1-3:0.2.8", "0-0:96.1.4"].map((id) => Array.from(id, (character) => character.charCodeAt(0)));
const cr = 0x0d;
const lf = 0x0a;
const open = 0x28;
const close = 0x29;

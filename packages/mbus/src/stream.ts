/**
 * A radio receiver's line, read: octets in, cut anywhere; telegrams and errors out, in the order of the stream.
 *
 * This is the one call from wire to readings: framing, layers, security, compact frames, records, meaning. Each step can be
 * had alone, too; nothing here adds a check of its own.
 */

import { Instant, lowestTrust } from "@siegel/readings";
import { DecodeError, fromHex, MeterError } from "@siegel/wire";
import { builtInCatalogue } from "./descriptions/built-in.ts";
import type { Catalogue } from "./descriptions/catalogue.ts";
import { telegramOfPrivate } from "./descriptions/private.ts";
import { describedTelegram } from "./descriptions/refine.ts";
import { addressOfMeterId, meterIdOf } from "./framing/wireless/address.ts";
import { type CutEvent, WirelessCutter } from "./framing/wireless/cutter.ts";
import { type FormatOptions, type PlainFrame, unwrapFrame } from "./framing/wireless/formats.ts";
import { linkHeaderBytes } from "./framing/wireless/link.ts";
import { HexLines } from "./framing/wireless/hex-lines.ts";
import type { MbusTelegram, Protection } from "./meaning/telegram.ts";
import { decodeRecords } from "./records/decode.ts";
import type { RecordList } from "./records/record.ts";
import { FormatCache } from "./security/format-cache.ts";
import { Keyring } from "./security/keyring.ts";
import { type OpenedTelegram, type OpenerOptions, type RefusedTelegram, TelegramOpener } from "./security/open.ts";
import { type RefusalCode, refusals } from "./security/verdict.ts";

export interface WmbusOptions extends FormatOptions, OpenerOptions {
  /** One frame after another as octets, or one frame a line as hexadecimal text; octets unless told. */
  readonly input?: "binary" | "hex" | undefined;
  /** Whatever a gateway would refuse is an error; the same as `use: "gateway"`. */
  readonly strict?: boolean | undefined;
  /** Formats of compact frames; a cache of its own unless told. */
  readonly formats?: FormatCache | undefined;
  /** What is known of kinds of meters; what is built in unless told. */
  readonly descriptions?: Catalogue | undefined;
}

/** What the stream said, at the offset where it said it. */
export type WmbusEvent =
  | {
      readonly kind: "telegram";
      readonly offset: number;
      readonly telegram: MbusTelegram;
      /** Absent for octets that only their maker's way hid: see `telegram.description`. */
      readonly opened: OpenedTelegram | undefined;
      readonly frame: PlainFrame;
    }
  /** A damaged frame, or a telegram that was not opened. */
  | {
      readonly kind: "error";
      readonly offset: number;
      readonly error: DecodeError | OpeningError;
      readonly path: string;
      readonly refused?: RefusedTelegram;
    }
  /** Opened, and not made of records: a maker's own format, an application error, DLMS, a command to a meter. */
  | { readonly kind: "other"; readonly offset: number; readonly opened: OpenedTelegram; readonly frame: PlainFrame }
  /** A frame without content, or a fragment whose message is not whole yet. */
  | { readonly kind: "empty"; readonly offset: number }
  | { readonly kind: "noise"; readonly offset: number; readonly byteLength: number };

/** A telegram that was refused: `code` is the verdict. */
export class OpeningError extends MeterError {
  override readonly name = "OpeningError";
  override readonly code: RefusalCode;
  override readonly blame: "peer" | "caller" | "environment";
  /** A meter in order never causes it. */
  readonly isAttack: boolean;

  constructor(code: RefusalCode) {
    // As in DecodeError: a stack trace would cost more than the telegram did.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${code}: ${refusals[code].text}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.blame = refusals[code].blame;
    this.isAttack = refusals[code].isAttack;
  }
}

export class WmbusStream {
  readonly #options: WmbusOptions;
  readonly #opener: TelegramOpener;
  readonly #formats: FormatCache;
  readonly #cutter: WirelessCutter;
  readonly #lines = new HexLines();
  readonly #descriptions: Catalogue;
  readonly #isGateway: boolean;

  constructor(options: WmbusOptions = {}) {
    this.#options = options;
    this.#opener = new TelegramOpener(options.strict === true ? { ...options, use: "gateway" } : options);
    this.#formats = options.formats ?? new FormatCache();
    this.#cutter = new WirelessCutter(options);
    this.#descriptions = options.descriptions ?? builtInCatalogue;
    this.#isGateway = options.strict === true || options.use === "gateway";
  }

  /** Octets held back because a frame or a message may still be going on. */
  get pendingBytes(): number {
    return this.#cutter.pendingBytes + this.#lines.pendingBytes + this.#opener.pendingBytes;
  }

  /** Takes the next octets. @param now  When they came: only fragments need it. */
  push(chunk: Uint8Array, now: Instant = noTime): WmbusEvent[] {
    if (this.#options.input === "hex") return this.#lines.push(chunk).flatMap((line) => this.#line(line, now));
    return this.#cutter.push(chunk).flatMap((event) => this.#cut(event, now));
  }

  /** The stream ended or paused: a frame under way is reported as cut. */
  flush(now: Instant = noTime): WmbusEvent[] {
    if (this.#options.input === "hex") return this.#lines.flush().flatMap((line) => this.#line(line, now));
    return this.#cutter.flush().flatMap((event) => this.#cut(event, now));
  }

  /** One frame whose ends the receiver knows. */
  frame(octets: Uint8Array, now: Instant = noTime, offset = 0): WmbusEvent[] {
    try {
      return [this.#read(unwrapFrame(octets, this.#options), offset, now)];
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return [{ kind: "error", offset, error, path: error.where.path }];
    }
  }

  #line(line: ReturnType<HexLines["push"]>[number], now: Instant): WmbusEvent[] {
    if (line.kind === "octets") return this.frame(line.octets, now, line.offset);
    return [{ kind: "error", offset: line.offset, error: line.error, path: line.error.where.path }];
  }

  #cut(event: CutEvent, now: Instant): WmbusEvent[] {
    const { offset } = event;
    switch (event.kind) {
      case "noise":
        return [{ kind: "noise", offset, byteLength: event.byteLength }];
      case "damaged":
        return [{ kind: "error", offset, error: event.error, path: event.error.where.path }];
      case "frame":
        return [this.#read(event.frame, offset, now)];
    }
  }

  #read(frame: PlainFrame, offset: number, now: Instant): WmbusEvent {
    const opening = this.#opener.open(frame.octets, now);
    if (opening.is === "pending") return { kind: "empty", offset };
    if (opening.is === "refused") {
      const factory = this.#withFactoryKey(opening, frame, now);
      if (factory !== undefined) return this.#content(factory, frame, offset);
      const hidden = this.#hidden(opening, frame);
      if (hidden !== undefined && this.#isAllowed(hidden))
        return { kind: "telegram", offset, telegram: hidden, opened: undefined, frame };
      const error = opening.error ?? new OpeningError(opening.verdict);
      const path = opening.error?.where.path ?? "";
      return { kind: "error", offset, error, path, refused: opening };
    }
    if (opening.content.length === 0) return { kind: "empty", offset };
    return this.#content(opening, frame, offset);
  }

  #content(opened: OpenedTelegram, frame: PlainFrame, offset: number): WmbusEvent {
    const refuse = (verdict: RefusalCode): WmbusEvent => {
      const { link, meter, tpl } = opened;
      const refused: RefusedTelegram = { is: "refused", verdict, link, meter, mode: tpl?.configuration?.mode };
      return { kind: "error", offset, error: new OpeningError(verdict), path: "", refused };
    };
    const { content, meter, protections } = opened;
    switch (opened.tpl?.kind) {
      case "records": {
        const records = decodeRecords(content);
        this.#formats.learn(meter, content, lowestTrust(protections.map(({ trust }) => trust)), records);
        return { kind: "telegram", offset, opened, frame, telegram: this.#meant(opened, records, frame) };
      }
      case "compact": {
        const trust = lowestTrust(protections.map((one) => one.trust));
        const full = this.#formats.expand(meter, withoutCheckOctets(opened), trust);
        if (full.is === "refused") return refuse(full.verdict);
        const whole: Protection = { from: 0, to: full.data.length, trust: full.trust };
        const expanded = { ...opened, content: full.data, protections: [whole] };
        const telegram = this.#meant(expanded, decodeRecords(full.data), frame);
        return { kind: "telegram", offset, opened, frame, telegram };
      }
      case "format": {
        const said = this.#formats.learnFormat(meter, content, lowestTrust(protections.map(({ trust }) => trust)));
        return said === "learnt" ? { kind: "empty", offset } : refuse(said);
      }
      case "manufacturer": {
        const { ci } = opened.tpl;
        const keys = this.#opener.keysOf(meter);
        const one = { meter, ci, content, frame: frame.octets, protections, keys };
        const telegram = telegramOfPrivate(this.#descriptions, one);
        if (telegram === undefined) return { kind: "other", offset, opened, frame };
        if (!this.#isAllowed(telegram)) return refuse("downgrade");
        return { kind: "telegram", offset, opened, frame, telegram };
      }
      default:
        return { kind: "other", offset, opened, frame };
    }
  }

  #meant(opened: OpenedTelegram, records: RecordList, frame: PlainFrame): MbusTelegram {
    const { meter, tpl, warnings, content, protections } = opened;
    const ci = tpl?.ci ?? 0;
    const parts = {
      link: "wireless" as const,
      meter: meterIdOf(meter),
      deviceType: meter.deviceType,
      records,
      protections,
      status: tpl?.status,
      access: tpl?.access,
    };
    const telegram = describedTelegram(
      { ...parts, content, ci, frame: frame.octets },
      this.#descriptions.find(meter, ci),
    );
    if (warnings.length === 0) return telegram;
    return { ...telegram, warnings: [...warnings.map((code) => ({ code })), ...telegram.warnings] };
  }

  /** What no key and no mode opens, where its maker is known to hide octets in his own way. */
  #hidden({ meter, verdict }: RefusedTelegram, { octets }: PlainFrame): MbusTelegram | undefined {
    const ci = octets[linkHeaderBytes];
    if (meter === undefined || ci === undefined || !this.#opener.takesClear(meter)) return undefined;
    const content = octets.subarray(linkHeaderBytes + 1);
    const protections = [{ from: 0, to: content.length, trust: "clear" as const }];
    const one = { meter, ci, content, frame: octets, protections, keys: [], refused: verdict };
    return telegramOfPrivate(this.#descriptions, one);
  }

  /**
   * Whether the meter that the maker's form names may be protected so little. Where version and type come first, it is another
   * than the one that the link header seemed to name, and whose key was tried; it has a floor of its own.
   */
  #isAllowed({ meter, trust }: MbusTelegram): boolean {
    const address = addressOfMeterId(meter);
    return address !== undefined && this.#opener.takes(address, trust);
  }

  /** With the keys that meters of this kind leave the factory with. For a person, never in a gateway. */
  #withFactoryKey({ meter, verdict }: RefusedTelegram, frame: PlainFrame, now: Instant): OpenedTelegram | undefined {
    if (this.#isGateway || meter === undefined || verdict !== "no-key") return undefined;
    for (const hex of this.#descriptions.factoryKeys(meter)) {
      const keyring = new Keyring();
      keyring.setKeyForAny(fromHex(hex));
      const opening = new TelegramOpener({ keyring }).open(frame.octets, now);
      if (opening.is === "opened") return opening;
    }
    return undefined;
  }
}

/** A compact frame has no fillers: what encryption puts before it is taken off. */
function withoutCheckOctets({ content, tpl }: OpenedTelegram): Uint8Array {
  const isSealed = (tpl?.configuration?.mode ?? 0) !== 0;
  return isSealed && content[0] === 0x2f && content[1] === 0x2f ? content.subarray(2) : content;
}

const noTime = Instant.ofEpochMs(0);

/**
 * M-Bus as `siegel read` prints it: `mbus` from the wire, `wmbus` from the radio, and both from text.
 *
 * In text each line says by itself what it is: a log or a collection may hold both kinds. Whoever names one protocol gets an
 * error for lines of the other.
 */

import {
  type DongleEvent,
  DongleStream,
  type DongleTelegram,
  readReceiverLine,
  unwrapFrame,
  WirelessCutter,
  controlMeaning,
} from "@siegel/mbus";
import { concatBytes, DecodeError } from "@siegel/wire";
import type { Certainty, Explanation, ProtocolReader, ReadEvent, ReadOptions } from "../protocol.ts";
import { advise } from "./advice.ts";
import { Asking } from "./asking.ts";
import { type Form, formOf } from "./form.ts";
import { keyInLine, looksWired } from "./line.ts";
import { MbusFrames } from "./frames.ts";
import type { MbusProtocolName, Take } from "./telegram.ts";
import { TextLines } from "./text-lines.ts";
import { Sample } from "../sample.ts";

type ReaderOptions = Pick<ReadOptions, "strict" | "keys" | "live" | "addresses" | "baud" | "slackMs" | "note">;

export class MbusReader implements ProtocolReader {
  readonly talk?: (write: (bytes: Uint8Array) => Promise<void>) => () => void;
  readonly #options: ReaderOptions;
  #asking: Asking | undefined;
  readonly #take: Take;
  readonly #onlyOctets: boolean;
  readonly #frames: MbusFrames;
  readonly #live: boolean;
  readonly #cutter = new WirelessCutter();
  readonly #lines = new TextLines();
  #dongle: DongleStream | undefined;
  #form: Form | undefined;
  /** Until the form is known. */
  #beginning: Uint8Array = new Uint8Array(0);
  readonly #sample = new Sample();
  #noise = 0;
  #isNotMine = false;
  /** A line held a whole frame. */
  #isOfLines = false;
  readonly #heldErrors: ReadEvent[] = [];

  /** @param only  "octets": text is left to others. */
  constructor(take: Take, options: ReaderOptions, only?: "octets") {
    this.#onlyOctets = only === "octets";
    this.#take = take;
    this.#options = options;
    // Meters on the wire are asked; radio meters send by themselves.
    if (take === "mbus") this.talk = (write) => this.#talk(write);
    this.#frames = new MbusFrames(options);
    this.#live = options.live;
  }

  get pendingBytes(): number {
    const within = this.#cutter.pendingBytes + this.#lines.pendingBytes + (this.#dongle?.pendingBytes ?? 0);
    return this.#beginning.length + within + this.#frames.pendingBytes;
  }

  get explainsBeginningOnly(): boolean {
    return this.#sample.isBeginningOnly;
  }

  get isDoubtful(): boolean {
    return this.#noise > 0;
  }

  push(chunk: Uint8Array): readonly ReadEvent[] {
    this.#sample.push(chunk);
    this.#asking?.bytes(chunk);
    if (this.#asking?.isSearching === true) return [];
    if (this.#isNotMine) return [];
    if (this.#form !== undefined) return this.#read(chunk);
    this.#beginning = concatBytes(this.#beginning, chunk);
    return this.#decide(false);
  }

  flush(): readonly ReadEvent[] {
    const events = this.#form === undefined && this.#beginning.length > 0 ? [...this.#decide(true)] : [];
    switch (this.#form) {
      case "text":
        return [...events, ...this.#lines.flush().flatMap(({ offset, text }) => this.#line(offset, text))];
      case "octets":
        if (this.#take === "lines") return events;
        if (this.#take === "mbus") return [...events, ...this.#frames.flushWired()];
        return [...events, ...this.#cut(this.#cutter.flush())];
      case undefined:
        return events;
      default:
        return [...events, ...(this.#dongle?.flush() ?? []).flatMap((event) => this.#fromReceiver(event))];
    }
  }

  explain(): readonly Explanation[] {
    if (this.#asking?.isSearching === true) {
      return [{ text: "The search for meters goes on.", advice: "--address asks one at once." }];
    }
    return advise({
      take: this.#take,
      frames: this.#frames,
      sample: this.#sample.bytes,
      live: this.#live,
      isEmpty: this.#sample.isEmpty,
    });
  }

  #talk(write: (bytes: Uint8Array) => Promise<void>): () => void {
    const { addresses, baud, slackMs, note = () => {} } = this.#options;
    const asking = new Asking({
      write,
      addresses,
      baud,
      slackMs,
      note,
      isHeard: () => this.#frames.told.size + this.#frames.telegrams > 0,
    });
    this.#asking = asking;
    return () => {
      this.#asking = undefined;
      asking.stop();
    };
  }

  #decide(ended: boolean): readonly ReadEvent[] {
    const form = formOf(this.#beginning, ended);
    if (form === undefined) return [];
    this.#form = form === "text" || this.#take === "wmbus" ? form : "octets";
    if (this.#form === "im871a" || this.#form === "amber") this.#dongle = new DongleStream({ form: this.#form });
    const bytes = this.#beginning;
    this.#beginning = new Uint8Array(0);
    if (form === "text" && this.#onlyOctets) this.#isNotMine = true;
    return this.#read(bytes);
  }

  #read(chunk: Uint8Array): readonly ReadEvent[] {
    if (this.#isNotMine) return [];
    if (this.#form === "text") {
      return this.#lines.push(chunk).flatMap(({ offset, text }) => this.#line(offset, text));
    }
    if (this.#dongle !== undefined) return this.#dongle.push(chunk).flatMap((event) => this.#fromReceiver(event));
    if (this.#take === "lines") return [];
    // The framer keeps views of what it is given.
    return this.#take === "mbus" ? this.#frames.wired(chunk.slice()) : this.#cut(this.#cutter.push(chunk));
  }

  #cut(events: ReturnType<WirelessCutter["push"]>): ReadEvent[] {
    return events.flatMap((event) => {
      const { offset } = event;
      switch (event.kind) {
        case "noise":
          this.#noise += event.byteLength;
          return [];
        case "damaged": {
          const { code, where } = event.error;
          return [this.#frames.failed("wmbus", offset, code, where.path, { at: where.offset })];
        }
        case "frame":
          return this.#frames.radio(event.frame.octets, offset, event.frame.format === "none" ? "plausible" : "proven");
      }
    });
  }

  #fromReceiver(event: DongleEvent): ReadEvent[] {
    switch (event.kind) {
      case "noise":
        return [];
      case "error": {
        const { code, where } = event.error;
        return [this.#frames.failed("wmbus", event.offset, code, where.path, { at: where.offset })];
      }
      case "telegram":
        return this.#telegram(event.telegram, event.offset, "proven", undefined);
    }
  }

  /**
   * One line. Rows of a hex dump are lines of digits, too: what fails among them is told once a whole frame was in a line.
   */
  #line(offset: number, text: string | undefined): ReadEvent[] {
    const events = this.#eventsOfLine(offset, text);
    const isBare = text !== undefined && isBareHex.test(text);
    if (this.#isOfLines || (isBare && events.every(({ certainty }) => certainty === undefined))) {
      if (this.#isOfLines) return events;
      if (this.#heldErrors.length < maxHeldErrors) this.#heldErrors.push(...events);
      return [];
    }
    this.#isOfLines = events.length > 0;
    return this.#isOfLines ? [...this.#heldErrors.splice(0), ...events] : events;
  }

  #eventsOfLine(offset: number, text: string | undefined): ReadEvent[] {
    if (text === undefined) {
      this.#noise++;
      return [this.#frames.failed(this.#name, offset, "too-long", "line")];
    }
    const said = readReceiverLine(text.replace(/^\uFEFF/, ""));
    if (said === undefined) {
      if (text.trim() !== "") this.#noise++;
      return [];
    }
    if (said instanceof DecodeError) return [this.#frames.failed(this.#name, offset, said.code, said.where.path)];
    return this.#telegram(said, offset, isBareHex.test(text) ? undefined : "proven", keyInLine(text));
  }

  #telegram(
    { bytes, crc }: DongleTelegram,
    offset: number,
    certainty: Certainty | undefined,
    key: Uint8Array | undefined,
  ): ReadEvent[] {
    const isWired = looksWired(bytes);
    if (isWired) {
      if (this.#take === "wmbus") {
        const isWhole = bytes.length > 3 && bytes.length === bytes[1]! + 6;
        const whole = isWhole ? { certainty: "proven" as const } : {};
        return [this.#frames.failed("wmbus", offset, isWhole ? "wired-frame" : "truncated", "line", whole)];
      }
      return this.#frames.wiredLine(bytes, offset);
    }
    try {
      const format = crc === "unstated" ? "auto" : crc === "none" ? "none" : crc === "format-a" ? "a" : "b";
      const { octets, trailing } = unwrapFrame(bytes, { format, maxTrailingBytes: maxTrailingOctets });
      // Digits whose first two are their number, and a control field that there is: hardly a line of a dump has that.
      const isFrame = trailing.length === 0 && controlMeaning(octets[1]!) !== undefined;
      if (this.#take !== "mbus") return this.#frames.radio(octets, offset, isFrame ? "proven" : certainty, key);
      const code = isFrame || certainty !== undefined ? "wireless-frame" : "bad-framing";
      return [this.#frames.failed("mbus", offset, code, "line", { certainty: isFrame ? "proven" : certainty })];
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return [this.#frames.failed(this.#name, offset, error.code, error.where.path)];
    }
  }

  get #name(): MbusProtocolName {
    return this.#take === "mbus" ? "mbus" : "wmbus";
  }
}

const isBareHex = /^[\s\uFEFF]*(?:0x)?[\da-f\s:,-]*$/i;
const maxHeldErrors = 200;
/** Receivers put strength and quality behind the frame. */
const maxTrailingOctets = 16;

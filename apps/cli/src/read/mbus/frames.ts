/**
 * Frames of M-Bus, wired and wireless, as events of `siegel read`. What finds the frames stands beside this file.
 *
 * Here is what a reader keeps between frames: keys, formats of compact frames, counters.
 * A repeated telegram is shown with a warning, since captures hold what repeaters sent, too; strict reading refuses it.
 */

import {
  FormatCache,
  linkHeaderOf,
  MbusStream,
  type MbusStreamEvent,
  type MeterAddress,
  MemoryCounterStore,
  meterIdOf,
  ReplayGuard,
  type WiredEvent,
  type WmbusEvent,
  WmbusStream,
} from "@siegel/mbus";
import { Instant } from "@siegel/readings";
import { DecodeError, toHex } from "@siegel/wire";
import type { Certainty, ReadEvent, ReadOptions } from "../protocol.ts";
import { noKeys } from "../keys.ts";
import { MeterKeys } from "./meter-keys.ts";
import { type MbusProtocolName, telegramOfMbus } from "./telegram.ts";

/** One keyring with the streams that read under it. */
interface Reading {
  readonly keys: MeterKeys;
  readonly fresh: WmbusStream;
  /** Reads what was heard before. */
  readonly again: WmbusStream;
}

export class MbusFrames {
  /** How often a code was told, and whose telegrams it was about: for advice. */
  readonly told = new Map<string, Set<string>>();
  telegrams = 0;
  readonly #strict: boolean;
  readonly #own: Reading;
  readonly #ofLines = new Map<string, Reading>();
  readonly #formats = new FormatCache();
  readonly #guard = new ReplayGuard(new MemoryCounterStore());
  readonly #wired: MbusStream;
  /** Octets out of lines that the stream of the wire was given. */
  #lineBytes = 0;
  /** Frames that the stream of the wire has seen in this call, by offset. */
  readonly #seen = new Map<number, Extract<WiredEvent, { kind: "frame" }>>();

  constructor({ strict, keys = noKeys }: Pick<ReadOptions, "strict" | "keys">) {
    this.#strict = strict;
    this.#own = this.#reading(new MeterKeys(keys));
    const { keyring } = this.#own.keys;
    this.#wired = new MbusStream(
      { keyring, ...(strict ? { use: "gateway", floor: { minimum: "clear" } } : {}) },
      {
        frame: (event) => this.#see(event),
      },
    );
  }

  get pendingBytes(): number {
    return this.#wired.pendingBytes + this.#own.fresh.pendingBytes;
  }

  /**
   * A radio frame without checksums.
   *
   * @param key  That the input itself gives for this frame; used where a person gave none.
   */
  radio(octets: Uint8Array, offset: number, certainty: Certainty | undefined, key?: Uint8Array): ReadEvent[] {
    const reading = key === undefined || this.#own.keys.areGiven ? this.#own : this.#readingOfLine(key);
    if (octets.length >= 10 && octets[0] === octets.length - 1) reading.keys.learn(linkHeaderOf(octets).address);
    let events = reading.fresh.frame(octets, noTime, offset);
    const [first] = events;
    // The meter's own address may stand deeper than that of who sent the frame.
    if (codeOf(first) === "no-key" && first?.kind === "error" && first.refused?.meter !== undefined) {
      if (reading.keys.learn(first.refused.meter)) events = reading.fresh.frame(octets, noTime, offset);
    }
    let isReplay = false;
    if (!this.#strict && codeOf(events[0]) === "replay") {
      const again = reading.again.frame(octets, noTime, offset);
      isReplay = again[0]?.kind === "telegram";
      if (isReplay) events = again;
    } else if (!this.#strict) reading.again.frame(octets, noTime, offset);
    return events.flatMap((event) => this.#ofRadio(event, certainty, isReplay));
  }

  /** Bytes of a wired bus, cut anywhere. */
  wired(chunk: Uint8Array): ReadEvent[] {
    return this.#ofWire(this.#wired.push(chunk), 0);
  }

  flushWired(): ReadEvent[] {
    return this.#ofWire(this.#wired.flush(), 0);
  }

  /** One whole frame of the wire that stood in a line of text. */
  wiredLine(octets: Uint8Array, offset: number): ReadEvent[] {
    const before = this.#lineBytes;
    this.#lineBytes += octets.length;
    return this.#ofWire([...this.#wired.push(octets), ...this.#wired.flush()], offset - before).map((event) =>
      event.kind === "error" ? { ...event, error: withoutPlace({ ...event.error, offset }) } : event,
    );
  }

  /** An error that the way to the frame told. */
  failed(
    protocol: MbusProtocolName,
    offset: number,
    code: string,
    path: string,
    more: { readonly at?: number; readonly certainty?: Certainty | undefined; readonly meter?: MeterAddress } = {},
  ): ReadEvent {
    const meter = more.meter === undefined ? undefined : meterIdOf(more.meter).toJSON();
    const whose = this.told.get(code) ?? new Set();
    if (whose.size < maxNamed) whose.add(meter?.label ?? meter?.id ?? "");
    this.told.set(code, whose);
    const error = { code, path, ...(more.at === undefined ? {} : { at: more.at }) };
    return {
      kind: "error",
      error: { protocol, offset, ...(meter === undefined ? {} : { meter }), error },
      ...(more.certainty === undefined ? {} : { certainty: more.certainty }),
    };
  }

  #ofRadio(event: WmbusEvent, certainty: Certainty | undefined, isReplay: boolean): ReadEvent[] {
    const { offset } = event;
    switch (event.kind) {
      case "telegram": {
        this.telegrams++;
        const telegram = telegramOfMbus("wmbus", offset, event.telegram);
        const warnings = isReplay ? [{ code: "replay" }, ...telegram.warnings] : telegram.warnings;
        return [{ kind: "telegram", telegram: { ...telegram, warnings }, ...certain(certainty) }];
      }
      case "error": {
        const { error, path, refused } = event;
        const meter = refused?.meter === undefined ? {} : { meter: refused.meter };
        const at = error instanceof DecodeError && refused === undefined ? { at: error.where.offset } : {};
        return [this.failed("wmbus", offset, error.code, path, { ...at, ...meter, certainty })];
      }
      case "other": {
        const { tpl, meter } = event.opened;
        const kind = tpl?.kind ?? "link";
        return [this.failed("wmbus", offset, codesOfKind[kind] ?? "no-records", "CI", { meter, certainty })];
      }
      case "empty":
      case "noise":
        return [];
    }
  }

  #ofWire(events: readonly MbusStreamEvent[], shift: number): ReadEvent[] {
    const result = events.flatMap((event): ReadEvent[] => {
      const offset = event.offset + shift;
      const seen = this.#seen.get(event.offset)?.frame;
      const frame = seen?.kind === "control" || seen?.kind === "long" ? seen : undefined;
      switch (event.kind) {
        case "telegram": {
          this.telegrams++;
          const telegram = telegramOfMbus("mbus", offset, event.telegram, event.primaryAddress);
          return [{ kind: "telegram", telegram, certainty: "proven" }];
        }
        case "error": {
          const { error, path } = event;
          if ("said" in error) {
            this.telegrams++;
            const attention = { code: error.code, text: error.said };
            return [{ kind: "telegram", telegram: answered(offset, frame?.a, attention), certainty: "proven" }];
          }
          // A whole frame has its checksum; of a damaged one there is only its beginning.
          const certainty = frame === undefined ? undefined : "proven";
          if (frame !== undefined && carriesDlms(frame.ci)) {
            return [this.failed("mbus", offset, "carries-dlms", "CI", { certainty: "proven" })];
          }
          const at = error instanceof DecodeError ? { at: error.where.offset + shift } : {};
          const meter = frame === undefined ? undefined : addressIn(frame.ci, frame.data);
          const whose = meter === undefined ? {} : { meter };
          return [this.failed("mbus", offset, error.code, path, { ...at, ...whose, certainty })];
        }
        case "empty":
          // Pushed under the C field of a master, as meters in Austria do.
          if (frame === undefined || !carriesDlms(frame.ci)) return [];
          return [this.failed("mbus", offset, "carries-dlms", "CI", { certainty: "proven" })];
        case "noise":
          return [];
      }
    });
    this.#seen.clear();
    return result;
  }

  #see(event: WiredEvent): void {
    if (event.kind !== "frame") return;
    this.#seen.set(event.offset, event);
    const { frame } = event;
    if (frame.kind !== "long") return;
    const address = addressIn(frame.ci, frame.data);
    if (address !== undefined) this.#own.keys.learn(address);
  }

  #reading(keys: MeterKeys): Reading {
    const { keyring } = keys;
    const [formats, strict] = [this.#formats, this.#strict];
    const shared = { keyring, formats, strict, ...(strict ? { floor: { minimum: "clear" as const } } : {}) };
    return {
      keys,
      fresh: new WmbusStream({ ...shared, replay: this.#guard }),
      again: new WmbusStream(shared),
    };
  }

  #readingOfLine(key: Uint8Array): Reading {
    const name = toHex(key);
    let reading = this.#ofLines.get(name);
    if (reading === undefined) {
      if (this.#ofLines.size >= maxLineKeys) this.#ofLines.clear();
      reading = this.#reading(new MeterKeys({ ...noKeys, any: key }));
      this.#ofLines.set(name, reading);
    }
    return reading;
  }
}

/** What a meter said instead of values. */
function answered(
  offset: number,
  primaryAddress: number | undefined,
  attention: { readonly code: string; readonly text: string },
) {
  return {
    protocol: "mbus",
    offset,
    meter: null,
    ...(primaryAddress === undefined ? {} : { primaryAddress }),
    at: null,
    trust: "clear" as const,
    values: [],
    warnings: [],
    attention,
  };
}

function certain(certainty: Certainty | undefined): { readonly certainty?: Certainty } {
  return certainty === undefined ? {} : { certainty };
}

function withoutPlace<E extends { readonly error: { readonly code: string; readonly path: string } }>(error: E): E {
  return { ...error, error: { code: error.error.code, path: error.error.path } };
}

function codeOf(event: WmbusEvent | undefined): string | undefined {
  return event?.kind === "error" ? event.error.code : undefined;
}

/** DLMS over M-Bus: a transport layer of its own (EN 13757-1), or under a header of EN 13757-7. */
function carriesDlms(ci: number): boolean {
  return ci <= 0x1f || ci === 0x7c || ci === 0x7d;
}

/** ID4 M2 V T of a long header. */
function addressIn(ci: number, data: Uint8Array): MeterAddress | undefined {
  if (!longHeaders.has(ci) || data.length < 8) return undefined;
  const view = new DataView(data.buffer, data.byteOffset);
  return {
    identification: view.getUint32(0, true),
    manufacturer: view.getUint16(4, true),
    version: data[6]!,
    deviceType: data[7]!,
  };
}

const longHeaders: ReadonlySet<number> = new Set([0x72, 0x7c, 0x7e, 0x6b, 0x73, 0x75]);
/** What a whole telegram is that has no records. */
const codesOfKind: Readonly<Record<string, string>> = {
  manufacturer: "manufacturer-format",
  dlms: "carries-dlms",
  obis: "carries-obis",
  "application-error": "application-error",
  alarm: "alarm",
  link: "no-content",
};
const noTime = Instant.ofEpochMs(0);
const maxNamed = 20;
const maxLineKeys = 256;

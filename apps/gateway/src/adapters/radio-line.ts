/**
 * A radio receiver that hears many meters, read for as long as the gateway runs: opened again when it is lost.
 *
 * In: an address, and which meters are ours.  Out: telegrams to the collector, and what was kept of them to the courier.
 * Not here: what a telegram is worth (mbus: floor, MAC, counter; ../core/evaluate), other lines (./meter-line).
 * Strangers' telegrams are normal: a receiver hears the neighbourhood. Nobody has given us their keys, so they are passed over. What a meter of ours is said to have sent and did not is an alarm; each kind once a minute.
 */

import { type ByteSource, openSource, SourceError, systemPorts, withReconnect } from "@siegel/channel";
import {
  type DongleEvent,
  DongleStream,
  type DongleTelegram,
  type MbusTelegram,
  meterIdOf,
  OpeningError,
  unwrapFrame,
  type WmbusEvent,
  type WmbusStream,
} from "@siegel/mbus";
import { Instant } from "@siegel/readings";
import { DecodeError } from "@siegel/wire";

import type { MeterConfig } from "../config.ts";
import type { Collector, Kept } from "../core/collector.ts";
import type { MeterTelegram } from "../core/meter-telegram.ts";
import { codeOf, GatewayError } from "../errors.ts";
import type { Log } from "../log.ts";

export interface RadioPorts {
  readonly collector: Pick<Collector, "live" | "giveUp">;
  /** Values were kept of this meter, by profile. */
  readonly kept: (meter: string, kept: Kept, origin: "live" | "memory") => void;
  readonly clock: { wallMs(): number; monoMs(): number };
  readonly log: Log;
  /**
   * What opens the telegrams of our meters: keys, floors, counters; takes frames without checksums. One for all receivers, since
   * one telegram may reach several.
   */
  readonly stream: Pick<WmbusStream, "frame">;
  /** `openSource` of channel unless told. */
  readonly open?: typeof openSource;
}

/** Why something that a receiver said was not taken. */
export type RadioFault = "unreadable" | "damaged" | "stranger" | OpeningError["code"];

export class RadioLine {
  readonly source: string;
  readonly counts = { telegrams: 0, faults: new Map<RadioFault, number>() };
  readonly #meters: ReadonlySet<string>;
  readonly #line: string | undefined;
  readonly #ports: RadioPorts;
  readonly #told = new Map<string, number>();
  #lines = new DongleStream();
  #giveUpAtMs = 0;
  #isLine = false;

  /** @param meters  All meters of one source. */
  constructor(meters: readonly MeterConfig[], ports: RadioPorts) {
    const [first] = meters;
    if (first === undefined) throw new GatewayError("bad-config", "config: a source without meters");
    this.source = first.source;
    this.#line = first.line;
    this.#meters = new Set(meters.flatMap(({ id }) => (id === undefined ? [] : [id])));
    this.#ports = ports;
  }

  /** Until `signal` aborts, a capture file is read, or the source can never be had: that is told, and the others go on. */
  async run(signal: AbortSignal): Promise<void> {
    const { open = openSource, log } = this.#ports;
    const opened = async (opening?: AbortSignal): Promise<ByteSource> => {
      const settings = { serial: this.#line, silenceTimeoutMs: silenceMs, connectTimeoutMs: connectMs };
      const source = await open(this.source, { ...settings, signal: opening });
      this.#isLine = "write" in source;
      return source;
    };
    try {
      for await (const event of withReconnect(opened, reconnectPolicy, systemPorts, signal)) {
        if (event.event === "connected") {
          log("info", "line-open", { source: this.source, description: event.description });
          this.#lines = new DongleStream();
        } else if (event.event === "bytes") this.#take((lines) => lines.push(event.bytes));
        else if (event.event === "lost") {
          this.#take((lines) => lines.flush());
          log("warn", "line-lost", { source: this.source, code: event.error?.code ?? "ended" });
          if (!this.#isLine) return; // a capture file: there is no more
        }
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      log("alarm", "source-failed", { source: this.source, code: error.code, hint: error.hint });
    }
  }

  #take(read: (lines: DongleStream) => readonly DongleEvent[]): void {
    let events: readonly DongleEvent[];
    try {
      events = read(this.#lines);
    } catch (error) {
      this.#mistake(error);
      this.#lines = new DongleStream();
      return;
    }
    for (const event of events) {
      if (event.kind === "noise") this.#count("unreadable");
      else if (event.kind === "error") this.#count("damaged");
      else this.#open(event.telegram);
    }
    this.#giveUp();
  }

  #open({ bytes, crc }: DongleTelegram): void {
    const { stream, clock } = this.#ports;
    let events: readonly WmbusEvent[];
    try {
      const { octets } = unwrapFrame(bytes, { format: formats[crc] });
      events = stream.frame(octets, Instant.ofEpochMs(clock.wallMs()));
    } catch (error) {
      return error instanceof DecodeError ? this.#count("damaged") : this.#mistake(error);
    }
    for (const event of events) this.#handle(event);
  }

  #handle(event: WmbusEvent): void {
    switch (event.kind) {
      case "telegram":
        return this.#telegram(event.telegram);
      case "error":
        return this.#refused(event);
      case "other":
        return this.#count("unreadable");
      case "empty":
      case "noise":
    }
  }

  #telegram(telegram: MbusTelegram): void {
    const meter = telegram.meter.id;
    if (!this.#meters.has(meter)) return this.#count("stranger");
    const { collector, kept } = this.#ports;
    this.counts.telegrams++;
    for (const { code } of telegram.warnings) {
      if (told.has(code)) this.#tell("warn", `${code} ${meter}`, "radio-meter-reports", { meter, code });
    }
    kept(meter, collector.live(meter, readingsOf(telegram)), "live");
  }

  #refused({ error, refused }: Extract<WmbusEvent, { kind: "error" }>): void {
    if (!(error instanceof OpeningError) || refused?.meter === undefined) return this.#count("damaged");
    const meter = meterIdOf(refused.meter).id;
    if (!this.#meters.has(meter)) return this.#count("stranger");
    this.#count(error.code);
    const { code, isAttack } = error;
    this.#tell(isAttack ? "alarm" : "warn", `${code} ${meter}`, "radio-telegram-refused", { meter, code });
  }

  #count(fault: RadioFault): void {
    const { faults } = this.counts;
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
  }

  /** Each thing once a minute; of our own meters only, so the list is short. */
  #tell(level: "warn" | "alarm", what: string, event: string, fields: Record<string, string>): void {
    const nowMs = this.#ports.clock.monoMs();
    if (nowMs - (this.#told.get(what) ?? -Infinity) < tellEveryMs) return;
    this.#told.set(what, nowMs);
    this.#ports.log(level, event, { source: this.source, ...fields });
  }

  /** No radio meter can be asked for its past: slots that stay empty are closed after a while. */
  #giveUp(): void {
    const { collector, clock, kept } = this.#ports;
    const nowMs = clock.monoMs();
    if (nowMs < this.#giveUpAtMs) return;
    this.#giveUpAtMs = nowMs + giveUpEveryMs;
    for (const meter of this.#meters) kept(meter, collector.giveUp(meter), "memory");
  }

  /** Octets of a stranger found a mistake of ours. The gateway has other meters: it goes on. */
  #mistake(error: unknown): void {
    this.#ports.log("alarm", "reader-failed", { source: this.source, code: codeOf(error) });
  }
}

/** Values with a code; current ones only: those of a due date are of another instant than the telegram. */
function readingsOf({ at, values }: MbusTelegram): MeterTelegram {
  return {
    at,
    values: values.flatMap(({ obis, reading, storage, function: kind }) =>
      obis === undefined || storage !== 0 || kind !== "instantaneous" ? [] : [{ obis, reading }],
    ),
  };
}

/** What somebody should look at: the meter's battery, its housing, its electronics. */
const told: ReadonlySet<string> = new Set([
  "meter-reports-error",
  "meter-reports-alarm",
  "meter-low-power",
  "meter-permanent-error",
  "meter-temporary-error",
]);
const formats = { none: "none", "format-a": "a", "format-b": "b", unstated: "auto" } as const;
const reconnectPolicy = { firstOpen: "retry", firstDelayMs: 1_000, maxDelayMs: 30_000 } as const;
const connectMs = 10_000;
/** Somewhere in the neighbourhood a meter sends every few seconds; in the country every few minutes. */
const silenceMs = 30 * 60_000;
const giveUpEveryMs = 3_600_000;
const tellEveryMs = 60_000;

/**
 * One source of meter bytes, read for as long as the gateway runs: opened again when it is lost, asked for what is missing.
 *
 * In: an address and who may be there.  Out: telegrams and memory rows to the collector, and what was kept of them to the courier.
 * Not here: which bytes are whose (./meter-reader), what becomes of values (../core/collector).
 * A capture file is read once. A meter that does not answer questions is fine: it is asked again when its line is opened again,
 * and else ever more rarely. Faults of a line are counted and told at most once a minute.
 */

import { type ByteSource, openSource, SourceError, systemPorts, withReconnect } from "@siegel/channel";
import { MeterPublicKey, randomBytes } from "@siegel/crypto";
import { ObisCode } from "@siegel/readings";
import { RequestFile, type SmlTime } from "@siegel/sml";
import { fromHex } from "@siegel/wire";

import type { MeterConfig } from "../config.ts";
import type { Collector, Kept } from "../core/collector.ts";
import type { Span } from "../core/gaps.ts";
import { codeOf, GatewayError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type Heard, type LineFault, MeterReader, type Question } from "./meter-reader.ts";

export interface LinePorts {
  readonly collector: Pick<Collector, "live" | "memory" | "openSpans" | "giveUp">;
  /** Values were kept of this meter, by profile. */
  readonly kept: (meter: string, kept: Kept, origin: "live" | "memory") => void;
  readonly clock: { monoMs(): number };
  readonly log: Log;
  /** `openSource` of channel unless told. */
  readonly open?: typeof openSource;
  /** Name in the requests. */
  readonly clientId: Uint8Array;
}

/** Counts of one source since the start. */
export interface LineCounts {
  telegrams: number;
  answers: number;
  readonly faults: Map<LineFault, number>;
}

export class MeterLine {
  readonly source: string;
  readonly counts: LineCounts = { telegrams: 0, answers: 0, faults: new Map() };
  readonly #meters: readonly MeterConfig[];
  readonly #ports: LinePorts;
  readonly #key: MeterPublicKey | undefined;
  #reader: MeterReader | undefined;
  #current: ByteSource | undefined;
  /** Without an id in the configuration, the first meter heard is the one until the gateway ends. */
  #heardBefore: ReadonlySet<string> | undefined;
  /** What is to be asked on this connection, first to last. */
  #toAsk: { readonly meter: string | undefined; readonly span: Span }[] = [];
  #asking: { readonly question: Question; readonly untilMs: number } | undefined;
  #askAtMs = 0;
  #unanswered = 0;
  #usesList = false;
  #toldAtMs = -Infinity;
  #giveUpAtMs = 0;

  /** @param meters  All meters of one source. */
  constructor(meters: readonly MeterConfig[], ports: LinePorts) {
    const [first] = meters;
    if (first === undefined) throw new GatewayError("bad-config", "config: a source without meters");
    this.source = first.source;
    this.#meters = meters;
    this.#ports = ports;
    this.#key = first.publicKey === undefined ? undefined : MeterPublicKey.parse(fromHex(first.publicKey));
  }

  /** Until `signal` aborts, a capture file is read, or the source can never be had: that is told, and the others go on. */
  async run(signal: AbortSignal): Promise<void> {
    const { open = openSource, log } = this.#ports;
    const opened = async (opening?: AbortSignal): Promise<ByteSource> => {
      const settings = { serial: this.#meters[0]?.line, silenceTimeoutMs: silenceMs, connectTimeoutMs: connectMs };
      return (this.#current = await open(this.source, { ...settings, signal: opening }));
    };
    const ticking = setInterval(() => this.tick(), tickMs);
    ticking.unref();
    try {
      for await (const event of withReconnect(opened, reconnectPolicy, systemPorts, signal)) {
        if (event.event === "connected") this.#connected(event.description);
        else if (event.event === "bytes") this.#take((reader) => reader.push(event.bytes));
        else if (event.event === "lost") {
          this.#take((reader) => reader.flush());
          this.#reader = undefined;
          log("warn", "line-lost", { source: this.source, code: event.error?.code ?? "ended" });
          if (!this.#isLine) return; // a capture file: there is no more
        }
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      log("alarm", "source-failed", { source: this.source, code: error.code, hint: error.hint });
    } finally {
      clearInterval(ticking);
    }
  }

  /** Asks again what is due, and gives up what nobody answers. Each second, and in tests when they say so. */
  tick(): void {
    const nowMs = this.#ports.clock.monoMs();
    if (this.#asking !== undefined && nowMs >= this.#asking.untilMs) this.#unansweredNow("timed-out");
    if (this.#reader === undefined || nowMs < this.#askAtMs) return;
    this.#ask();
  }

  #connected(description: string): void {
    this.#ports.log("info", "line-open", { source: this.source, description });
    const ids = this.#meters.flatMap(({ id }) => (id === undefined ? [] : [id]));
    this.#reader = new MeterReader({ meters: ids.length > 0 ? new Set(ids) : this.#heardBefore, key: this.#key });
    this.#asking = undefined;
    this.#toAsk = [];
    this.#unanswered = 0;
    this.#ask();
  }

  #take(read: (reader: MeterReader) => readonly Heard[]): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    let heard: readonly Heard[];
    try {
      heard = read(reader);
    } catch (error) {
      // Bytes of a stranger found a mistake of ours. The gateway has other meters: this line begins anew.
      this.#ports.log("alarm", "reader-failed", { source: this.source, code: codeOf(error) });
      this.#reader = new MeterReader({ meters: reader.meters, key: this.#key });
      return;
    }
    for (const one of heard) this.#handle(one);
    this.#heardBefore = reader.meters;
  }

  #handle(heard: Heard): void {
    const { collector, kept } = this.#ports;
    switch (heard.kind) {
      case "pushed":
        this.counts.telegrams++;
        return kept(heard.meter, collector.live(heard.meter, heard.telegram), "live");
      case "answered":
        return this.#answered(heard);
      case "fault":
        return this.#fault(heard.fault);
    }
  }

  #answered({ question, result, rows, meter, code }: Extract<Heard, { kind: "answered" }>): void {
    const { collector, kept, log } = this.#ports;
    this.#asking = undefined;
    this.counts.answers++;
    const isEmpty = code === "no-entry-in-range" || code === "profile-has-no-entry";
    if (result !== "answered" && !isEmpty) {
      log("info", "question-refused", { source: this.source, code: code ?? result });
      this.#usesList = !this.#usesList; // some know the one form of the question, some the other
      return this.#unansweredNow(code ?? result);
    }
    this.#unanswered = 0;
    const of = meter ?? question.meter;
    if (of !== undefined) kept(of, collector.memory(of, rows, question.span), "memory");
    this.#askNext();
  }

  #ask(): void {
    const { collector, clock } = this.#ports;
    const reader = this.#reader;
    if (reader === undefined || this.#asking !== undefined) return;
    const nowMs = clock.monoMs();
    this.#askAtMs = nowMs + askEveryMs;
    const meters = reader.meters === undefined ? [undefined] : [...reader.meters];
    if (nowMs >= this.#giveUpAtMs) {
      this.#giveUpAtMs = nowMs + giveUpEveryMs;
      for (const meter of meters) if (meter !== undefined) this.#ports.kept(meter, collector.giveUp(meter), "memory");
    }
    if (!reader.mayAsk || !this.#isLine) return;
    this.#toAsk = meters.flatMap((meter) => collector.openSpans(meter).map((span) => ({ meter, span })));
    this.#askNext();
  }

  #askNext(): void {
    const next = this.#toAsk.shift();
    const [reader, line] = [this.#reader, this.#current];
    if (next === undefined || reader === undefined || line === undefined || !isLine(line)) return;
    const { meter, span } = next;
    const serverId = meter === undefined ? undefined : fromHex(meter);
    const file = new RequestFile({ clientId: this.#ports.clientId, reqFileId: randomBytes(8), serverId });
    const asked = { path: [loadProfile], from: timeOf(span.fromMs), to: timeOf(span.toMs + graceMs) };
    if (this.#usesList) file.getProfileList(asked);
    else file.getProfilePack(asked);
    const question = { messages: file.messages(), span, meter };
    reader.asked(question);
    this.#asking = { question, untilMs: this.#ports.clock.monoMs() + answerMs };
    // A line that breaks now ends the loop in `run` with its reason.
    line.write(file.toBytes()).catch((error: unknown) => {
      if (!(error instanceof SourceError)) throw error;
    });
  }

  #unansweredNow(code: string): void {
    const { clock, log } = this.#ports;
    this.#asking = undefined;
    this.#toAsk = [];
    this.#unanswered++;
    this.#askAtMs = clock.monoMs() + Math.min(askEveryMs * 2 ** (this.#unanswered - 1), rarelyMs);
    if (this.#unanswered === 1) log("info", "memory-not-answered", { source: this.source, code });
  }

  #fault(fault: LineFault): void {
    const { faults } = this.counts;
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
    const nowMs = this.#ports.clock.monoMs();
    if (nowMs - this.#toldAtMs < tellEveryMs) return;
    this.#toldAtMs = nowMs;
    this.#ports.log("warn", "line-faults", { source: this.source, ...Object.fromEntries(faults) });
  }

  get #isLine(): boolean {
    return this.#current !== undefined && isLine(this.#current);
  }
}

/** Sources in the order of the configuration, each with its meters. */
export function linesOf(meters: readonly MeterConfig[]): readonly (readonly MeterConfig[])[] {
  return Object.values(Object.groupBy(meters, ({ source }) => source)).flatMap((together) =>
    together ? [together] : [],
  );
}

function isLine(source: ByteSource): source is ByteSource & { write(bytes: Uint8Array): Promise<void> } {
  return "write" in source;
}

function timeOf(atMs: number): SmlTime {
  return { kind: "timestamp", value: Math.floor(atMs / 1000) };
}

/** The load profile of a meter. Source: IEC 62056-6-1, group C = 99. */
const loadProfile = ObisCode.parse("1-0:99.1.0*255").toBytes();
const reconnectPolicy = { firstOpen: "retry", firstDelayMs: 1_000, maxDelayMs: 30_000 } as const;
const connectMs = 10_000;
/** Meters push every second to every few seconds. */
const silenceMs = 60_000;
const answerMs = 15_000;
const tickMs = 1_000;
const askEveryMs = 60_000;
const rarelyMs = 6 * 3_600_000;
const giveUpEveryMs = 3_600_000;
const tellEveryMs = 60_000;
/** A row may be dated some seconds after its slot. */
const graceMs = 27_000;

/**
 * A valve that listens after its own telegrams and obeys its gateway: the bidirectional device of the lab.
 *
 * In: its second, link frames from the gateway while it listens.  Out: its own telegrams, its answers, whether water flows.
 * It obeys only what its key authenticates, to its own address, with a counter greater than all before; the same octets again
 * are answered anew and not obeyed a second time, as the outbox of @siegel/mbus expects.
 */

import {
  type CounterStore,
  decodeRecords,
  Keyring,
  linkFrame,
  MemoryCounterStore,
  type MeterAddress,
  type OpenedTelegram,
  ReplayGuard,
  sameAddress,
  sealMessage,
  TelegramOpener,
  wirelessControl,
  withEll,
} from "@siegel/mbus";
import { ShortKey } from "@siegel/crypto";
import { Instant } from "@siegel/readings";
import { equalBytes } from "@siegel/wire";
import type { MbusIdentity } from "./identity.ts";
import { radioAddressOf } from "./radio-meter.ts";

export interface RadioValveOptions {
  readonly identity: MbusIdentity;
  /** 16 octets. */
  readonly key: Uint8Array;
  /** OMS profile B (mode 7) or D (mode 10). */
  readonly profile: "B" | "D";
  /** First message counter; 1 unless told. */
  readonly counter?: number | undefined;
  /** Where the highest counter of the gateway is kept; in memory unless told. */
  readonly counters?: CounterStore | undefined;
  /** How long it listens after a telegram, in ms; 100 unless told. */
  readonly windowMs?: number | undefined;
}

interface Answer {
  /** That of the command, by which the gateway knows it. */
  readonly access: number;
  readonly ci: number;
  readonly content: Uint8Array;
}

export class RadioValve {
  readonly address: MeterAddress;
  readonly #options: RadioValveOptions;
  readonly #key: ShortKey;
  readonly #opener: TelegramOpener;
  #counter: number;
  #position: "open" | "closed" = "open";
  #listensUntilMs = -Infinity;
  #last: { readonly question: Uint8Array; readonly answer: Answer } | undefined;

  constructor(options: RadioValveOptions) {
    this.#options = options;
    this.address = radioAddressOf(options.identity);
    this.#key = ShortKey.fromBytes(options.key);
    this.#counter = options.counter ?? 1;
    const keyring = new Keyring();
    keyring.addKey(this.address, options.key);
    const replay = new ReplayGuard(options.counters ?? new MemoryCounterStore());
    this.#opener = new TelegramOpener({ keyring, replay, floor: { minimum: "authenticated" } });
  }

  get position(): "open" | "closed" {
    return this.#position;
  }

  /** A telegram of its own, SND-NR; after it the valve listens. @param atMs  When it leaves. */
  send(atMs: number): Uint8Array {
    this.#listensUntilMs = atMs + (this.#options.windowMs ?? 100);
    return this.#frame(wirelessControl.sndNr, this.#counter & 0xff, records, this.#state());
  }

  /**
   * What the gateway sends.
   *
   * @param atMs  When it arrives. Outside of the window the valve is deaf.
   * @returns     Its answer; undefined where it stays silent.
   */
  receive(frame: Uint8Array, atMs: number): Uint8Array | undefined {
    if (atMs > this.#listensUntilMs) return undefined;
    if (frame[1] === wirelessControl.sndNke) {
      this.#listensUntilMs = -Infinity;
      return undefined;
    }
    // Answered again under a new counter: the old answer would be a replay to a gateway that heard a telegram since.
    if (this.#last !== undefined && equalBytes(this.#last.question, frame)) return this.#answered(this.#last.answer);
    const opening = this.#opener.open(frame, Instant.ofEpochMs(Math.floor(atMs)));
    if (opening.is !== "opened" || !this.#isCommand(opening)) return undefined;
    const answer = this.#obey(opening);
    this.#last = { question: frame.slice(), answer };
    this.#listensUntilMs = atMs + (this.#options.windowMs ?? 100);
    return this.#answered(answer);
  }

  #isCommand({ meter, tpl, tagBytes, link }: OpenedTelegram): boolean {
    const isMine = sameAddress(meter, this.address) && sameAddress(link.address, this.address);
    return isMine && tpl?.toMeter === true && (tagBytes ?? 0) >= 8 && (link.control & 0xdf) === wirelessControl.sndUd;
  }

  /** Closed and open it knows; whatever else is asked it answers with an application error. */
  #obey({ content, tpl }: OpenedTelegram): Answer {
    const access = tpl?.access ?? 0;
    const [record, ...others] = decodeRecords(content, { direction: "to-meter" }).records;
    const value = record?.value.kind === "number" ? record.value.value.toNumber() : undefined;
    if (record?.quantity !== "remote-control" || others.length > 0 || (value !== 0 && value !== 1)) {
      return { access, ci: applicationError, content: Uint8Array.of(unknownCommand) };
    }
    this.#position = value === 0 ? "closed" : "open";
    return { access, ci: records, content: this.#state() };
  }

  #answered({ access, ci, content }: Answer): Uint8Array {
    return this.#frame(wirelessControl.rspUd, access, ci, content);
  }

  #state(): Uint8Array {
    return Uint8Array.of(0x01, 0xfd, 0x1f, this.#position === "open" ? 1 : 0);
  }

  #frame(control: number, access: number, ci: number, content: Uint8Array): Uint8Array {
    const counter = this.#counter++;
    const key = this.#key;
    const protect =
      this.#options.profile === "B" ? ({ mode: 7, key, counter } as const) : ({ mode: 10, key, counter } as const);
    const message = sealMessage({ ci, meter: this.address, access, protect, content });
    const behind = withEll({ link: this.address, communicationControl: bidirectionalAccessible, access }, message);
    return linkFrame({ control, address: this.address }, behind);
  }
}

/** B and A of the communication control: it can be reached after this telegram. */
const bidirectionalAccessible = 0x84;
const records = 0x7a;
const applicationError = 0x6e;
const unknownCommand = 0x00;

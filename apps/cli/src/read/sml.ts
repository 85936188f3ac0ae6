/** SML as `siegel read` prints it. */

import {
  diagnose,
  type FrameEvent,
  type SmlFile,
  SmlStream,
  type StreamEvent,
  type Telegram,
  type TelegramValue,
} from "@siegel/sml";
import { toHex } from "@siegel/wire";
import type { Explanation, Protocol, ProtocolReader, ReadEvent, ReadOptions } from "./protocol.ts";
import type { TelegramJson, ValueJson } from "./telegram-json.ts";
import { Sample } from "./sample.ts";

export const smlProtocol: Protocol = {
  name: "sml",
  sign: "the mark 1b1b1b1b01010101",
  // Eight octets of a mark stand before everything that is told.
  certainty: () => "proven",
  open: (options) => new SmlProtocolReader(options),
};

class SmlProtocolReader implements ProtocolReader {
  readonly #stream: SmlStream;
  readonly #live: boolean;
  /** What diagnosis looks at: the beginning of the input and what became of it. Copied, for a chunk may be large. */
  readonly #sample = new Sample();
  readonly #frames: FrameEvent[] = [];
  readonly #files: SmlFile[] = [];
  #pending = 0;

  constructor({ strict, key, live }: ReadOptions) {
    this.#live = live;
    this.#stream = new SmlStream(
      { strict, key },
      {
        frame: (frame) => this.#frames.length < maxKept && this.#frames.push(frame),
        file: (file) => this.#files.length < maxKept && this.#files.push(file),
      },
    );
  }

  get pendingBytes(): number {
    return this.#pending;
  }

  get explainsBeginningOnly(): boolean {
    return this.#sample.isBeginningOnly;
  }

  push(chunk: Uint8Array): readonly ReadEvent[] {
    this.#sample.push(chunk);
    return this.#events(this.#stream.push(chunk));
  }

  flush(): readonly ReadEvent[] {
    return this.#events(this.#stream.flush());
  }

  explain(): readonly Explanation[] {
    const bytes = this.#sample.bytes;
    return diagnose({ bytes, events: this.#frames, files: this.#files, fromLine: this.#live });
  }

  #events(events: readonly StreamEvent[]): readonly ReadEvent[] {
    this.#pending = this.#stream.pendingBytes;
    return events.flatMap((event): ReadEvent[] => {
      switch (event.kind) {
        case "telegram":
          return [{ kind: "telegram", telegram: telegramJson(event.offset, event.telegram) }];
        case "error": {
          const { offset, error, path } = event;
          const at = "where" in error ? { at: error.where.offset } : {};
          return [{ kind: "error", error: { protocol: "sml", offset, error: { code: error.code, path, ...at } } }];
        }
        default:
          return [];
      }
    });
  }
}

function telegramJson(offset: number, telegram: Telegram): TelegramJson {
  const { meter, trust, attention } = telegram;
  const at = telegram.at?.toString() ?? null;
  const mixed = new Set(telegram.values.map((value) => value.trust)).size > 1;
  return {
    protocol: "sml",
    offset,
    meter: meter === undefined ? null : { id: meter.id, ...(meter.label === undefined ? {} : { label: meter.label }) },
    at,
    trust,
    values: telegram.values.map((value) => valueJson(value, at, mixed)),
    warnings: telegram.warnings.map(({ code, obis }) =>
      obis === undefined ? { code } : { code, obis: obis.toString() },
    ),
    ...(attention === undefined ? {} : { attention: { code: attention.code, text: attention.text } }),
  };
}

function valueJson(value: TelegramValue, telegramAt: string | null, mixed: boolean): ValueJson {
  const { obis, reading, wire, scaler, trust } = value;
  const at = reading?.at?.toString() ?? null;
  return {
    obis: obis.toString(),
    ...content(value),
    ...(reading?.kind === "number" && wire !== undefined ? { raw: rawOf(wire), scaler } : {}),
    ...(reading?.status === undefined ? {} : { status: `0x${reading.status.toString(16)}` }),
    ...(at === null || at === telegramAt ? {} : { at }),
    ...(mixed ? { trust } : {}),
  };
}

function content({ reading }: TelegramValue): ValueJson {
  switch (reading?.kind) {
    case "number": {
      const unit = reading.unit === undefined ? {} : { unit: reading.unit.symbol };
      return { value: reading.value.toString(), ...unit };
    }
    case "octets":
      return { bytes: toHex(reading.value) };
    case "boolean":
    case "text":
      return { value: reading.value };
    case undefined:
      return { value: null };
  }
}

/** The integer on the wire; of a list, the one that it stands for. */
function rawOf(wire: NonNullable<TelegramValue["wire"]>): string {
  if (wire.type === "signed" || wire.type === "unsigned") return wire.value.toString();
  if (wire.type !== "list") return "";
  const { kind, value } = wire.value;
  if (kind === "smlTime") return String(value.kind === "localTimestamp" ? value.value.timestamp : value.value);
  return kind === "timestampedValue" ? String(value.simpleValue.value) : "";
}

const maxKept = 200;

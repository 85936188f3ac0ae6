/**
 * What a meter's line says: pushes told from answers, known meters from strangers, signed lists from others.
 *
 * In: bytes of one connection, cut anywhere, and the questions that were asked on it.  Out: telegrams of meters that may be here.
 * Not here: opening the line and waiting (./meter-line), what a telegram is worth (../core/evaluate).
 * A file counts as an answer when it carries the file id of a question that is open: a late one carries another, and is no push
 * either, since it holds no list of current values. With a public key nothing is taken that this key has not signed: a list
 * without signature, one whose signature does not hold, the values of a signed list that are not under it, and any answer.
 */

import {
  type Outcome,
  outcomesOf,
  type SignatureVerifier,
  type SmlFile,
  type SmlMessage,
  SmlStream,
  type StreamEvent,
  type Telegram,
  telegramsOf,
} from "@siegel/sml";
import { equalBytes } from "@siegel/wire";

import type { Span } from "../core/gaps.ts";

/** Why something on a line was not taken. */
export type LineFault =
  | "unknown-meter"
  | "no-meter-id"
  | "not-signed"
  | "bad-signature"
  | "damaged"
  | "unreadable"
  | "unasked";

export type Heard =
  | { readonly kind: "pushed"; readonly meter: string; readonly telegram: Telegram }
  | {
      readonly kind: "answered";
      readonly question: Question;
      readonly result: Outcome["result"];
      /** Rows of the meter's memory, of the meter that was asked. */
      readonly rows: readonly Telegram[];
      /** Who answered; undefined when nobody said so. */
      readonly meter: string | undefined;
      /** Code of a refusal. */
      readonly code: string | undefined;
    }
  | { readonly kind: "fault"; readonly fault: LineFault };

/** A request file on its way. */
export interface Question {
  readonly messages: readonly SmlMessage[];
  readonly span: Span;
  /** Whom it asks; undefined: whoever is there. */
  readonly meter: string | undefined;
}

export interface ReaderOptions {
  /** Meters that may be on this line, in hex; undefined: the first one heard, and no other afterwards. */
  readonly meters: ReadonlySet<string> | undefined;
  readonly key?: SignatureVerifier | undefined;
}

export class MeterReader {
  readonly #stream: SmlStream;
  readonly #isSigned: boolean;
  #meters: ReadonlySet<string> | undefined;
  #question: Question | undefined;
  /** Offsets of files that are pushes; the stream shows a file before its telegrams. */
  readonly #pushes = new Set<number>();
  readonly #answers: Heard[] = [];

  constructor({ meters, key }: ReaderOptions) {
    this.#meters = meters;
    this.#isSigned = key !== undefined;
    this.#stream = new SmlStream(key === undefined ? {} : { key }, {
      file: (file, { offset }) => this.#see(file, offset),
    });
  }

  /** Meters that are taken from this line; undefined as long as nobody is known. */
  get meters(): ReadonlySet<string> | undefined {
    return this.#meters;
  }

  /** Meters may be asked only when an answer can be believed: no answer is signed. */
  get mayAsk(): boolean {
    return !this.#isSigned;
  }

  /** A question was written to the line; the one before it, if it is still open, is given up. */
  asked(question: Question): void {
    this.#question = question;
  }

  /** Whether this question waits for its answer. */
  isOpen(question: Question): boolean {
    return this.#question === question;
  }

  push(chunk: Uint8Array): Heard[] {
    return this.#heard(this.#stream.push(chunk));
  }

  /** The line ended: a file under way is damaged. */
  flush(): Heard[] {
    return this.#heard(this.#stream.flush());
  }

  #heard(events: readonly StreamEvent[]): Heard[] {
    const heard: Heard[] = [];
    for (const event of events) {
      if (event.kind === "error")
        heard.push(fault(event.error.name === "SignatureError" ? "bad-signature" : "damaged"));
      else if (event.kind === "noise") heard.push(fault("unreadable"));
      else if (event.kind === "telegram" && this.#pushes.has(event.offset)) heard.push(this.#pushed(event.telegram));
    }
    this.#pushes.clear();
    return [...heard, ...this.#answers.splice(0)];
  }

  #pushed(telegram: Telegram): Heard {
    const meter = this.#admitted(telegram);
    if (typeof meter !== "string") return meter;
    if (!this.#isSigned) return { kind: "pushed", meter, telegram };
    const values = telegram.values.filter(({ trust }) => trust === "signed");
    return values.length === 0 ? fault("not-signed") : { kind: "pushed", meter, telegram: { ...telegram, values } };
  }

  /** The meter's id when it may be here. */
  #admitted({ meter }: Pick<Telegram, "meter">): string | Heard {
    if (meter === undefined) return fault("no-meter-id");
    this.#meters ??= new Set([meter.id]);
    return this.#meters.has(meter.id) ? meter.id : fault("unknown-meter");
  }

  #see(file: SmlFile, offset: number): void {
    const question = this.#question;
    if (question !== undefined && answers(question, file)) {
      this.#question = undefined;
      this.#answers.push(this.#answered(question, file));
    } else if (file.messages.some(({ body }) => body.kind === "GetListResponse")) this.#pushes.add(offset);
    else if (file.messages.some(({ body }) => memoryKinds.has(body.kind))) this.#answers.push(fault("unasked"));
  }

  #answered(question: Question, file: SmlFile): Heard {
    const [outcome] = outcomesOf(question.messages, file);
    const result = outcome?.result ?? "unanswered";
    const code = outcome !== undefined && "attention" in outcome ? outcome.attention.code : undefined;
    if (outcome?.result !== "answered") return { kind: "answered", question, result, rows: [], meter: undefined, code };
    const bodies = new Set(outcome.answers);
    const rows = telegramsOf({ messages: file.messages.filter(({ body }) => bodies.has(body)), deviations: [] });
    for (const row of rows) {
      const meter = this.#admitted(row);
      if (typeof meter !== "string") return meter;
      // One answer speaks for one meter, and for the one that was asked.
      if (meter !== (question.meter ?? rows[0]?.meter?.id)) return fault("unknown-meter");
    }
    return { kind: "answered", question, result, rows, meter: question.meter ?? rows[0]?.meter?.id, code };
  }
}

function answers({ messages }: Question, file: SmlFile): boolean {
  const asked = messages[0]?.body;
  const opened = file.messages[0]?.body;
  if (asked?.kind !== "PublicOpenRequest" || opened?.kind !== "PublicOpenResponse") return false;
  return equalBytes(asked.value.reqFileId, opened.value.reqFileId);
}

function fault(fault: LineFault): Heard {
  return { kind: "fault", fault };
}

const memoryKinds: ReadonlySet<string> = new Set(["GetProfileListResponse", "GetProfilePackResponse"]);

/**
 * Commands that wait for their meter to listen.
 *
 * In: commands; each telegram that was opened, with what time it is.  Out: what to send right now, and what became of commands.
 * Not here: the radio, the clock. A state machine without I/O: whoever runs it sends the frames at once, since the window is a
 * few milliseconds.
 *
 * | state   | input                          | next    | effects                          |
 * |---------|--------------------------------|---------|----------------------------------|
 * | waiting | telegram with window           | sent    | seal, send                       |
 * | waiting | time over                      | –       | expired                          |
 * | sent    | telegram with window, no answer| sent    | send the same octets again       |
 * | sent    | as before, tries used up       | –       | unanswered, session end          |
 * | sent    | authenticated ACK or answer    | –       | done or refused, session end     |
 * | sent    | time over                      | –       | unanswered, session end          |
 *
 * Why the same octets again: a meter that obeyed and whose answer was lost must not obey twice; the counter tells it.
 * Why only an authenticated answer ends it: whoever could fake "done" would keep a valve from closing unseen.
 */

import type { Instant } from "@siegel/readings";
import { addressText, type MeterAddress } from "../framing/wireless/address.ts";
import type { OpenedTelegram } from "../security/open.ts";
import { AuthenticatedDownlink, type DownlinkKey } from "./authenticated-downlink.ts";
import { type Command, messageOf } from "./command.ts";
import { DownlinkError } from "./errors.ts";
import type { FreshCounters } from "./fresh-counter.ts";
import { isListening, sessionEnd } from "./window.ts";

export type OutboxEffect =
  | { readonly do: "send"; readonly frame: Uint8Array }
  | { readonly do: "report"; readonly id: string; readonly outcome: CommandOutcome };

/** "done": the meter acknowledged it. "refused": it answered with an application error. */
export type CommandOutcome = "done" | "refused" | "expired" | "unanswered";

/** Ids that were used, so that none is used again after a restart. Returns when the id is durable. */
export interface CommandIdStore {
  has(id: string): boolean;
  add(id: string, expires: Instant): void;
}

export interface OutboxOptions {
  readonly counters: FreshCounters;
  readonly ids: CommandIdStore;
  /** Telegrams for one command; 3 unless told. */
  readonly maxTries?: number;
  /** Commands of one meter, and of all; 4 and 1000 unless told. */
  readonly maxPerMeter?: number;
  readonly maxAll?: number;
}

type Waiting = { readonly at: "waiting"; readonly command: Command };
type Sent = {
  readonly at: "sent";
  readonly command: Command;
  readonly downlink: AuthenticatedDownlink;
  readonly tries: number;
};
type Entry = Waiting | Sent;

interface Box {
  readonly meter: MeterAddress;
  readonly key: DownlinkKey;
  entries: readonly Entry[];
  access: number;
  frameCount: boolean;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #boxes = new Map<string, Box>();
  #count = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Commands that wait or were sent and not answered. */
  get size(): number {
    return this.#count;
  }

  /**
   * Takes a command. Its id is spent from here on.
   *
   * @throws {DownlinkError} "command-used", "expired", "outbox-full"; {EncodeError} for what no record can say.
   */
  put(meter: MeterAddress, key: DownlinkKey, command: Command, now: Instant): void {
    messageOf(command.action);
    if (command.id.length < 1 || command.id.length > 64) throw new DownlinkError("not-a-command");
    if (now.compare(command.expires) >= 0) throw new DownlinkError("expired");
    if (this.#options.ids.has(command.id)) throw new DownlinkError("command-used");
    const name = addressText(meter);
    const box = this.#boxes.get(name) ?? { meter, key, entries: [], access: 0, frameCount: true };
    if (box.entries.length >= (this.#options.maxPerMeter ?? 4) || this.#count >= (this.#options.maxAll ?? 1000)) {
      throw new DownlinkError("outbox-full");
    }
    this.#options.ids.add(command.id, command.expires);
    this.#boxes.set(name, { ...box, key, entries: [...box.entries, { at: "waiting", command }] });
    this.#count++;
  }

  /** A telegram of a meter was opened: what follows from it, in order. */
  heard(telegram: OpenedTelegram, now: Instant): OutboxEffect[] {
    const name = addressText(telegram.meter);
    const box = this.#boxes.get(name);
    if (box === undefined) return [];
    const effects = this.#expire(box, now);
    const answered = this.#answered(box, telegram);
    effects.push(...answered);
    const [first] = box.entries;
    if (first === undefined) {
      this.#boxes.delete(name);
      return effects;
    }
    // An answer ends a session; the next command waits for the next window.
    if (answered.length === 0 && isListening(telegram)) effects.push(...this.#send(box, first));
    return effects;
  }

  /** Time went on without a telegram: commands whose end has come are reported. */
  tick(now: Instant): OutboxEffect[] {
    const effects: OutboxEffect[] = [];
    for (const [name, box] of this.#boxes) {
      effects.push(...this.#expire(box, now));
      if (box.entries.length === 0) this.#boxes.delete(name);
    }
    return effects;
  }

  #send(box: Box, entry: Entry): OutboxEffect[] {
    if (entry.at === "waiting") {
      const { ci, content } = messageOf(entry.command.action);
      box.access = (box.access + 1) & 0xff;
      const fields = { meter: box.meter, with: box.key, ci, content, access: box.access, frameCount: box.frameCount };
      const downlink = AuthenticatedDownlink.seal(fields, this.#options.counters);
      box.frameCount = !box.frameCount;
      this.#replaceFirst(box, { at: "sent", command: entry.command, downlink, tries: 1 });
      return [{ do: "send", frame: downlink.frame }];
    }
    if (entry.tries >= (this.#options.maxTries ?? 3)) return this.#over(box, entry, "unanswered");
    this.#replaceFirst(box, { ...entry, tries: entry.tries + 1 });
    return [{ do: "send", frame: entry.downlink.frame }];
  }

  /** Whether this telegram is the meter's word on the command under way: authenticated, and with the number it was given. */
  #answered(box: Box, { tpl, tagBytes, warnings }: OpenedTelegram): OutboxEffect[] {
    const [first] = box.entries;
    if (first?.at !== "sent" || tpl?.access !== first.downlink.access) return [];
    if ((tagBytes ?? 0) < 8 || warnings.length > 0) return [];
    if (tpl.kind === "application-error") return this.#over(box, first, "refused");
    return tpl.kind === "transport" || tpl.kind === "records" ? this.#over(box, first, "done") : [];
  }

  #over(box: Box, entry: Entry, outcome: CommandOutcome): OutboxEffect[] {
    box.entries = box.entries.filter((one) => one !== entry);
    this.#count--;
    const report: OutboxEffect = { do: "report", id: entry.command.id, outcome };
    return entry.at === "waiting" ? [report] : [report, { do: "send", frame: sessionEnd(box.meter) }];
  }

  #expire(box: Box, now: Instant): OutboxEffect[] {
    return box.entries
      .filter(({ command }) => now.compare(command.expires) >= 0)
      .flatMap((entry) => this.#over(box, entry, entry.at === "sent" ? "unanswered" : "expired"));
  }

  #replaceFirst(box: Box, entry: Entry): void {
    box.entries = [entry, ...box.entries.slice(1)];
  }
}

/**
 * Values as they are committed, to whoever watches a meter.
 *
 * Bounded in clients, in clients of one person and in what is remembered. A client that does not keep up is dropped: it comes
 * back with the id of the last event it saw. A client is opened first and started later, when its newest values have been
 * read; what is committed in between is not lost.
 */

import type { CurrentValue } from "@siegel/contract";

/** Where events go. `write` says false when the client has too much unsent. */
export interface LiveSink {
  write(text: string): boolean;
  end(): void;
}

export interface LiveAsk {
  readonly meter: string;
  readonly person: string;
  /** The session it lives by. */
  readonly session: string;
  readonly sink: LiveSink;
}

export interface LiveClient {
  /** Sends what came after that event, or the newest values when it is not remembered; then goes on. */
  start(lastEventId: string | undefined, newest: readonly CurrentValue[]): void;
  close(): void;
}

interface Group {
  readonly sequence: number;
  readonly meter: string;
  readonly readings: readonly CurrentValue[];
}

interface Client extends LiveAsk {
  isStarted: boolean;
}

export interface LiveLimits {
  readonly clients: number;
  readonly perPerson: number;
  readonly remembered: number;
}

export class LiveHub {
  readonly #runId: string;
  readonly #limits: LiveLimits;
  readonly #clients = new Set<Client>();
  #remembered: Group[] = [];
  #sequence = 0;

  /** @param runId  Of this run of the program: ids of another run are not followed up. */
  constructor(runId: string, limits: LiveLimits = defaultLimits) {
    this.#runId = runId;
    this.#limits = limits;
  }

  get count(): number {
    return this.#clients.size;
  }

  /** Undefined when there are too many already. */
  open(ask: LiveAsk): LiveClient | undefined {
    if (this.#clients.size >= this.#limits.clients) return undefined;
    const own = [...this.#clients].filter(({ person }) => person === ask.person).length;
    if (own >= this.#limits.perPerson) return undefined;
    const client: Client = { ...ask, isStarted: false };
    const openedAt = this.#sequence;
    this.#clients.add(client);
    return {
      start: (lastEventId, newest) => this.#start(client, openedAt, lastEventId, newest),
      close: () => this.#clients.delete(client),
    };
  }

  publish(meter: string, readings: readonly CurrentValue[]): void {
    if (readings.length === 0) return;
    const group = { sequence: ++this.#sequence, meter, readings };
    this.#remembered.push(group);
    if (this.#remembered.length > 2 * this.#limits.remembered) {
      this.#remembered = this.#remembered.slice(-this.#limits.remembered);
    }
    for (const client of this.#clients) if (client.isStarted && client.meter === meter) this.#send(client, group);
  }

  /** A comment to everyone, so that proxies keep the line and dead clients are noticed. */
  heartbeat(): void {
    for (const client of this.#clients) if (client.isStarted) this.#write(client, ": \n\n");
  }

  /** Ends the streams of sessions that are no more. */
  endSessions(isOver: (session: string) => boolean): void {
    for (const client of this.#clients) if (isOver(client.session)) this.#drop(client);
  }

  sessions(): ReadonlySet<string> {
    return new Set([...this.#clients].map(({ session }) => session));
  }

  close(): void {
    for (const client of this.#clients) this.#drop(client);
  }

  #start(client: Client, openedAt: number, lastEventId: string | undefined, newest: readonly CurrentValue[]): void {
    if (!this.#clients.has(client)) return;
    client.isStarted = true;
    const seen = this.#sequenceOf(lastEventId);
    const from = seen ?? openedAt;
    if (seen === undefined) {
      this.#write(client, textOf({ readings: newest, id: `${this.#runId}-${openedAt}` }));
    }
    for (const group of this.#remembered) {
      if (group.sequence > from && group.meter === client.meter) this.#send(client, group);
    }
  }

  /** Of an event of this run after which everything is remembered. */
  #sequenceOf(id: string | undefined): number | undefined {
    const [, runId, digits] = /^([\w-]{1,64})-(\d{1,15})$/.exec(id ?? "") ?? [];
    if (runId !== this.#runId) return undefined;
    const sequence = Number(digits);
    const oldest = this.#remembered[0]?.sequence ?? this.#sequence + 1;
    return sequence <= this.#sequence && sequence >= oldest - 1 ? sequence : undefined;
  }

  #send(client: Client, { sequence, readings }: Group): void {
    this.#write(client, textOf({ readings, id: `${this.#runId}-${sequence}` }));
  }

  #write(client: Client, text: string): void {
    if (text !== "" && !client.sink.write(text)) this.#drop(client);
  }

  #drop(client: Client): void {
    this.#clients.delete(client);
    client.sink.end();
  }
}

/** The last event of a group has the id: a client cut off within a group gets all of it again. */
function textOf({ readings, id }: { readonly readings: readonly CurrentValue[]; readonly id: string }): string {
  return readings
    .map((reading, index) => {
      const last = index === readings.length - 1 ? `id: ${id}\n` : "";
      return `${last}event: reading\ndata: ${JSON.stringify(reading)}\n\n`;
    })
    .join("");
}

const defaultLimits: LiveLimits = { clients: 256, perPerson: 8, remembered: 1024 };

/**
 * A bus in virtual time: one master's line, many slaves, echo, loss, damage and collisions, all from one seed.
 *
 * Answers of slaves that overlap are combined octet by octet as the line would (a 0 bit of anybody wins); those that follow
 * one another arrive one after the other. Every delay lies in the window of the standard.
 */

import type { BusLine, BusTimer } from "../../src/session/driver.ts";
import type { WiredSlave } from "../../src/server/wired-slave.ts";

export interface BusFaults {
  readonly echo?: boolean;
  /** Probability that an answer is lost, and that one octet of what the master hears is changed. */
  readonly loss?: number;
  readonly damage?: number;
  /** Bits after which each slave answers at least and at most; 11 and 330 as the standard has it. */
  readonly delayBits?: readonly [number, number];
}

interface Due {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

interface Spoken {
  /** In octets of the line. */
  readonly from: number;
  readonly bytes: Uint8Array;
}

export class SimulatedBus implements BusLine, BusTimer {
  readonly slaves: readonly WiredSlave[];
  /** Everything that the master sent. */
  readonly sent: Uint8Array[] = [];
  readonly #faults: BusFaults;
  #random: number;
  #now = 0;
  #order = 0;
  #due: Due[] = [];
  #baud = 2_400;
  #waiting: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(slaves: readonly WiredSlave[], seed: number, faults: BusFaults = {}) {
    this.slaves = slaves;
    this.#faults = faults;
    this.#random = (seed * 2_654_435_761 + 1) >>> 0;
  }

  /** Virtual milliseconds so far. */
  get elapsedMs(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const due: Due = { at: this.#now + milliseconds, order: this.#order++, run };
    this.#due.push(due);
    return () => {
      due.run = undefined;
    };
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.sent.push(bytes.slice());
    const octetMs = 11_000 / this.#baud;
    if (this.#faults.echo === true) this.#hear(bytes.slice(), 0);
    const answers = this.slaves.flatMap((slave) => {
      if (slave.baud !== this.#baud) return [];
      // A meter reads the line octet by octet; the pause before a question is longer than any in a frame.
      slave.pause();
      return slave.push(bytes.slice()).flatMap((answer) => {
        if (this.#draw() < (this.#faults.loss ?? 0)) return [];
        const [least, most] = this.#faults.delayBits ?? [11, 330];
        return [{ from: Math.ceil((least + this.#draw() * (most - least)) / 11), bytes: answer }];
      });
    });
    for (const { from, bytes: heard } of onTheLine(answers)) {
      this.#hear(this.#damaged(heard), (bytes.length + from) * octetMs);
    }
  }

  /** Something says this on the line, soon. */
  say(bytes: Uint8Array): void {
    this.#hear(bytes, 50);
  }

  async setBaud(baud: number): Promise<void> {
    this.#baud = baud;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    while (!this.#closed) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) yield chunk;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
  }

  /** Lets time pass until the promise is settled. */
  async until<T>(wanted: Promise<T>): Promise<T> {
    let settled = false;
    const watched = wanted.finally(() => (settled = true));
    watched.catch(() => {});
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (settled) return watched;
      this.#due = this.#due.filter(({ run }) => run !== undefined);
      const [next] = this.#due.toSorted((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined) throw new Error("nothing will ever happen");
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.run?.();
    }
  }

  /** Octets come in pieces, as an adapter hands them on. */
  #hear(bytes: Uint8Array, inMs: number): void {
    const octetMs = 11_000 / this.#baud;
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + Math.floor(this.#draw() * 6));
      const piece = bytes.slice(at, end);
      this.after(inMs + end * octetMs, () => {
        this.#waiting.push(piece);
        this.#wake?.();
      });
      at = end;
    }
  }

  #damaged(bytes: Uint8Array): Uint8Array {
    if (this.#draw() >= (this.#faults.damage ?? 0)) return bytes;
    const changed = bytes.slice();
    changed[Math.floor(this.#draw() * changed.length)]! ^= 1 << Math.floor(this.#draw() * 8);
    return changed;
  }

  #draw(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#random / 2 ** 32;
  }
}

/** What is heard of answers that overlap or follow one another. */
function onTheLine(answers: readonly Spoken[]): Spoken[] {
  const heard: { from: number; bytes: number[] }[] = [];
  for (const { from, bytes } of answers.toSorted((a, b) => a.from - b.from)) {
    const last = heard.at(-1);
    if (last === undefined || from >= last.from + last.bytes.length) {
      heard.push({ from, bytes: [...bytes] });
      continue;
    }
    for (const [index, byte] of bytes.entries()) {
      const place = from - last.from + index;
      last.bytes[place] = (last.bytes[place] ?? 0xff) & byte;
    }
  }
  return heard.map(({ from, bytes }) => ({ from, bytes: Uint8Array.from(bytes) }));
}

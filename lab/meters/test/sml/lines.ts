/** The other end of a meter's line: collects what comes and waits for what is expected. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { SmlStream, type StreamEvent } from "@siegel/sml";
import type { Ticker } from "../../src/index.ts";

/** Everything that came on a line, decoded strictly. */
export class Listener {
  readonly events: StreamEvent[] = [];
  bytes = 0;
  readonly #stream = new SmlStream({ strict: true, maxFileBytes: 65_536 });
  #wake = () => {};

  take(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.events.push(...this.#stream.push(Uint8Array.from(chunk)));
    this.#wake();
  }

  /** Resolves when the condition holds; asked after each chunk. */
  async until(holds: (events: readonly StreamEvent[]) => boolean): Promise<void> {
    while (!holds(this.events)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** One letter a telegram: v for pushed values, l for a load profile, r for a refusal. */
  get telegrams(): string {
    return this.events.map((event) => (event.kind === "telegram" ? kindOf(event) : "!")).join("");
  }
}

function kindOf({ telegram }: Extract<StreamEvent, { kind: "telegram" }>): string {
  if (telegram.attention !== undefined) return "r";
  return telegram.values.length > 2 ? "v" : "l";
}

export async function connected(port: number): Promise<{ socket: Socket; heard: Listener }> {
  const socket = connect(port, "127.0.0.1");
  const heard = new Listener();
  socket.on("data", (chunk) => heard.take(chunk));
  socket.on("error", () => {}); // a cut is what some tests are about
  await once(socket, "connect");
  return { socket, heard };
}

/** Time that passes when a test says so. */
export class HandTicker implements Ticker {
  #now = 1_750_000_000_000;
  #due: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const order = { at: this.#now + milliseconds, run };
    this.#due.push(order);
    return () => (this.#due = this.#due.filter((one) => one !== order));
  }

  pass(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }

  /** The clock is set; what was ordered still comes as many milliseconds from now as it would have. */
  jump(milliseconds: number): void {
    this.#now += milliseconds;
    for (const order of this.#due) order.at += milliseconds;
  }

  get waiting(): number {
    return this.#due.length;
  }
}

/** Lets sockets do their work until the condition holds. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

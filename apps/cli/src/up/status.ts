/**
 * How the lab does, for whoever looks at the terminal: one line that rewrites itself, or one a minute where nothing can be rewritten.
 *
 * Counts and times only: readings are on the page, for who may see them.
 */

import type { Terminal } from "../terminal.ts";

export class Status {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  #deliveries = 0;
  #quarantined = 0;
  #lastMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;

  constructor(terminal: Terminal, nowMs: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
  }

  /** Deliveries that the head-end has stored, and blocks that it put aside, since it was started. */
  committed({ deliveries, quarantined }: { readonly deliveries: number; readonly quarantined: number }): void {
    this.#deliveries += deliveries;
    this.#quarantined += quarantined;
    this.#lastMs = this.#nowMs();
  }

  start(): void {
    const live = this.#terminal.interactive;
    this.#timer = setInterval(() => this.#show(), live ? 1_000 : 60_000);
    if (live) this.#show();
  }

  /** Something else is printed: the line gives way, and comes again below it. */
  print(text: string, to: "out" | "err" = "out"): void {
    this.#clear();
    this.#terminal[to](text);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  line(): string {
    const last = this.#lastMs;
    const ago = last === undefined ? "none yet" : `last ${Math.round((this.#nowMs() - last) / 1_000)} s ago`;
    const count = `${this.#deliveries} ${this.#deliveries === 1 ? "delivery" : "deliveries"}`;
    const aside = this.#quarantined === 0 ? "" : `, ${this.#quarantined} blocks in quarantine`;
    return `${count} verified and stored, ${ago}${aside}`;
  }

  #show(): void {
    const { interactive, columns } = this.#terminal;
    if (!interactive) return this.#terminal.out(`${this.line()}\n`);
    this.#isShown = true;
    this.#terminal.out(`\r${this.#terminal.style("dim", this.line().slice(0, columns - 1))}\u001b[K`);
  }

  #clear(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#terminal.out("\r\u001b[K");
  }
}

/** What a meter sends, at a glance: redrawn in place on a screen, a line a telegram elsewhere. */

import type { ReadEvent } from "../read/protocol.ts";
import type { Terminal } from "../terminal.ts";
import { LiveView } from "./live-view.ts";
import { errorLine } from "./telegram-table.ts";

export class Screen {
  readonly #terminal: Terminal;
  readonly #view: LiveView;
  #drawn = 0;
  #size = "";

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#view = new LiveView(terminal);
  }

  show(event: ReadEvent): void {
    if (event.kind === "error") return this.#terminal.err(`${errorLine(event.error, this.#terminal)}\n`);
    if (!this.#terminal.interactive) return this.#terminal.out(`${this.#view.line(event.telegram)}\n`);
    const lines = this.#view.next(event.telegram);
    const size = `${this.#terminal.columns}×${this.#terminal.rows}`;
    // After a change of size the terminal has wrapped the old lines anew, nobody knows how: from the top, then.
    const back = this.#drawn === 0 ? "" : size === this.#size ? `\u001b[${this.#drawn}A` : "\u001b[H";
    this.#drawn = lines.length;
    this.#size = size;
    // Written over and only then cleared to the right and below, so that nothing flickers.
    this.#terminal.out(`${back}${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
  }
}

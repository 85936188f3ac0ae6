/**
 * What a program prints, in a file that does not grow without end: at the limit it becomes `NAME.log.1`, and a new one begins.
 *
 * A log that cannot be written is no reason to stop: the lines are dropped, and counted in the next one that can.
 */

import { appendFileSync, renameSync, statSync } from "node:fs";

export class BoundedLog {
  readonly path: string;
  readonly #maxBytes: number;
  #byteLength: number;
  #droppedCount = 0;
  /** For the message when its program dies. */
  #lastLine = "";

  constructor(path: string, maxBytes = 1 << 20) {
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#byteLength = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The last line that was added. */
  get lastLine(): string {
    return this.#lastLine;
  }

  add(line: string): void {
    if (line !== "") this.#lastLine = line;
    const dropped = this.#droppedCount === 0 ? "" : `(${this.#droppedCount} lines could not be written)\n`;
    const text = `${dropped}${line}\n`;
    try {
      if (this.#byteLength > 0 && this.#byteLength + text.length > this.#maxBytes) {
        renameSync(this.path, `${this.path}.1`);
        this.#byteLength = 0;
      }
      appendFileSync(this.path, text, { mode: 0o600 });
      this.#byteLength += Buffer.byteLength(text);
      this.#droppedCount = 0;
    } catch {
      this.#droppedCount++; // a full disk: what the program does matters more than what it says
    }
  }
}

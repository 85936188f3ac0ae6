/** Lines of text out of bytes that come cut anywhere. A line that never ends costs no memory: it is dropped and told. */

export interface TextLine {
  readonly offset: number;
  /** Undefined for a line that was too long. */
  readonly text: string | undefined;
}

export class TextLines {
  #parts: Uint8Array[] = [];
  #held = 0;
  #offset = 0;
  #isTooLong = false;

  get pendingBytes(): number {
    return this.#held;
  }

  push(chunk: Uint8Array): TextLine[] {
    const lines: TextLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      this.#take(chunk.subarray(from, end + 1));
      lines.push(this.#line());
      from = end + 1;
    }
    this.#take(chunk.subarray(from));
    return lines;
  }

  /** The last line, where no line end stands behind it. */
  flush(): TextLine[] {
    return this.#held === 0 && !this.#isTooLong ? [] : [this.#line()];
  }

  #take(piece: Uint8Array): void {
    this.#held += piece.length;
    if (this.#held > maxLineBytes) {
      this.#isTooLong = true;
      this.#parts = [];
    } else if (piece.length > 0) this.#parts.push(piece.slice());
  }

  #line(): TextLine {
    const text = this.#isTooLong ? undefined : Buffer.concat(this.#parts).toString("utf8");
    const line = { offset: this.#offset, text };
    this.#offset += this.#held;
    this.#parts = [];
    this.#held = 0;
    this.#isTooLong = false;
    return line;
  }
}

const lineFeed = 0x0a;
const maxLineBytes = 65_536;

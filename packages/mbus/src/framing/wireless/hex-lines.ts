/**
 * Frames out of text: one frame a line, in hexadecimal digits.
 *
 * In: octets of text, cut anywhere.  Out: the octets of each line, or what is wrong with it.
 * Blanks between octets, a leading `0x` and empty lines are allowed, and comments after `#`; a line of more than 1024
 * characters is refused and dropped, so that a stream without line ends costs no memory.
 */

import { DecodeError, fromHex } from "@siegel/wire";

export type HexLine =
  | { readonly kind: "octets"; readonly offset: number; readonly byteLength: number; readonly octets: Uint8Array }
  | { readonly kind: "error"; readonly offset: number; readonly byteLength: number; readonly error: DecodeError };

export class HexLines {
  #text = "";
  #offset = 0;
  /** A line so long that its beginning was dropped. */
  #tooLong = false;

  get pendingBytes(): number {
    return this.#text.length;
  }

  push(chunk: Uint8Array): HexLine[] {
    const lines: HexLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#take(chunk.subarray(from, end));
      lines.push(...this.#finish(1));
      from = end + 1;
    }
    this.#take(chunk.subarray(from));
    return lines;
  }

  /** The last line, when no line end stood behind it. */
  flush(): HexLine[] {
    return this.#finish(0);
  }

  #take(octets: Uint8Array): void {
    if (this.#text.length + octets.length > maxLine) {
      this.#tooLong = true;
      this.#offset += this.#text.length + octets.length;
      this.#text = "";
      return;
    }
    for (const octet of octets) this.#text += String.fromCharCode(octet);
  }

  #finish(endBytes: number): HexLine[] {
    const where = { offset: this.#offset, byteLength: this.#text.length };
    const text = (this.#text.split("#", 1)[0] ?? "").trim();
    const wasTooLong = this.#tooLong;
    this.#offset += this.#text.length + endBytes;
    this.#text = "";
    this.#tooLong = false;
    if (wasTooLong) {
      return [{ kind: "error", ...where, error: new DecodeError("too-long", { path: "line", offset: where.offset }) }];
    }
    if (text === "") return [];
    try {
      return [{ kind: "octets", ...where, octets: fromHex(text) }];
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return [{ kind: "error", ...where, error: new DecodeError(error.code, { path: "line", offset: where.offset }) }];
    }
  }
}

const newline = 0x0a;
const maxLine = 1024;

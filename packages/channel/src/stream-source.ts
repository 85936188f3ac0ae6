/**
 * A Node stream as a byte source: end, loss, silence, limit and abort told apart.
 *
 * In: a readable stream that is open.  Out: plain `Uint8Array`s, and errors of ours only.
 * Not here: opening (./file, ./tcp, ./serial).
 */

import type { Readable, Writable } from "node:stream";

import { lineErrorOf, SourceError, sourceErrorOf } from "./errors.ts";
import type { ByteLine, ByteSource } from "./source.ts";

export interface StreamParts {
  readonly description: string;
  /** The address as the user wrote it, for errors and their advice. */
  readonly address: string;
  readonly stream: Readable;
  /** More bytes than this are an error; none is no limit. */
  readonly maxBytes?: number | undefined;
  /** So long without a byte, while one is waited for, is an error; none is no limit. */
  readonly silenceTimeoutMs?: number | undefined;
  /** A serial port has no end: if its stream ends, the line is lost. */
  readonly endless?: boolean;
  /** What to do besides destroying the stream. */
  readonly release?: () => Promise<void>;
}

export class StreamSource implements ByteSource {
  readonly description: string;
  readonly #parts: StreamParts;
  #taken = false;
  #closed: Promise<void> | undefined;

  constructor(parts: StreamParts) {
    this.description = parts.description;
    this.#parts = parts;
    // A line may break before anybody reads; without a listener that would end the process. `chunks` finds it later.
    parts.stream.on("error", () => {});
  }

  async *chunks(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const { address, stream, maxBytes = Infinity, endless = false } = this.#parts;
    if (this.#taken) throw new SourceError("already-read", address);
    this.#taken = true;
    const stop = (): void => void this.close();
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    let byteLength = 0;
    let silence = this.#startSilence();
    try {
      // The stream was made without an encoding, so every chunk is a Buffer; its iterator is typed `any`.
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        clearTimeout(silence);
        if (this.#closed) return;
        byteLength += chunk.byteLength;
        if (byteLength > maxBytes) throw new SourceError("too-long", address);
        yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        // Only the time in which we wait for the line counts, not the reader's own work.
        silence = this.#startSilence();
      }
      if (endless && !this.#closed) throw new SourceError("line-lost", address);
    } catch (error) {
      // What a closed stream still reports is the echo of closing it.
      if (this.#closed) return;
      throw sourceErrorOf(brokenOff(error) ? new SourceError("line-lost", address, { cause: error }) : error, address);
    } finally {
      clearTimeout(silence);
      signal?.removeEventListener("abort", stop);
      await this.close();
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  async #release(): Promise<void> {
    this.#parts.stream.destroy();
    await this.#parts.release?.();
  }

  #startSilence(): NodeJS.Timeout | undefined {
    const { address, stream, silenceTimeoutMs } = this.#parts;
    if (silenceTimeoutMs === undefined) return undefined;
    return setTimeout(() => stream.destroy(new SourceError("silent", address)), silenceTimeoutMs);
  }
}

export interface LineParts extends StreamParts {
  readonly stream: Readable & Writable;
  /** Waits until what was written is sent. */
  readonly drain?: () => Promise<void>;
  /** Changes the speed, where the line has one. */
  readonly setBaud?: (baud: number) => Promise<void>;
}

/** The same for a stream in both directions. */
export class StreamLine extends StreamSource implements ByteLine {
  readonly #parts: LineParts;
  /** Present where the line has a speed: whoever needs to change it asks for it first. */
  readonly setBaud?: (baud: number) => Promise<void>;

  constructor(parts: LineParts) {
    super(parts);
    this.#parts = parts;
    if (parts.setBaud !== undefined) this.setBaud = parts.setBaud;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { address, stream } = this.#parts;
    if (stream.destroyed) throw new SourceError("line-lost", address);
    // The driver of serial ports keeps a write that falls into the closing of its port for the next opening, and a
    // destroyed stream never answers for a write under way: so the end of the stream is an answer, too.
    let onClose: (() => void) | undefined;
    const lost = new Promise<never>((_, reject) => {
      onClose = () => reject(new SourceError("line-lost", address));
      stream.once("close", onClose);
    });
    try {
      await Promise.race([this.#send(bytes), lost]);
    } catch (error) {
      throw lineErrorOf(error, address);
    } finally {
      if (onClose !== undefined) stream.off("close", onClose);
    }
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const { stream, drain } = this.#parts;
    await new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    await drain?.();
  }
}

/** The stream was destroyed under the reader without a reason: port unplugged, descriptor closed. */
function brokenOff(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

/**
 * Bytes not done with yet, at the end of a stream whose offsets go on counting.
 *
 * Only ever appended to, so that views handed out stay true. Growing by doubling: a line that delivers single bytes costs
 * as much as one that delivers blocks.
 */

export class ByteQueue {
  /** What waits is `bytes[start, end)`. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Offset in the stream of `bytes[0]`. */
  base = 0;
  /** How far the reader of the queue has searched. It moves with the bytes when they move to a larger buffer. */
  scan = 0;

  get length(): number {
    return this.end - this.start;
  }

  /** @param chunk  Belongs to the queue from now on: nobody writes to it again. */
  push(chunk: Uint8Array): void {
    const waiting = this.end - this.start;
    if (waiting === 0) {
      this.base += this.end;
      this.bytes = chunk; // as long as it: whatever comes next finds no room in it and goes to a buffer of ours
      this.start = 0;
      this.scan = 0;
      this.end = chunk.length;
      return;
    }
    if (this.end + chunk.length > this.bytes.length) {
      const grown = new Uint8Array(2 * (waiting + chunk.length));
      grown.set(this.bytes.subarray(this.start, this.end));
      this.base += this.start;
      this.scan = Math.max(0, this.scan - this.start);
      this.bytes = grown;
      this.start = 0;
      this.end = waiting;
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Forgets what waits; offsets go on. */
  clear(): void {
    this.base += this.end;
    this.bytes = new Uint8Array(0);
    this.start = 0;
    this.end = 0;
    this.scan = 0;
  }
}

/** What a meter is read from: bytes in the order of the line, cut anywhere. */

/** One way. Read once; `chunks` a second time is refused. */
export interface ByteSource {
  /** For messages to a person: `/dev/ttyUSB0 (9600-8N1)`, `tcp://meter.example:2000`, `standard input`. */
  readonly description: string;
  /**
   * The bytes until the end of the file, or until the other side closes in order. A chunk is a view that nobody
   * overwrites later. The next one is fetched when it is asked for, so a slow reader slows the line, not the memory.
   * Leaving the loop closes the source. When `signal` aborts or `close` is called, the loop ends without an error.
   *
   * @throws {SourceError} "line-lost", "silent", "too-long", "already-read", "io-failed" …
   */
  chunks(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Frees the file, port or connection. Twice is once. */
  close(): Promise<void>;
}

/** Two ways: a serial port or a connection. Live: it may be lost and come back (`withReconnect`). */
export interface ByteLine extends ByteSource {
  /**
   * Resolves when the operating system has taken the bytes; a serial port, when they are sent.
   *
   * @throws {SourceError} "line-lost"
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Changes the speed of the open port; data bits and parity stay. What was written is sent at the old speed first. Absent
   * where the line has no speed of its own: a connection, behind which a converter has one.
   *
   * @throws {SourceError} "bad-line-settings", "line-lost"
   */
  setBaud?(baud: number): Promise<void>;
}

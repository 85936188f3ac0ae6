/** What a fuzz target is. Each `packages/…/fuzz/*.fuzz.ts` exports one as `target`. */

export interface FuzzTarget {
  /** Short and stable: it names the files of its crashes. */
  readonly name: string;
  /** Good inputs to change. The same in the same order every time: input number k is made from them. */
  seeds(): readonly Uint8Array[];
  /** Bytes that mean something in the format: escape marks, tags, lengths at their limits. */
  readonly dictionary?: readonly Uint8Array[];
  /** Longest input made; 64 KiB unless told. */
  readonly maxBytes?: number;
  /** Returns for good input and for input refused with an error of ours. Whatever it throws is a crash. */
  run(bytes: Uint8Array): void;
}

/** What `siegel read` wants of a protocol: bytes in, telegrams and errors out, and a reason when nothing comes. */

import type { MeterPublicKey } from "@siegel/crypto";
import type { ReadKeys } from "./keys.ts";
import type { ErrorJson, TelegramJson } from "./telegram-json.ts";

export type ReadEvent =
  | { readonly kind: "telegram"; readonly telegram: TelegramJson; readonly certainty?: Certainty }
  | { readonly kind: "error"; readonly error: ErrorJson; readonly certainty?: Certainty };

/**
 * How sure an event makes that the bytes are of this protocol. "proven": a checksum or a form that no other protocol has;
 * "plausible": it reads well, if nobody else wants it. Absent: it says nothing.
 */
export type Certainty = "proven" | "plausible";

/** Why bytes did not decode, and what to do. */
export interface Explanation {
  readonly text: string;
  readonly advice: string;
  /** The bytes meant, where the input was a text form of them; of its beginning only, see docs/limits.md. */
  readonly decoded?: Uint8Array | undefined;
}

export interface ProtocolReader {
  push(chunk: Uint8Array): readonly ReadEvent[];
  flush(): readonly ReadEvent[];
  /** Bytes of a telegram under way. */
  readonly pendingBytes: number;
  /** Why nothing, or little, decoded of what was read so far; most helpful first. */
  explain(): readonly Explanation[];
  /**
   * For meters that speak when they are asked: asks over the line that `push` hears, until the result is called.
   * Absent where meters speak by themselves.
   */
  talk?(write: (bytes: Uint8Array) => Promise<void>): () => void;
  /** Whether the input was longer than what `explain` looks at. */
  readonly explainsBeginningOnly: boolean;
  /** Bytes that belong to nothing came: what is only plausible is no longer so. Absent: not known. */
  readonly isDoubtful?: boolean;
  /** The reader that does the work, where this one chose it. */
  readonly chosen?: string | undefined;
}

export interface ReadOptions {
  readonly strict: boolean;
  readonly key: MeterPublicKey | undefined;
  /** The meter's symmetric key, for protocols with one meter on the line. */
  readonly secret?: Uint8Array | undefined;
  /** The same and those of other meters, for protocols of many. */
  readonly keys?: ReadKeys | undefined;
  /** Speed of the line, where it has one. */
  readonly baud?: number | undefined;
  /** Wired M-Bus: the primary addresses to ask; a search finds the meters unless told. */
  readonly addresses?: readonly number[] | undefined;
  /** Wired M-Bus: milliseconds that a converter may add to the time for an answer. */
  readonly slackMs?: number | undefined;
  /** Told what a person wants to know while he waits. */
  readonly note?: ((text: string) => void) | undefined;
  /** A line or socket, not a file. */
  readonly live: boolean;
}

export interface Protocol {
  readonly name: string;
  /** By what it is known: for the note that says which one was taken. */
  readonly sign: string;
  /**
   * How sure this event makes that the bytes are of this protocol.
   *
   * @param beginning  The first bytes of the input, up to 64 KiB.
   */
  certainty(event: ReadEvent, beginning: Uint8Array): Certainty | undefined;
  open(options: ReadOptions): ProtocolReader;
}

/** What `siegel read` wants of a protocol: bytes in, telegrams and errors out, and a reason when nothing comes. */

import type { MeterPublicKey } from "@siegel/crypto";
import type { ErrorJson, TelegramJson } from "./telegram-json.ts";

export type ReadEvent =
  | { readonly kind: "telegram"; readonly telegram: TelegramJson }
  | { readonly kind: "error"; readonly error: ErrorJson };

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
}

export interface ReadOptions {
  readonly strict: boolean;
  readonly key: MeterPublicKey | undefined;
  /** The meter's symmetric key, for protocols that encrypt. */
  readonly secret?: Uint8Array | undefined;
  /** Speed of the line, where it has one. */
  readonly baud?: number | undefined;
  /** A line or socket, not a file. */
  readonly live: boolean;
}

export interface Protocol {
  readonly name: string;
  open(options: ReadOptions): ProtocolReader;
}

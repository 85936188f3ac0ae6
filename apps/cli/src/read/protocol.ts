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
  /** Whether the input was longer than what `explain` looks at. */
  readonly explainsBeginningOnly: boolean;
}

export interface ReadOptions {
  readonly strict: boolean;
  readonly key: MeterPublicKey | undefined;
  /** A line or socket, not a file. */
  readonly live: boolean;
}

export interface Protocol {
  readonly name: string;
  open(options: ReadOptions): ProtocolReader;
}

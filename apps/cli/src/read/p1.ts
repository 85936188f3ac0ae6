/** P1 as `siegel read` prints it, plain or with the meter's key. */

import { SecretKey } from "@siegel/crypto";
import { looksLikeD0, looksLikeP1, type P1Key, type P1Keys, P1Stream, type P1StreamEvent } from "@siegel/iec62056-21";
import { CommandError, exitCode } from "../exit.ts";
import { noKeys, p1Secret, type ReadKeys } from "./keys.ts";
import type { Explanation, Protocol, ProtocolReader, ReadEvent, ReadOptions } from "./protocol.ts";
import { fromHexText } from "./hex-text.ts";
import { looksOf } from "./looks.ts";
import { telegramOfLines } from "./telegram-of-lines.ts";
import { Sample } from "./sample.ts";

export const p1Protocol: Protocol = {
  name: "p1",
  sign: "a telegram from /XXX5 to ! with objects of P1, or an encrypted one",
  certainty: (event, beginning) => {
    const { p1, isPushedD0 } = looksOf(beginning);
    if (p1 === "yes") return isPushedD0 ? undefined : "proven";
    // Anybody's line may begin with a slash, and octets of any stream may look like the head of an encrypted frame.
    if (event.kind !== "telegram") return undefined;
    if (event.telegram.trust === "authenticated") return "proven";
    return p1 === "unsure" ? "plausible" : undefined;
  },
  open: (options) => new P1ProtocolReader(options),
};

class P1ProtocolReader implements ProtocolReader {
  readonly #stream: P1Stream;
  readonly #live: boolean;
  readonly #codes = new Set<string>();
  readonly #sample = new Sample();

  constructor({ strict, live, secret, keys }: ReadOptions) {
    const known = p1KeysOf(keys ?? noKeys, secret);
    // Whoever has a key expects sealed telegrams: plain ones are refused then.
    this.#stream = new P1Stream({ strict, ...(known === undefined ? {} : { keys: known }) });
    this.#live = live;
  }

  get pendingBytes(): number {
    return this.#stream.pendingBytes;
  }

  get explainsBeginningOnly(): boolean {
    return this.#sample.isBeginningOnly;
  }

  push(chunk: Uint8Array): readonly ReadEvent[] {
    this.#sample.push(chunk);
    return this.#events(this.#stream.push(chunk));
  }

  flush(): readonly ReadEvent[] {
    return this.#events(this.#stream.flush());
  }

  explain(): readonly Explanation[] {
    if (this.#codes.has("no-key")) {
      return [{ text: "The telegrams are encrypted.", advice: "Give the key that the grid operator sent with --key." }];
    }
    if (this.#codes.has("authentication-failed")) {
      const advice =
        "Check the key; give encryption and authentication key together (64 digits) where the latter is another.";
      return [{ text: "The key does not open the telegrams.", advice }];
    }
    const decoded = fromHexText(this.#sample.bytes, (bytes) => looksLikeP1(bytes) === "yes");
    if (decoded !== undefined) {
      return [{ text: "This is hex text of a capture.", advice: "Give the bytes themselves.", decoded }];
    }
    if (this.#sample.isEmpty) {
      const advice = this.#live
        ? "A P1 port sends while its request line is high; its signal is inverted; 115200-8N1, before DSMR 4 9600-7E1."
        : "The file is empty.";
      return [{ text: "Nothing came.", advice }];
    }
    if (this.#codes.size > 0) return [];
    if (looksLikeD0(this.#sample.bytes) !== "no") {
      return [
        { text: "These are data of a D0 meter, without a telegram's header.", advice: "Read them with --protocol d0." },
      ];
    }
    return [
      { text: "No telegram header (/ABC5…) is in what was read.", advice: "Check speed and parity with --line." },
    ];
  }

  #events(events: readonly P1StreamEvent[]): readonly ReadEvent[] {
    return events.flatMap((event): ReadEvent[] => {
      if (event.kind === "noise") return [];
      const { offset } = event;
      if (event.kind === "telegram") {
        this.#codes.add("telegram");
        return [{ kind: "telegram", telegram: telegramOfLines("p1", offset, event.telegram) }];
      }
      const { error, path } = event;
      this.#codes.add(error.code);
      const at = "where" in error ? { at: error.where.offset } : {};
      return [{ kind: "error", error: { protocol: "p1", offset, error: { code: error.code, path, ...at } } }];
    });
  }
}

/** The keys of P1 among those given, by system title and for all others; undefined where there is none. */
export function p1KeysOf(keys: ReadKeys, secret = p1Secret(keys)): P1Keys | undefined {
  const any = secret === undefined ? undefined : keysOf(secret);
  const hasKey = any !== undefined || [...keys.byMeter.keys()].some((id) => systemTitle.test(id));
  if (!hasKey) return undefined;
  return (title) => {
    const octets = keys.byMeter.get(title.toUpperCase());
    return octets === undefined || octets.length === 8 ? any : keysOf(octets);
  };
}

/**
 * The encryption key, or it and the authentication key in one. Without the latter that of the specification is tried,
 * then none: some senders leave the additional data out.
 */
function keysOf(octets: Uint8Array): readonly P1Key[] {
  if (octets.length !== 16 && octets.length !== 32) {
    throw new CommandError(
      exitCode.usage,
      "--key takes 32 hex digits for P1, or 64 with the authentication key behind it",
    );
  }
  const encryption = SecretKey.fromBytes(octets.subarray(0, 16));
  if (octets.length === 32) return [{ encryption, authentication: octets.subarray(16) }];
  return [{ encryption }, { encryption, authentication: "none" }];
}

const systemTitle = /^[\dA-F]{16}$/;

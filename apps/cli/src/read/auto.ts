/**
 * Which protocol it is, where nobody said: all of them read, and the first one that is sure of its bytes goes on alone.
 *
 * In: bytes, cut anywhere.  Out: the events of one protocol, from the beginning of the input.
 * Not here: what makes a protocol sure: each says that itself (`certainty` in ./protocol.ts).
 * Why by reading and not by a look at the first bytes: a line is joined in the middle of a telegram, a capture begins with
 * noise, and what one reader finds whole no look can talk away. A file that a protocol reads, it reads here, too.
 * What is only plausible waits: until it has been so several times and nobody else has a claim, until the line falls silent or
 * the input ends, or until 64 KiB have come. Memory: 64 KiB of the beginning, and a bounded number of events.
 */

import { concatBytes } from "@siegel/wire";
import type { Certainty, Explanation, Protocol, ProtocolReader, ReadEvent, ReadOptions } from "./protocol.ts";
import { bytesOfText } from "./written-bytes.ts";
import { Sample } from "./sample.ts";

/** One protocol in the race. */
interface Runner {
  readonly protocol: Protocol;
  readonly reader: ProtocolReader;
  /** What it would have told. */
  held: ReadEvent[];
  proven: number | undefined;
  plausible: number;
}

export class AutoReader implements ProtocolReader {
  readonly #options: ReadOptions;
  #runners: readonly Runner[];
  #winner: Runner | undefined;
  readonly #sample = new Sample();
  #beginning: Uint8Array = new Uint8Array(0);

  /** @param protocols  In the order in which they are believed where several are sure at once. */
  constructor(protocols: readonly Protocol[], options: ReadOptions) {
    this.#options = options;
    this.#runners = protocols.map((protocol) => ({
      protocol,
      reader: protocol.open(options),
      held: [],
      proven: undefined,
      plausible: 0,
    }));
  }

  get chosen(): string | undefined {
    return this.#winner?.protocol.name;
  }

  get pendingBytes(): number {
    if (this.#winner !== undefined) return this.#winner.reader.pendingBytes;
    // What is held back waits for a pause, as a telegram under way does.
    return Math.max(0, ...this.#runners.map(({ reader, plausible }) => reader.pendingBytes + plausible));
  }

  get explainsBeginningOnly(): boolean {
    return this.#sample.isBeginningOnly;
  }

  push(chunk: Uint8Array): readonly ReadEvent[] {
    this.#keep(chunk);
    if (this.#winner !== undefined) return this.#winner.reader.push(chunk);
    // Readers keep views of what they are given, and none may see another's changes.
    for (const runner of this.#runners) this.#hear(runner, runner.reader.push(chunk.slice()));
    return this.#decide(false);
  }

  flush(): readonly ReadEvent[] {
    if (this.#winner !== undefined) return this.#winner.reader.flush();
    for (const runner of this.#runners) this.#hear(runner, runner.reader.flush());
    return this.#decide(true);
  }

  explain(): readonly Explanation[] {
    if (this.#winner !== undefined) return this.#winner.reader.explain();
    const bytes = this.#sample.bytes;
    const written = bytes.length === 0 ? undefined : bytesOfText(bytes);
    const [first, ...others] = this.#runners.map(({ protocol, reader }) => ({
      name: protocol.name,
      // What stands in noise says nothing.
      explanations: reader.isDoubtful === true && reader !== this.#runners[0]?.reader ? doubtful : reader.explain(),
    }));
    if (first === undefined) return [];
    // The first protocol's reader knows what many other inputs are, and what happens to bytes on their way.
    const alone = written === undefined ? first.explanations : [written];
    if (this.#sample.isEmpty) return this.#options.live ? [...alone, whoMustBeAsked] : alone;
    const made = others.flatMap(({ name, explanations }) =>
      explanations[0] === undefined ? [] : [`${name}: ${explanations[0].text}`],
    );
    const tried = {
      text: `Read as every protocol, in vain. ${made.join(" ")}`,
      advice: "Name one with --protocol to see more.",
    };
    return [...alone, tried];
  }

  #keep(chunk: Uint8Array): void {
    this.#sample.push(chunk);
    if (this.#beginning.length < lookBytes) this.#beginning = concatBytes(this.#beginning, chunk).slice(0, lookBytes);
  }

  #hear(runner: Runner, events: readonly ReadEvent[]): void {
    for (const event of events) {
      const certainty: Certainty | undefined = runner.protocol.certainty(event, this.#beginning);
      const { offset } = event.kind === "telegram" ? event.telegram : event.error;
      if (certainty === "proven") runner.proven ??= offset;
      else if (certainty === "plausible") runner.plausible++;
      if (runner.held.length < maxHeld) runner.held.push(event);
    }
  }

  #decide(ended: boolean): readonly ReadEvent[] {
    const sure = this.#runners
      .filter(({ proven }) => proven !== undefined)
      // Who found his telegram first: what stands inside of another's is found later.
      .toSorted((a, b) => (a.proven ?? 0) - (b.proven ?? 0))[0];
    const winner = sure ?? this.#plausible(ended);
    if (winner === undefined) return [];
    this.#winner = winner;
    this.#runners = [];
    const events = winner.held;
    winner.held = [];
    this.#tell(winner, events);
    return events;
  }

  #plausible(ended: boolean): Runner | undefined {
    const claims = this.#runners.filter(({ plausible, reader }) => plausible > 0 && reader.isDoubtful !== true);
    const isDue = ended || this.#sample.isBeginningOnly;
    if (!isDue) {
      const [only] = claims;
      // Whoever has said nothing yet may be in the middle of its first telegram.
      return claims.length === 1 && only!.plausible >= enough ? only : undefined;
    }
    return claims.toSorted((a, b) => b.plausible - a.plausible)[0];
  }

  #tell({ protocol, proven }: Runner, events: readonly ReadEvent[]): void {
    const [first] = events;
    const name =
      first === undefined ? protocol.name : (first.kind === "telegram" ? first.telegram : first.error).protocol;
    const doubt = proven === undefined ? ", as far as one can see" : "";
    this.#options.note?.(`reading it as ${name}${doubt}: ${protocol.sign}; --protocol takes another`);
  }
}

const doubtful: readonly Explanation[] = [{ text: "Nothing that is not chance.", advice: "" }];
const whoMustBeAsked: Explanation = {
  text: "Some meters speak only when they are asked.",
  advice: "An optical head's: --protocol d0 --line 300-7E1. On M-Bus: --protocol mbus --line 2400-8E1.",
};
const lookBytes = 8_192;
/** Of a line of text that is read as the hour is, or of noise. */
const maxHeld = 2_000;
/** Times that something was plausible before it is believed on a line that goes on. */
const enough = 3;

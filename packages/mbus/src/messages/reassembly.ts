/**
 * Messages put together from fragments, with bounds on what strangers can make us keep.
 *
 * In: fragments as the layer above the link gives them, and what time it is.  Out: the whole message, or what is wrong.
 * Not here: whether it is genuine (../security), a clock.
 * Why refused rather than replaced: when as many senders as allowed have begun a message, a new one is not begun until one is
 * complete or out of time. So whoever floods us with first fragments can hinder others for `timeoutMs`, and not undo what
 * they have sent. A message is a few hundred octets; a sender that begins anew gives up what it had begun.
 */

import type { Instant } from "@siegel/readings";
import { concatBytes } from "@siegel/wire";
import { addressText, type MeterAddress } from "../framing/wireless/address.ts";
import type { Afl } from "./afl.ts";

export interface ReassemblyLimits {
  /** Octets of one message; 4096 unless told. */
  readonly maxBytes?: number;
  /** Fragments of one message; 32 unless told, at most 255. */
  readonly maxFragments?: number;
  /** Messages under way; 64 unless told. */
  readonly maxSenders?: number;
  /** From the first fragment to the last; 60 seconds unless told. */
  readonly timeoutMs?: number;
}

export type ReassemblyRefusal = "flooded" | "out-of-order" | "too-long" | "wrong-length";

export type Reassembled =
  | { readonly is: "whole"; readonly octets: Uint8Array; readonly afl: Afl }
  | { readonly is: "pending" }
  | { readonly is: "refused"; readonly why: ReassemblyRefusal };

interface UnderWay {
  readonly since: Instant;
  readonly first: Afl;
  readonly parts: Uint8Array[];
  byteLength: number;
  last: number;
}

export class Reassembly {
  readonly #limits: Required<ReassemblyLimits>;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(limits: ReassemblyLimits = {}) {
    const { maxBytes = 4096, maxFragments = 32, maxSenders = 64, timeoutMs = 60_000 } = limits;
    this.#limits = { maxBytes, maxFragments, maxSenders, timeoutMs };
  }

  /** Octets kept for messages under way. */
  get pendingBytes(): number {
    let sum = 0;
    for (const { byteLength } of this.#underWay.values()) sum += byteLength;
    return sum;
  }

  /** MCL of the sender's message under way, if its first fragment had one: it says how long the MAC in the last one is. */
  messageControlOf(sender: MeterAddress): number | undefined {
    if (this.#underWay.size === 0) return undefined; // nearly always: then no name is made
    return this.#underWay.get(addressText(sender))?.first.messageControl;
  }

  /**
   * Takes one fragment (`afl.fragment` ≥ 1).
   *
   * A fragment that was taken last, heard once more, is passed over. The fields of the whole are those of the first, its MAC that
   * of the last.
   */
  take(sender: MeterAddress, afl: Afl, part: Uint8Array, now: Instant): Reassembled {
    this.#expire(now);
    const key = addressText(sender);
    const known = this.#underWay.get(key);
    if (afl.fragment === 1) return this.#begin(key, afl, part, now);
    if (known === undefined) return { is: "refused", why: "out-of-order" };
    if (afl.fragment === known.last) return { is: "pending" };
    if (afl.fragment !== known.last + 1) return this.#giveUp(key, "out-of-order");
    if (known.parts.length >= this.#limits.maxFragments) return this.#giveUp(key, "too-long");
    if (known.byteLength + part.length > this.#limits.maxBytes) return this.#giveUp(key, "too-long");
    known.parts.push(new Uint8Array(part));
    known.byteLength += part.length;
    known.last = afl.fragment;
    return afl.moreFragments ? { is: "pending" } : this.#finish(key, known, afl);
  }

  #begin(key: string, afl: Afl, part: Uint8Array, now: Instant): Reassembled {
    // One fragment alone is written as 0. No MAC covers the fragment's number, so nothing but the usual is taken.
    if (!afl.moreFragments) return this.#giveUp(key, "out-of-order");
    if (!this.#underWay.has(key) && this.#underWay.size >= this.#limits.maxSenders) {
      return { is: "refused", why: "flooded" };
    }
    const announced = afl.messageLength ?? 0;
    if (Math.max(part.length, announced) > this.#limits.maxBytes) return this.#giveUp(key, "too-long");
    const begun: UnderWay = { since: now, first: afl, parts: [new Uint8Array(part)], byteLength: part.length, last: 1 };
    this.#underWay.delete(key); // so that the order of the map is that of the beginnings
    this.#underWay.set(key, begun);
    return { is: "pending" };
  }

  #finish(key: string, { first, parts, byteLength }: UnderWay, last: Afl): Reassembled {
    this.#underWay.delete(key);
    const afl: Afl = {
      moreFragments: false,
      fragment: 0,
      messageControl: first.messageControl ?? last.messageControl,
      keyInformation: first.keyInformation ?? last.keyInformation,
      counter: first.counter ?? last.counter,
      mac: last.mac ?? first.mac,
      messageLength: first.messageLength ?? last.messageLength,
      byteLength: first.byteLength,
    };
    if (afl.messageLength !== undefined && afl.messageLength !== byteLength) {
      return { is: "refused", why: "wrong-length" };
    }
    return { is: "whole", octets: concatBytes(...parts), afl };
  }

  #giveUp(key: string, why: ReassemblyRefusal): Reassembled {
    this.#underWay.delete(key);
    return { is: "refused", why };
  }

  /** Beginnings are in order, so the look ends at the first that still has time. */
  #expire(now: Instant): void {
    for (const [key, { since }] of this.#underWay) {
      if (now.since(since) <= this.#limits.timeoutMs && now.since(since) >= 0) return;
      this.#underWay.delete(key);
    }
  }
}

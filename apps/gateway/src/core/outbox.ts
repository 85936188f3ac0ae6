/**
 * Deliveries on their way: a state machine as data.
 *
 * In: what happened to a delivery or to the line.  Out: the next state, and which deliveries to send now.
 * A delivery stays here until its receipt is stored; nothing else ends it. Two kinds of failure are kept apart:
 * - the line fails (nobody there, time-out, 5xx, queue full): all wait together, then one probes, then the others follow;
 * - one delivery is refused (4xx, a receipt that does not hold): it alone rests, long, and the others go on.
 * Waits double, are capped and spread over their upper half, as `withReconnect` of channel does it, so that a thousand
 * gateways of one head-end that restarts do not come back in the same instant.
 */

import { GatewayError } from "../errors.ts";

export type Line =
  | { readonly at: "open" }
  /** Nothing is sent before `retryAtMs`. */
  | { readonly at: "failing"; readonly attempt: number; readonly retryAtMs: number }
  /** One delivery is on its way to find out. */
  | { readonly at: "probing"; readonly attempt: number };

export type Letter =
  | { readonly at: "waiting"; readonly refusals: number }
  | { readonly at: "sending"; readonly refusals: number }
  /** Refused; not sent again before `retryAtMs`. */
  | { readonly at: "resting"; readonly refusals: number; readonly retryAtMs: number };

export interface Outbox {
  readonly line: Line;
  /** By delivery number, oldest first. */
  readonly letters: ReadonlyMap<bigint, Letter>;
}

export type OutboxInput =
  /** A delivery that is stored and not receipted: just sealed, or found at start. */
  | { readonly on: "sealed"; readonly number: bigint; readonly refusals?: number }
  /** Time has passed. */
  | { readonly on: "tick" }
  /** The receipt is verified and stored. */
  | { readonly on: "receipted"; readonly number: bigint }
  | { readonly on: "refused"; readonly number: bigint }
  /** Nobody answered, or not now. */
  | { readonly on: "unreached"; readonly number: bigint; readonly retryAfterMs?: number };

export interface Step {
  readonly next: Outbox;
  readonly send: readonly bigint[];
}

export interface OutboxPolicy {
  readonly parallel: number;
  readonly line: Waits;
  readonly refused: Waits;
}

/** Longest first wait, longest wait at all. */
export interface Waits {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const outboxPolicy: OutboxPolicy = {
  parallel: 4,
  line: { firstMs: 1_000, maxMs: 60_000 },
  refused: { firstMs: 60_000, maxMs: 3_600_000 },
};

export const emptyOutbox: Outbox = { line: { at: "open" }, letters: new Map() };

/** @param at.monoMs  Monotonic. @param at.fraction  In [0, 1), spreads waits. */
export function step(
  now: Outbox,
  input: OutboxInput,
  {
    monoMs,
    fraction,
    policy = outboxPolicy,
  }: { readonly monoMs: number; readonly fraction: number; readonly policy?: OutboxPolicy },
): Step {
  const letters = new Map(now.letters);
  let { line } = now;
  if (input.on === "sealed") {
    if (letters.has(input.number)) throw unexpected(input.on, "known");
    letters.set(input.number, { at: "waiting", refusals: input.refusals ?? 0 });
  } else if (input.on !== "tick") {
    const letter = letters.get(input.number);
    if (letter?.at !== "sending") throw unexpected(input.on, letter?.at ?? "unknown");
    switch (input.on) {
      case "receipted":
        letters.delete(input.number);
        line = { at: "open" };
        break;
      case "refused": {
        const refusals = letter.refusals + 1;
        const retryAtMs = monoMs + waitMs(policy.refused, refusals, fraction);
        letters.set(input.number, { at: "resting", refusals, retryAtMs });
        line = { at: "open" }; // somebody answered
        break;
      }
      case "unreached":
        letters.set(input.number, { ...letter, at: "waiting" });
        line = failed(line, input.retryAfterMs);
        break;
    }
  }
  return sendable({ line, letters });

  function failed(before: Line, retryAfterMs = 0): Line {
    if (before.at === "failing") return before; // one of several that were under way together
    const attempt = before.at === "probing" ? before.attempt + 1 : 1;
    return {
      at: "failing",
      attempt,
      retryAtMs: monoMs + Math.max(retryAfterMs, waitMs(policy.line, attempt, fraction)),
    };
  }

  function sendable(box: Outbox): Step {
    const isDue = box.line.at === "failing" && monoMs >= box.line.retryAtMs;
    const open = box.line.at === "open" ? policy.parallel : isDue ? 1 : 0;
    const after = new Map<bigint, Letter>(box.letters);
    let free = open;
    for (const letter of box.letters.values()) if (letter.at === "sending") free--;
    const send: bigint[] = [];
    for (const [number, letter] of box.letters) {
      if (free <= 0) break;
      if (letter.at === "sending" || (letter.at === "resting" && monoMs < letter.retryAtMs)) continue;
      after.set(number, { at: "sending", refusals: letter.refusals });
      send.push(number);
      free--;
    }
    const probes = box.line.at === "failing" && send.length > 0;
    const next = probes && box.line.at === "failing" ? { at: "probing" as const, attempt: box.line.attempt } : box.line;
    return { next: { line: next, letters: after }, send };
  }
}

/** When a tick can change something; `undefined` when only an answer can. */
export function nextTickMs({ line, letters }: Outbox): number | undefined {
  if (line.at === "probing") return undefined;
  let earliest: number | undefined;
  for (const letter of letters.values()) {
    if (letter.at === "sending") {
      if (line.at === "failing") return undefined; // its answer comes first: one that fails must not start a second probe
      continue;
    }
    const atMs = letter.at === "resting" ? letter.retryAtMs : 0;
    if (earliest === undefined || atMs < earliest) earliest = atMs;
  }
  if (earliest === undefined) return undefined;
  if (line.at === "failing") return Math.max(line.retryAtMs, earliest);
  return earliest === 0 ? undefined : earliest; // waiting while the line is open: all places are taken
}

/** Wait before an attempt, counted from 1: doubling, capped, then between half of it and all of it. */
export function waitMs({ firstMs, maxMs }: Waits, attempt: number, fraction: number): number {
  const longest = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round((longest / 2) * (1 + fraction));
}

/** An input that this state does not know: a fault of ours, which must not lose a delivery in silence. */
function unexpected(input: string, state: string): GatewayError {
  return new GatewayError("unexpected-input", `${input} for a delivery that is ${state}`);
}

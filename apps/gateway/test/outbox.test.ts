import { expect, test } from "vitest";

import {
  emptyOutbox,
  nextTickMs,
  type Outbox,
  type OutboxInput,
  type OutboxPolicy,
  step,
  waitMs,
} from "../src/core/outbox.ts";
import { seeded } from "./random.ts";

const policy: OutboxPolicy = {
  parallel: 2,
  line: { firstMs: 1_000, maxMs: 60_000 },
  refused: { firstMs: 60_000, maxMs: 3_600_000 },
};
const at = (monoMs: number) => ({ monoMs, fraction: 0, policy });

const lines: Record<string, Outbox["line"]> = {
  open: { at: "open" },
  failing: { at: "failing", attempt: 2, retryAtMs: 5_000 },
  due: { at: "failing", attempt: 2, retryAtMs: 0 },
  probing: { at: "probing", attempt: 2 },
};
const letters: Record<string, ReturnType<Outbox["letters"]["get"]>> = {
  none: undefined,
  waiting: { at: "waiting", refusals: 0 },
  sending: { at: "sending", refusals: 1 },
  resting: { at: "resting", refusals: 1, retryAtMs: 9_000 },
  rested: { at: "resting", refusals: 1, retryAtMs: 0 },
};
const inputs: Record<string, OutboxInput> = {
  sealed: { on: "sealed", number: 7n },
  tick: { on: "tick" },
  receipted: { on: "receipted", number: 7n },
  refused: { on: "refused", number: 7n },
  unreached: { on: "unreached", number: 7n },
  "unreached, told when": { on: "unreached", number: 7n, retryAfterMs: 3_000 },
};

test("every input in every state", () => {
  // A new edge would come in without anybody seeing it: the table is the review.
  const table: string[] = [];
  for (const [line, lineState] of Object.entries(lines)) {
    for (const [letter, letterState] of Object.entries(letters)) {
      for (const [name, input] of Object.entries(inputs)) {
        const box: Outbox = { line: lineState, letters: new Map(letterState === undefined ? [] : [[7n, letterState]]) };
        table.push(`${line}, ${letter} | ${name} → ${said(box, input)}`);
      }
    }
  }
  expect(table.join("\n")).toMatchSnapshot();
});

test("oldest first, and no more at a time than agreed", () => {
  // After a week without a line the receiver would get the newest first, and all at once.
  let box = emptyOutbox;
  const sent: bigint[] = [];
  const run = (input: OutboxInput): void => {
    const { next, send } = step(box, input, at(0));
    box = next;
    sent.push(...send);
  };
  for (let number = 1n; number <= 5n; number++) run({ on: "sealed", number });
  expect(sent).toEqual([1n, 2n]);
  run({ on: "receipted", number: 2n });
  run({ on: "receipted", number: 1n });
  expect(sent).toEqual([1n, 2n, 3n, 4n]);
});

test("a delivery that is refused lets the others go on", () => {
  // One delivery that the receiver does not want would stop all of them.
  let { next: box } = step(emptyOutbox, { on: "sealed", number: 1n }, at(0));
  ({ next: box } = step(box, { on: "refused", number: 1n }, at(0)));
  const { send } = step(box, { on: "sealed", number: 2n }, at(0));
  expect(send).toEqual([2n]);
  expect(nextTickMs(box)).toBe(30_000);
  expect(step(box, { on: "tick" }, at(30_000)).send).toEqual([1n]);
});

test("several that fail together count as one failure, and one alone probes", () => {
  // A receiver that comes back would be met by everybody at once, or nobody for an hour.
  let box = emptyOutbox;
  for (const number of [1n, 2n, 3n]) ({ next: box } = step(box, { on: "sealed", number }, at(0)));
  for (const number of [1n, 2n]) ({ next: box } = step(box, { on: "unreached", number }, at(0)));
  expect(box.line).toEqual({ at: "failing", attempt: 1, retryAtMs: 500 });
  const { next, send } = step(box, { on: "tick" }, at(500));
  expect(send).toEqual([1n]);
  expect(next.line.at).toBe("probing");
  expect(step(next, { on: "receipted", number: 1n }, at(600)).send).toEqual([2n, 3n]);
});

test("waits double, are capped, and lie in the upper half", () => {
  // A thousand gateways would come back in the same instant.
  const waits = { firstMs: 1_000, maxMs: 60_000 };
  expect([1, 2, 3, 7, 50].map((attempt) => waitMs(waits, attempt, 0))).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
  expect(waitMs(waits, 1, 0.999)).toBe(1_000);
});

test.each(Array.from({ length: 200 }, (_, seed) => ({ seed })))(
  "whatever happens, no delivery is forgotten and each is sent in the end, seed $seed",
  ({ seed }) => {
    // A delivery would lie in the store for ever with nobody waking for it.
    const random = seeded(seed);
    let box = emptyOutbox;
    let monoMs = 0;
    let sealed = 0n;
    const underWay = new Set<bigint>();
    const open = new Set<bigint>();
    const run = (input: OutboxInput): void => {
      const { next, send } = step(box, input, { monoMs, fraction: random.next(), policy });
      box = next;
      for (const number of send) {
        expect(underWay.has(number)).toBe(false);
        underWay.add(number);
      }
      expect(underWay.size).toBeLessThanOrEqual(policy.parallel);
    };
    const answer = (number: bigint, luck: number): void => {
      underWay.delete(number);
      if (luck < 0.4) open.delete(number);
      run({ on: luck < 0.4 ? "receipted" : luck < 0.7 ? "unreached" : "refused", number });
    };
    for (let round = 0; round < 200; round++) {
      monoMs += random.below(20_000);
      const [oldest] = underWay;
      if (random.next() < 0.3) {
        open.add(++sealed);
        run({ on: "sealed", number: sealed });
      } else if (oldest !== undefined && random.next() < 0.7) answer(oldest, random.next());
      else run({ on: "tick" });
      expect(new Set(box.letters.keys())).toEqual(open);
    }
    for (let round = 0; open.size > 0; round++) {
      expect(round).toBeLessThan(2_000);
      const [oldest] = underWay;
      if (oldest !== undefined) answer(oldest, 0);
      else {
        const next = nextTickMs(box);
        expect(next).toBeDefined();
        monoMs = Math.max(monoMs, next ?? 0);
        run({ on: "tick" });
      }
    }
  },
);

function said(box: Outbox, input: OutboxInput): string {
  try {
    const { next, send } = step(box, input, at(1_000));
    const letter = next.letters.get(7n);
    const line =
      next.line.at === "failing" ? `failing ${next.line.attempt} until ${next.line.retryAtMs}` : next.line.at;
    const rest = letter?.at === "resting" ? ` until ${letter.retryAtMs}` : "";
    return `${line}, ${letter === undefined ? "none" : `${letter.at}${rest}, refused ${letter.refusals}`}${send.length > 0 ? ", send" : ""}`;
  } catch (error) {
    return error instanceof Error && "code" in error ? `refused: ${String(error.code)}` : "?";
  }
}

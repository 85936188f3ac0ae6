import { encodeDayBlock, type DayBlock } from "@siegel/readings";
import fc from "fast-check";
import { expect, test } from "vitest";

import type { StoredBlock } from "../src/core/blocks.ts";
import { factsOf } from "../src/core/delivery.ts";
import { type BlockVerdict, judgeBlock, judgeNumber } from "../src/core/judge.ts";
import { mergeBlocks } from "../src/core/merge.ts";
import { delivery, meterA, noon, totals } from "./blocks.ts";

const quarter = 900_000;
let stored = 0;

function keep(block: DayBlock, content = true): StoredBlock {
  stored++;
  const from = delivery({ number: BigInt(stored), blocks: [block] });
  const [one] = from.blocks;
  if (one === undefined) throw new Error("one block");
  const facts = factsOf(from, one, block, stored);
  return { ...facts, content: content ? { bytes: encodeDayBlock(block).slice(), salt: one.salt } : undefined };
}

const judge = (block: DayBlock, ...neighbours: StoredBlock[]): string =>
  wordOf(
    judgeBlock({ block, deliveryKind: block.revision > 0 ? "correction" : "measured", isRegistered: true, neighbours }),
  );
const wordOf = (verdict: BlockVerdict): string => (verdict.is === "quarantined" ? verdict.code : verdict.is);
const at = (slots: number, values: readonly (number | null)[], more: Partial<DayBlock> = {}): DayBlock =>
  totals(meterA, noon.plus(slots * quarter), values, more);

test("the first value of a register and instant stays, a second one that differs is a contradiction", () => {
  // A gateway, or whoever took it over, would rewrite what was billed.
  expect(judge(at(0, [1, 2]))).toBe("stored");
  expect(judge(at(0, [1, 3]), keep(at(0, [1, 2])))).toBe("contradiction");
  expect(judge(at(1, [3]), keep(at(0, [1, 2])))).toBe("contradiction");
  expect(judge(at(1, [2], { scaler: 0 }), keep(at(0, [1, 2])))).toBe("contradiction");
  expect(judge(at(1, [2], { unit: undefined }), keep(at(0, [1, 2])))).toBe("contradiction");
  const suspect = [{ value: "suspect", count: 1 }] as const;
  expect(judge(at(1, [2], { qualities: suspect }), keep(at(0, [1, 2])))).toBe("contradiction");
});

test("a value that says the same is a repetition, whatever the block is cut like", () => {
  // After a crash a gateway may cut its blocks otherwise: its values would be refused, or stored twice.
  expect(judge(at(0, [1, 2]), keep(at(0, [1, 2])))).toBe("repeated");
  expect(judge(at(1, [2]), keep(at(0, [1, 2, 3])))).toBe("repeated");
  expect(judge(at(0, [1, 2]), keep(at(0, [1])), keep(at(1, [2])))).toBe("repeated");
  expect(judge(at(0, [1], { scaler: 0 }), keep(at(0, [10])))).toBe("repeated"); // 1 and 1.0
});

test("a block that overlaps in part and brings something new is stored", () => {
  // Values behind the overlap would be lost.
  expect(judge(at(1, [2, 3]), keep(at(0, [1, 2])))).toBe("stored");
});

test("a gap can be filled, also between other values", () => {
  // A value that the meter gave later would never come in.
  expect(judge(at(0, [1, 2, 3]), keep(at(0, [1, null, 3])))).toBe("stored");
  expect(judge(at(1, [2]), keep(at(0, [1, null, 3])))).toBe("stored");
  expect(judge(at(0, [null]), keep(at(0, [1])))).toBe("stored"); // says nothing: hides nothing, see merge
});

test("another grid through the same span is no overlap", () => {
  // Blocks of five seconds and of quarter hours would refuse each other.
  const shifted = totals(meterA, noon.plus(1000), [5, 6]);
  expect(judge(shifted, keep(at(0, [1, 2])))).toBe("stored");
});

test("a correction is judged against its own revision only", () => {
  // A correction would contradict what it corrects.
  expect(judge(at(0, [9], { revision: 1 }), keep(at(0, [1])))).toBe("stored");
  expect(judge(at(0, [8], { revision: 1 }), keep(at(0, [9], { revision: 1 })))).toBe("contradiction");
});

test("a revision must come in a correction, and a correction with a revision", () => {
  // "Measured" could replace a value without being called a correction.
  const neighbours: StoredBlock[] = [];
  const verdict = (revision: number, deliveryKind: "measured" | "correction") =>
    wordOf(judgeBlock({ block: at(0, [1], { revision }), deliveryKind, isRegistered: true, neighbours }));
  expect(verdict(1, "measured")).toBe("wrong-revision");
  expect(verdict(0, "correction")).toBe("wrong-revision");
});

test("what was erased cannot be said anew", () => {
  // Nobody could tell whether the second value is the first one.
  expect(judge(at(1, [2]), keep(at(0, [1, 2]), false))).toBe("overlaps-erased");
  expect(judge(at(3, [2]), keep(at(0, [1, 2]), false))).toBe("stored");
});

test("another meter's block is not believed however good it is", () => {
  // A gateway would speak for meters that hang at another.
  const one = { block: at(0, [1]), deliveryKind: "measured", neighbours: [] } as const;
  expect(wordOf(judgeBlock({ ...one, isRegistered: false }))).toBe("unregistered-meter");
  expect(wordOf(judgeBlock({ ...one, isRegistered: true }))).toBe("stored");
});

test("a number is for one delivery", () => {
  // A replayed number would carry another content.
  const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  expect(judgeNumber(one, { hash: one })).toBe("again");
  expect(judgeNumber(other, { hash: one })).toBe("reused");
});

test("in whatever pieces and order values come, each is shown once and as it was first said", () => {
  // A value would be lost, doubled or changed by the way its blocks were cut.
  const cut = fc.record({ from: fc.nat(11), count: fc.integer({ min: 1, max: 6 }), gaps: fc.array(fc.nat(5)) });
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 12 }), (cuts) => {
      const truth = (slot: number): number => 1000 + slot;
      const kept: StoredBlock[] = [];
      const known = new Set<number>();
      for (const { from, count, gaps } of cuts) {
        const block = at(
          from,
          Array.from({ length: count }, (_, index) => (gaps.includes(index) ? null : truth(from + index))),
        );
        const verdict = judge(block, ...kept);
        expect(["stored", "repeated"]).toContain(verdict);
        if (verdict === "stored") kept.push(keep(block));
        for (let index = 0; index < count; index++) if (!gaps.includes(index)) known.add(from + index);
      }
      const shown = mergeBlocks(kept, { fromMs: -Infinity, toMs: Infinity }).filter(({ value }) => value !== null);
      expect(shown.map(({ atMs, value }) => [(atMs - noon.epochMs) / quarter, value])).toEqual(
        [...known].sort((a, b) => a - b).map((slot) => [slot, (truth(slot) / 10).toFixed(1)]),
      );
    }),
  );
});

test("a correction that says missing withdraws the value", () => {
  // A value that was found wrong would stay in the curve.
  const shown = mergeBlocks([keep(at(0, [1, 2])), keep(at(1, [null], { revision: 1 }))], { fromMs: 0, toMs: Infinity });
  expect(shown.map(({ value, quality }) => [value, quality])).toEqual([
    ["0.1", "valid"],
    [null, "missing"],
  ]);
});

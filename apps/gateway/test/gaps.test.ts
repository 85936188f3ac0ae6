import { expect, test } from "vitest";

import { missingByCount, missingByMemory, spansOf, undecided } from "../src/core/gaps.ts";
import { Slots } from "../src/core/slots.ts";
import { dayMs, quarterMs, zone } from "./profiles.ts";

const slots = new Slots({ zone, periodMs: quarterMs });
const noon = Date.UTC(2026, 10, 22, 11);
const slot = (index: number): number => noon + index * quarterMs;

test("open slots are those of the span that nothing was decided for", () => {
  // A meter would be asked for what is there, or never for what is not.
  const decided = new Set([slot(1), slot(3)]);
  expect(undecided(slots, decided, { fromMs: slot(0), toMs: slot(4) })).toEqual([slot(0), slot(2), slot(4)]);
  expect(undecided(slots, new Set(), { fromMs: slot(0) + 1, toMs: slot(1) - 1 })).toEqual([]);
});

test("a meter is asked for no more than a day at once, and for every open slot", () => {
  // An answer above 64 KiB is no answer; a slot between two questions would stay open.
  const open = [slot(0), slot(1), slot(95), slot(96), slot(300)];
  const spans = spansOf(open, dayMs - 1);
  expect(spans).toEqual([
    { fromMs: slot(0), toMs: slot(95) },
    { fromMs: slot(96), toMs: slot(96) },
    { fromMs: slot(300), toMs: slot(300) },
  ]);
});

test("the memory decides only between the first value and its own newest row", () => {
  // A slot would be missing for ever because the meter was not here yet, or had not written its row.
  const open = [0, 2, 4, 6, 8].map(slot);
  const asked = { fromMs: slot(2), toMs: slot(8) };
  expect(missingByMemory(open, { asked, newestRowMs: slot(7) }, slot(3))).toEqual([slot(4), slot(6)]);
  expect(missingByMemory(open, { asked, newestRowMs: slot(6) }, slot(3))).toEqual([slot(4)]);
  expect(missingByMemory(open, { asked, newestRowMs: slot(7) }, slot(8))).toEqual([]);
});

test("without a memory a slot is given up after as many later values as are enough, not after a time", () => {
  // A clock that jumps ahead would make two days missing.
  const values = [1, 2, 4, 5, 6, 7].map(slot);
  expect(missingByCount([slot(0), slot(3)], values, 4)).toEqual([slot(3)]);
  expect(missingByCount([slot(0), slot(3)], values, 5)).toEqual([]);
  expect(missingByCount([slot(3)], [], 1)).toEqual([]);
});

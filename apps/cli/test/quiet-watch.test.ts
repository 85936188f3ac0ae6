import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { QuietWatch, type QuietWatchOptions } from "../src/read/quiet-watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("garbage without a pause is explained, once", () => {
  // With a wrong baud rate bytes come all the time: a person would wait at an empty screen for ever.
  const { watch, notes } = watching({});
  for (let second = 0; second < 60; second++) {
    watch.bytesCame();
    vi.advanceTimersByTime(1_000);
  }
  watch.stop();
  expect(notes).toEqual(["no telegram yet. Why. What to do."]);
});

test("silence is explained sooner, and a telegram under way is given up", () => {
  // A line that pauses in the middle of a telegram has lost the rest of it.
  const { watch, notes, printed } = watching({ pendingBytes: 40 });
  vi.advanceTimersByTime(6_000);
  watch.stop();
  expect(notes).toHaveLength(1);
  expect(printed).toEqual(["flushed"]);
});

test("of a pipe only the time without a telegram counts", () => {
  // Another program may pause before it hands on the rest; and a pipe without a byte yet is no empty file.
  const { watch, notes, printed } = watching({ live: false, pendingBytes: 40 });
  vi.advanceTimersByTime(11_000);
  expect(notes).toEqual([]);
  vi.advanceTimersByTime(2_000);
  watch.stop();
  expect(notes).toEqual(["no telegram yet. Waiting."]);
  expect(printed).toEqual([]);
});

test.each([true, false])("nothing is said once a telegram came, or after the end (stopped: %s)", (stopped) => {
  // A meter that reads well needs no advice.
  const { watch, notes } = watching({ hasTelegram: !stopped });
  if (stopped) watch.stop();
  vi.advanceTimersByTime(60_000);
  watch.stop();
  expect(notes).toEqual([]);
});

interface Case {
  readonly live?: boolean;
  readonly pendingBytes?: number;
  readonly hasTelegram?: boolean;
}

function watching({ live = true, pendingBytes = 0, hasTelegram = false }: Case) {
  const notes: string[] = [];
  const printed: string[] = [];
  const reader: QuietWatchOptions["reader"] = {
    pendingBytes,
    flush: () => {
      printed.push("flushed");
      return [];
    },
    explain: () => [{ text: "Why.", advice: "What to do." }],
  };
  const watch = new QuietWatch({
    live,
    reader,
    hasTelegram: () => hasTelegram,
    print: () => {},
    note: (text) => notes.push(text),
  });
  return { watch, notes, printed };
}

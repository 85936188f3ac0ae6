import { expect, test } from "vitest";

import { firstLook, isSettled, lookAgain, settlingMs } from "../src/core/time-keeper.ts";

const start = { wallMs: 1_000_000_000_000, monoMs: 500 };

test("a clock that is set by more than 27 s is not believed for a minute", () => {
  // Values would be dated by a clock that somebody is just setting.
  for (const step of [27_001, -27_001, 2 * 86_400_000]) {
    const { next, stepMs } = lookAgain(firstLook(start), { wallMs: start.wallMs + 1_000 + step, monoMs: 1_500 });
    expect(stepMs).toBe(step);
    expect(isSettled(next)).toBe(false);
    const later = (ms: number) =>
      lookAgain(next, { wallMs: next.last.wallMs + ms, monoMs: next.last.monoMs + ms }).next;
    expect(isSettled(later(settlingMs - 1))).toBe(false);
    expect(isSettled(later(settlingMs))).toBe(true);
  }
});

test("a clock that a time service pulls slowly is believed all the time", () => {
  // The gateway would do nothing on a day on which the clock is a minute late.
  let time = firstLook(start);
  for (let second = 1; second <= 3_600; second++) {
    const { next, stepMs } = lookAgain(time, { wallMs: start.wallMs + second * 1_020, monoMs: 500 + second * 1_000 });
    expect(stepMs).toBe(0);
    expect(isSettled(next)).toBe(true);
    time = next;
  }
});

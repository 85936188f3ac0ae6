import { expect, test } from "vitest";
import { everySecond, steadyTime } from "../../src/sml/ticker.ts";
import { HandTicker } from "./lines.ts";

function ticking(speed: number): { ticker: HandTicker; seconds: number[]; stop: () => void } {
  const ticker = new HandTicker();
  const seconds: number[] = [];
  const stop = everySecond(ticker, { from: 100, speed }, (second) => seconds.push(second));
  return { ticker, seconds, stop };
}

test.each([
  [1, [101, 102, 103, 104]],
  [60, [160, 220, 280, 340]],
  [0.5, [101, 102]],
])("at speed %d the seconds go by as told", (speed, expected) => {
  // A demonstration at 60 times would show another day than the meter counted.
  const { ticker, seconds } = ticking(speed);
  ticker.pass(4_000);
  expect(seconds).toEqual(expected);
});

test("seconds that were slept through are skipped, and a clock that is set back makes the meter wait", () => {
  // A computer that wakes up would flood its readers, or a corrected clock end the meter.
  const { ticker, seconds } = ticking(1);
  ticker.pass(1_000);
  ticker.jump(3_600_000);
  ticker.pass(1_000);
  ticker.jump(-7_200_000);
  ticker.pass(2_000);
  expect(seconds).toEqual([101, 3_702]);
  ticker.jump(7_200_000);
  ticker.pass(1_000);
  expect(seconds).toHaveLength(3);
});

test("stopped is stopped", () => {
  // A closed meter would keep the process alive.
  const { ticker, seconds, stop } = ticking(1);
  ticker.pass(1_000);
  stop();
  ticker.pass(5_000);
  expect(seconds).toEqual([101]);
  expect(ticker.waiting).toBe(0);
});

test("a clock that is set back does not stop the time, one that is set on moves it", () => {
  // A served meter would be silent for as long as its computer's clock was wrong.
  let timeOfDay = 10_000;
  let sinceStart = 50;
  const now = steadyTime({ timeOfDay: () => timeOfDay, sinceStart: () => sinceStart });
  const pass = (milliseconds: number, shift = 0) => {
    timeOfDay += milliseconds + shift;
    sinceStart += milliseconds;
    return now();
  };
  expect(now()).toBe(10_000);
  expect(pass(1_000)).toBe(11_000);
  expect(pass(1_000, -3_600_000)).toBe(12_000);
  expect(pass(1_000)).toBe(13_000);
  expect(pass(1_000, 3_605_000)).toBe(19_000);
});

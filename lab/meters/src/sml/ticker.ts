/** Real time, as far as a served meter needs it. A test gives its own. */

export interface Ticker {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Runs once after so many milliseconds; the result takes the order back. */
  after(milliseconds: number, run: () => void): () => void;
}

/**
 * The time of day that never goes back. While the computer's clock is behind what it once showed, time goes on at its own
 * pace: a meter whose computer's clock is corrected by an hour must not be silent for that hour.
 */
export function steadyTime(clock: { timeOfDay(): number; sinceStart(): number }): () => number {
  let last = -Infinity;
  let lastSinceStart = clock.sinceStart();
  return () => {
    const sinceStart = clock.sinceStart();
    last = Math.max(clock.timeOfDay(), last + sinceStart - lastSinceStart);
    lastSinceStart = sinceStart;
    return last;
  };
}

export const realTime: Ticker = {
  now: steadyTime({ timeOfDay: () => Date.now(), sinceStart: () => performance.now() }),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * Calls `tick` every second with the number of the simulated second.
 *
 * @param from   Simulated second at which it begins.
 * @param speed  Simulated seconds in a real one. Seconds that were slept through are skipped, not caught up one by one.
 * @returns      Ends it.
 */
export function everySecond(
  ticker: Ticker,
  { from, speed }: { from: number; speed: number },
  tick: (second: number) => void,
): () => void {
  const started = ticker.now();
  let last = from;
  let cancel = () => {};
  const wait = () => {
    const passed = Math.max(0, ticker.now() - started); // a clock that is set back makes the meter wait, not fail
    cancel = ticker.after(1_000 - (passed % 1_000), () => {
      const second = from + Math.floor(((ticker.now() - started) * speed) / 1_000);
      if (second > last) tick((last = second));
      wait();
    });
  };
  wait();
  return () => cancel();
}

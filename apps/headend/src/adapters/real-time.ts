/** The clock and the timers of the machine. */

import type { Clock, Timers } from "../core/timers.ts";

export const machineClock: Clock = { nowMs: () => Date.now() };

export const machineTimers: Timers = {
  soon: (run) => void setImmediate(run),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Runs again and again until stopped; never two at a time, and a failure does not end it. Does not keep the program alive. */
export function every(ms: number, run: () => Promise<void> | void, onError: (error: unknown) => void): () => void {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    void (async () => {
      try {
        await run();
      } catch (error) {
        onError(error);
      } finally {
        isRunning = false;
      }
    })();
  }, ms);
  timer.unref();
  return () => clearInterval(timer);
}
